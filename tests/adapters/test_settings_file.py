"""deskprov.yml: found, read, and everything wrong with it said at once."""

from pathlib import Path

import pytest

from deskprov.adapters.settings_file import find_site, read_settings, settings_from
from deskprov.errors import SiteNotFound
from deskprov.model.problem import InvalidInput

GOOD = """\
format: 1
name: Example district
time_zone: America/Los_Angeles
concurrency: 20
step_minutes: 2.5
secrets:
  tech-password: {command: [pass, show, tech]}
  sudo: {env: SUDO}
  other: {ask: true}
asset_fields: {room_phone: text}
vars:
  greeting: Good morning
"""


def problems(text: str, **environment: str) -> list[str]:
    with pytest.raises(InvalidInput) as raised:
        settings_from(text.encode(), environment)
    return [str(problem) for problem in raised.value.problems]


def test_all_settings_and_where_they_come_from() -> None:
    in_force = settings_from(GOOD.encode(), {})
    assert in_force.settings.name == "Example district"
    assert in_force.settings.step_minutes == 2.5
    assert in_force.settings.secrets["tech-password"].command == ["pass", "show", "tech"]
    assert in_force.origins["time_zone"] == "deskprov.yml:3"
    assert in_force.origins["run_minutes"] == "default"


def test_the_environment_goes_before_the_file() -> None:
    environment = {"DESKPROV_CONCURRENCY": "5", "DESKPROV_NAME": "", "OTHER": "1"}
    in_force = settings_from(GOOD.encode(), environment)
    assert in_force.settings.concurrency == 5
    assert in_force.settings.name == "Example district"
    assert in_force.origins["concurrency"] == "DESKPROV_CONCURRENCY"
    assert problems(GOOD, DESKPROV_CONCURRENCY="many") == [
        "the variable DESKPROV_CONCURRENCY:1:1: `concurrency` must be a whole number"
    ]


def test_every_mistake_at_once_with_place_and_hint() -> None:
    text = """\
format: 1
nmae: x
time_zone: Europe/Atlantis
concurrency: 0
step_minutes: "15"
secrets:
  one: {env: A, ask: true}
  two: {}
  three: {evn: A}
  bad name: {env: A}
asset_fields: {x: yes}
"""
    assert problems(text) == [
        "deskprov.yml:1:1: `name` is missing; add `name: …`",
        "deskprov.yml:2:1: there is no option `nmae`; did you mean `name`?",
        "deskprov.yml:3:12: `time_zone` must be an IANA time zone, such as America/Los_Angeles",
        "deskprov.yml:4:14: `concurrency` must be at least 1",
        "deskprov.yml:5:15: `step_minutes` must be a number; write it without quotes",
        "deskprov.yml:7:8: `secrets.one` must state exactly one of `env: VARIABLE`, `command: [program, …]`"
        ", `ask: true`, `escrow: true`, `keyring: SERVICE/NAME` and `vault: {file: …, password: …}`",
        "deskprov.yml:8:8: `secrets.two` must state exactly one of `env: VARIABLE`, `command: [program, …]`"
        ", `ask: true`, `escrow: true`, `keyring: SERVICE/NAME` and `vault: {file: …, password: …}`",
        "deskprov.yml:9:11: there is no option `evn`; did you mean `env`?",
        "deskprov.yml:10:3: `secrets.bad name` must be letters, digits, `.`, `_` and `-`, at most 63 of them, and begin"
        " with a letter or digit",
        'deskprov.yml:11:19: `yes` is true to some YAML readers and a word to others; write true, or "yes" in quotes'
        " if the word is meant",
    ]


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("", "1:1: the settings must be lines of `name: value`"),
        ("- a\n", "1:1: the settings must be lines"),
        ("name: x\nnonsense: 1\n", "1:1: `format` is missing"),
        ("format: 2\nnonsense: 1\n", "1:9: format 2 is newer than this release of deskprov; upgrade"),
        ("format: '1'\nnonsense: 1\n", "1:9: `format` must be the number 1"),
        ("format: true\nnonsense: 1\n", "1:9: `format` must be the number 1"),
    ],
)
def test_the_format_comes_before_everything_else(text: str, words: str) -> None:
    [problem] = problems(text)
    assert problem.startswith(f"deskprov.yml:{words}")


@pytest.mark.parametrize(
    ("line", "message"),
    [
        ("name: ''", "2:7: `name` must not be empty"),
        ("name: x\nsecrets: {a: {command: []}}", "3:24: `secrets.a.command` needs at least 1 entry"),
        ("name: x\nsecrets: {a: {command: pass}}", "3:24: `secrets.a.command` must be a list; write `[pass]`"),
        ("name: x\nsecrets: {a: }", "3:14: `secrets.a` must be lines of `option: value`; it is empty"),
        ("name: x\nstep_minutes: 0", "3:15: `step_minutes` must be more than 0"),
        ("name: x\nrun_minutes: 5000", "3:14: `run_minutes` must be at most 1440"),
        ("name: x\nvars: {a: 1}", '3:11: `vars.a` must be text; put it in quotes: "1"'),
        (
            "name: x\nasset_fields: {a: txt}",
            "3:19: `asset_fields.a` must be one of text, number, date, yes_no; did you",
        ),
    ],
)
def test_each_kind_of_mistake_in_words(line: str, message: str) -> None:
    [problem] = problems(f"format: 1\n{line}\n")
    assert problem.startswith(f"deskprov.yml:{message}")


def test_the_nearest_site_upward(tmp_path: Path) -> None:
    (tmp_path / "outer/inner/deep").mkdir(parents=True)
    (tmp_path / "outer/deskprov.yml").write_text(GOOD)
    assert find_site(tmp_path / "outer/inner/deep") == tmp_path / "outer"
    (tmp_path / "outer/inner/deskprov.yml").write_text(GOOD)
    assert find_site(tmp_path / "outer/inner/deep") == tmp_path / "outer/inner"
    assert read_settings(tmp_path / "outer").settings.name == "Example district"
    for folder in (tmp_path, tmp_path / "nowhere"):
        with pytest.raises(SiteNotFound) as raised:
            find_site(folder)
        assert "-C" in raised.value.hint


def test_a_file_that_cannot_be_read_is_a_problem(tmp_path: Path) -> None:
    (tmp_path / "deskprov.yml").mkdir()
    with pytest.raises(InvalidInput) as raised:
        read_settings(tmp_path)
    assert "cannot be read" in str(raised.value.problems[0])
