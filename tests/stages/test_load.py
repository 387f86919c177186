"""A profile's text as what it states, and everything wrong with its shape."""

import textwrap

import pytest

from deskprov.model.platform import Platform
from deskprov.stages.load import load, profile_name, profile_path
from tests.stages.lamps import TYPES, WITH_CLIMATE

GOOD = """\
profile: base/office
platform: linux
description: An office
extends: [base/linux]
vars:
  help: Call us
lamps:
  - desk
  - name: floor
    watts: 40
rooms:
"""


def wrong(text: str, path: str = "profiles/office.yml") -> list[str]:
    return [str(problem) for problem in load(path, textwrap.dedent(text).encode(), TYPES)[1]]


def test_what_a_file_states() -> None:
    file, problems = load("profiles/base/office.yml", GOOD.encode(), TYPES)
    assert problems == []
    assert (file.name, file.platform, file.description) == ("base/office", Platform.LINUX, "An office")
    assert (file.extends, file.vars, file.complete) == (["base/linux"], {"help": "Call us"}, True)
    short, long = file.resources
    assert (short.type, short.name, dict(short.options)) == ("lamps", "desk", {"name": "desk"})
    assert dict(long.options) == {"name": "floor", "watts": 40}
    assert file.document.source(short.option_paths["name"]).line == 8
    assert file.document.key_source(long.option_paths["watts"]).line == 10


def test_what_a_machine_has_once_is_stated_right_below_its_type() -> None:
    text = b"profile: office\nclimate:\n  degrees: 20\n  motto: ${site.name}\n"
    file, problems = load("profiles/office.yml", text, WITH_CLIMATE)
    assert problems == []
    [climate] = file.resources
    assert (climate.type, climate.name) == ("climate", "this")
    assert climate.options == {"degrees": 20, "motto": "${site.name}"}
    assert str(file.document.key_source(climate.option_paths["motto"])) == "profiles/office.yml:4"
    assert load("profiles/office.yml", b"profile: office\nclimate:\n", WITH_CLIMATE)[0].resources == []


@pytest.mark.parametrize("value", ["warm", "[warm]", "[{degrees: 20}]", "20"])
def test_what_a_machine_has_once_is_no_list(value: str) -> None:
    [problem] = load("profiles/office.yml", f"profile: office\nclimate: {value}\n".encode(), WITH_CLIMATE)[1]
    assert problem.message == "`climate` must be lines of `option: value`"


def test_names_are_paths() -> None:
    assert profile_name("profiles/base/linux.yml") == "base/linux"
    assert profile_name("profiles/office.yaml") == "office"
    assert profile_name("profiles/base/files/app.yml") is None
    assert profile_name("inventory_hosts/hosts.yml") is None
    assert profile_path("base/linux") == "profiles/base/linux.yml"


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", "profiles/office.yml:1:1: a profile must be lines of `name: value`; begin with the lines"),
        ("- a", "profiles/office.yml:1:1: a profile must be lines"),
        ("platform: linux", "profiles/office.yml:1:1: the profile does not say its name; write `profile: office`"),
        ("profile: offce", "profiles/office.yml:1:10: the profile's name must be its path below profiles/, office;"),
        ("profile: office\nlamp: [x]", "profiles/office.yml:2:1: a profile has no `lamp`; did you mean `lamps`?"),
        ("profile: office\nxyz: 1", "profiles/office.yml:2:1: a profile has no `xyz`; a profile has description, ext"),
        ("profile: office\nplatform: linus", "profiles/office.yml:2:11: `platform` is none that deskprov knows; did"),
        ("profile: office\nplatform: [x]", "profiles/office.yml:2:11: `platform` is none that deskprov knows; one of"),
        ("profile: office\nextends: a", "profiles/office.yml:2:10: `extends` must be a list of profiles; write `ext"),
        ("profile: office\nextends: [a, 2]", "profiles/office.yml:2:14: `extends[1]` must be text; put it in quotes"),
        (
            "profile: office\ndescription: 7",
            'profiles/office.yml:2:14: `description` must be text; put it in quotes: "',
        ),
        ("profile: office\nvars: [a]", "profiles/office.yml:2:7: `vars` must be lines of `name: text`"),
        ("profile: office\nvars: {a: 7}", 'profiles/office.yml:2:11: `vars.a` must be text; put it in quotes: "7"'),
        ("profile: office\nvars: {a: true}", 'profiles/office.yml:2:11: `vars.a` must be text; put it in quotes: "t'),
        ("profile: office\nvars: {a b: x}", "profiles/office.yml:2:8: this is no name of a variable; use letters"),
        ("profile: office\nvars: {a: '${b}'}", "profiles/office.yml:2:11: a variable cannot hold another one"),
        ("profile: office\nlamps: {a: 1}", "profiles/office.yml:2:8: `lamps` must be a list; begin each of its lines"),
        ("profile: office\nlamps: [7]", "profiles/office.yml:2:9: an entry of lamps is text, or lines of `option: va"),
        ("profile: office\nlamps: [[x]]", "profiles/office.yml:2:9: an entry of lamps is text, or lines of"),
        ("profile: office\nlamps: [{watts: 5}]", "profiles/office.yml:2:9: an entry of lamps needs its `name`; add"),
        ("profile: office\nlamps: [{name: 7}]", "profiles/office.yml:2:16: `lamps[0].name` must be text; put it in"),
        ("profile: office\nlamps: ['${vars.a}']", "profiles/office.yml:2:9: a variable cannot stand in `name`, by wh"),
        ("profile: office\nlamps: [a, b, {name: a}]", "profiles/office.yml:2:22: lamps has `a` twice; it stands on l"),
    ],
)
def test_mistakes_with_place_and_hint(text: str, message: str) -> None:
    [problem] = wrong(text)
    assert problem.startswith(message)


def test_every_mistake_at_once() -> None:
    text = """\
        profile: ofice
        platform: bsd
        lamps:
          - name: desk
            watts: 0x10
          - 7
        roms: []
    """
    assert [line.split(": ")[0] for line in wrong(text)] == [
        "profiles/office.yml:5:12",
        "profiles/office.yml:7:1",
        "profiles/office.yml:1:10",
        "profiles/office.yml:6:5",
        "profiles/office.yml:2:11",
    ]


def test_a_file_that_cannot_be_read_states_nothing() -> None:
    file, [problem] = load("profiles/office.yml", b"a: [", TYPES)
    assert problem.rule == "yaml-syntax"
    assert (file.complete, list(file.resources)) == (False, [])
    assert not load("profiles/office.yml", b"profile: office\nlamps: [7]", TYPES)[0].complete


def test_names_of_files_are_checked() -> None:
    assert "a profile's file ends in .yml; name the file profiles/a.yml" in wrong("profile: a", "profiles/a.yaml")[0]
    assert "a name that no profile can have" in wrong("profile: a b", "profiles/a b.yml")[0]
    assert "a name that no profile can have; `all` is reserved" in wrong("profile: all", "profiles/all.yml")[0]
