"""Profiles merged along extends, filled in, checked option by option, put in order."""

import json

import pytest

from deskprov import resources
from deskprov.formats.strict_yaml import REFUSED
from deskprov.model.platform import Platform
from deskprov.model.profile import ShippedContent
from deskprov.resources import TYPES as ALL_TYPES
from deskprov.stages.resolve import Surroundings, resolve
from tests.formats.test_strict_yaml import hostile_texts
from tests.stages.lamps import TYPES, WITH_CLIMATE, files, problems, profile, resolution

BASE = """
lamps:
  - name: desk
    colour: red
    watts: 40
    rooms: [a, b]
rooms: [a, b]
"""


def test_short_and_long_form() -> None:
    made = profile("p", p="lamps: [desk, {name: floor}]")
    assert [resource.key for resource in made.resources] == ["lamps/desk", "lamps/floor"]
    assert made.platform is Platform.LINUX
    assert made.lineage == ["p"]


def test_options_are_merged_one_by_one_and_lists_replaced() -> None:
    made = profile(
        "p",
        base=BASE,
        p="extends: [base]\nlamps: [{name: desk, colour: blue, rooms: [b]}]\n",
    )
    [desk] = [resource for resource in made.resources if resource.key == "lamps/desk"]
    assert (desk.options.colour, desk.options.watts, desk.options.rooms) == ("blue", 40, ["b"])
    assert str(desk.source) == "profiles/p.yml:4"
    assert str(desk.sources["colour"]) == "profiles/p.yml:4"
    assert str(desk.sources["watts"]) == "profiles/base.yml:7"
    assert desk.stated == {"name": "desk", "colour": "blue", "watts": 40, "rooms": ["b"]}


def test_what_a_machine_has_once_is_merged_and_filled_in_as_everything_else() -> None:
    texts = {
        "base": "climate:\n  degrees: 18\n  motto: base\n",
        "p": "extends: [base]\nclimate:\n  motto: 'we are ${asset.tag}'\n",
    }
    [climate] = profile("p", types=WITH_CLIMATE, **texts).resources
    assert climate.key == "climate/this"
    assert (climate.options.degrees, climate.options.motto) == (18, "we are A-7")
    assert str(climate.sources["degrees"]) == "profiles/base.yml:4"
    wrong = problems("p", types=WITH_CLIMATE, p="climate:\n  degres: 18\n  state: absent\n")
    assert wrong == [
        "profiles/p.yml:4:3: there is no option `degres`; did you mean `degrees`?",
        "profiles/p.yml:5:10: `state` must be present; did you mean present?",
    ]


def test_later_wins_and_the_file_itself_over_all() -> None:
    texts = {
        "one": "lamps: [{name: desk, colour: one, note: one, watts: 1}]",
        "two": "lamps: [{name: desk, colour: two, note: two}]",
        "p": "extends: [one, two]\nlamps: [{name: desk, note: own}]",
    }
    [desk] = profile("p", **texts).resources
    assert (desk.options.colour, desk.options.note, desk.options.watts) == ("two", "own", 1)


def test_a_shared_base_has_its_say_once_and_first() -> None:
    texts = {
        "base": "lamps: [{name: desk, colour: base}]",
        "one": "extends: [base]\nlamps: [{name: desk, colour: one}]",
        "two": "extends: [base]",
        "p": "extends: [one, two]",
    }
    made = profile("p", **texts)
    assert made.lineage == ["base", "one", "two", "p"]
    assert made.resources[0].options.colour == "one"


def test_what_was_overridden_is_kept_nearest_first() -> None:
    texts = {
        "a": "lamps: [{name: desk, watts: 1}]",
        "b": "extends: [a]\nlamps: [{name: desk, watts: 2}]",
        "p": "extends: [b]\nlamps: [{name: desk, watts: 3}]",
    }
    settings = {setting.option: setting for setting in profile("p", **texts).settings}
    assert settings["watts"].value == 3
    assert [(value, str(source)) for value, source in settings["watts"].overridden] == [
        (2, "profiles/b.yml:4"),
        (1, "profiles/a.yml:3"),
    ]
    assert settings["name"].overridden == []


@pytest.mark.parametrize(
    ("texts", "message"),
    [
        (
            {"p": "extends: [bas]", "base": ""},
            "profiles/p.yml:3:11: there is no profile bas; did you mean base?",
        ),
        (
            {"p": "extends: [p]"},
            "profiles/p.yml:3:11: these profiles extend each other: p → p; take one out",
        ),
        (
            {"p": "extends: [q]", "q": "extends: [a]", "a": "extends: [p]"},
            "profiles/q.yml:3:11: these profiles extend each other: a → p → q → a; take one out",
        ),
        (
            {"p": "extends: [a, b, a]", "a": "", "b": ""},
            "profiles/p.yml:3:17: a is listed twice; take one of the two out",
        ),
        (
            {"p": "extends: [b, a]", "a": "", "b": "extends: [a]"},
            "profiles/p.yml:3:14: a comes along with b already and cannot go before it; take it out, or list it"
            " before b",
        ),
        (
            {"p": "extends: [b]", "b": "extends: [m]", "m": "profile: m\nplatform: macos\n"},
            "profiles/p.yml:3:11: m is for macos, p for linux; a profile extends only profiles of its own platform,"
            " or of none",
        ),
    ],
)
def test_extends_that_lead_nowhere(texts: dict[str, str], message: str) -> None:
    assert problems("p", **texts) == [message]


def test_a_ring_is_told_the_same_from_everywhere() -> None:
    texts = {"p": "extends: [q]", "q": "extends: [p]"}
    assert problems("p", **texts) == problems("q", **texts)


def test_a_missing_base_hides_only_what_may_follow_from_it() -> None:
    found = problems("p", p="extends: [gone]\nlamps: [{name: x, watts: 500, needs: [rooms/z], note: '${vars.z}'}]")
    assert [line.split(": ")[1].split(";")[0] for line in found] == [
        "there is no profile gone",
        "`watts` must be at most 100",
    ]


def test_the_platform_may_come_from_a_base() -> None:
    assert profile("p", base="", p="profile: p\nextends: [base] # platform:\n").platform is Platform.LINUX
    [message] = problems("p", p="profile: p # platform:\n")
    assert message.startswith("profiles/p.yml:1:1: no platform is stated for p; add `platform:` with one of windows")


def test_a_type_that_the_platform_lacks_is_said() -> None:
    texts = {
        "base": "profile: base # platform:\nlamps: [x]\nrooms: [a]\n",
        "m": "profile: m\nplatform: macos\nextends: [base]\n",
    }
    assert problems("m", **texts) == [
        "profiles/base.yml:2:1: lamps does not exist on macos; it exists on linux; take it out of this profile"
    ]


def test_variables_are_filled_in_everywhere_but_in_keys() -> None:
    made = profile(
        "p",
        p="""\
        vars: {both: profile, from_host: profile}
        lamps:
          - name: desk
            note: "${host.name} ${asset.tag} ${site.name} ${vars.from_host} ${vars.both} ${vars.from_site} $${x} $x $5"
            rooms: ["${vars.from_site}"]
        rooms: [site]
        """,
    )
    desk = made.resources[1]
    assert desk.options.note == "pc-1 A-7 Example host profile site ${x} $x $5"
    assert desk.needs == ["rooms/site"]
    assert made.variables["vars.both"] == "profile"
    assert "vars.unused" not in made.variables


def test_later_variables_win() -> None:
    texts = {
        "base": "vars: {c: red}\nlamps: [{name: desk, colour: '${vars.c}'}]",
        "p": "extends: [base]\nvars: {c: blue}",
    }
    assert profile("p", **texts).resources[0].options.colour == "blue"


def test_values_are_never_filled_in_twice() -> None:
    [desk] = profile(
        "p", machine={"host.name": "${site.name} {{ x }}"}, p="lamps: [{name: d, note: '${host.name}'}]"
    ).resources
    assert desk.options.note == "${site.name} {{ x }}"


@pytest.mark.parametrize(
    ("note", "message"),
    [
        ("${vars.fromhost}", "there is no variable `vars.fromhost`; did you mean `${vars.from_host}`?"),
        (
            "${PATH_OF_X}",
            "there is no variable `PATH_OF_X`; known are asset.serial, asset.tag, host.name, place.name, site.name, va",
        ),
        (
            "${asset.serial}",
            "`${asset.serial}` has no value for this machine; deskprov asset edit HOST serial=… gives it",
        ),
        ("${place.name}", "`${place.name}` has no value for this machine; give it deskprov_place in the inventory"),
        ("${host.name", "a `${` without its `}`; `$${` stands for `${` itself"),
        ("${}", "there is no variable ``"),
        ("${x:-y}", "there is no variable `x:-y`"),
    ],
)
def test_variables_that_cannot_be_filled_in(note: str, message: str) -> None:
    [problem] = problems("p", p=f"lamps:\n  - name: d\n    note: '{note}'\n")
    assert problem.startswith(f"profiles/p.yml:5:11: {message}")


def test_a_variable_that_is_wrong_is_told_once() -> None:
    [problem] = problems("p", p="lamps: [{name: d, colour: '${nowhere}'}]")
    assert "there is no variable" in problem


def test_secrets_must_be_declared_and_known_beforehand() -> None:
    assert profile("p", p="lamps: [{name: d, key: lock}]").resources[0].options.key == "lock"
    assert profile("p", secrets=None, p="lamps: [{name: d, key: other}]").resources
    assert problems("p", p="lamps: [{name: d, key: lok}]") == [
        "profiles/p.yml:3:24: `key` is the name of a secret, and deskprov.yml declares none of this name; "
        "did you mean lock?"
    ]
    [problem] = problems("p", p="lamps: [{name: d, key: '${vars.both}'}]")
    assert "a variable cannot stand in `key`: it must be known before any machine is" in problem


def test_files_of_the_site_count_from_the_profile_that_names_them() -> None:
    texts = {
        "base__x": "lamps: [{name: d, manual: files/how.txt}]",
        "p": "extends: [base/x]\nlamps: [{name: d, watts: 5}]",
    }
    [lamp] = profile("p", shipped={"profiles/base/files/how.txt": "Ñ\n".encode()}, **texts).resources
    assert lamp.options.manual == lamp.stated["manual"] == "profiles/base/files/how.txt"
    assert lamp.options.manual_text == "Ñ\n"
    assert len(lamp.options.manual_sha256) == 64
    assert "manual_text" not in lamp.stated
    [lamp] = profile("p", shipped={"profiles/base/files/how.txt": b"\xff"}, **texts).resources
    assert (lamp.options.manual_text, len(lamp.options.manual_sha256)) == (None, 64)
    [lamp] = profile("p", shipped={"profiles/base/files/how.txt": b"x" * 65537}, **texts).resources
    assert lamp.options.manual_text is None
    assert problems("p", **texts) == [
        "profiles/base/x.yml:3:27: there is no file profiles/base/files/how.txt; its name counts from the folder that"
        " this profile is in"
    ]


@pytest.mark.parametrize("path", ["../x", "/etc/passwd", "a/../b", "a//b", ".", "", "a\\b"])
def test_files_of_the_site_stay_beside_the_profile(path: str) -> None:
    [problem] = problems("p", p=f"lamps:\n  - name: d\n    manual: '{path}'\n")
    assert problem.startswith("profiles/p.yml:5:13: `manual` must name a file beside the profile")


def test_hidden_options_cannot_be_stated() -> None:
    [problem] = problems("p", p="lamps: [{name: d, manual_sha256: x}]")
    assert problem.startswith("profiles/p.yml:3:19: there is no option `manual_sha256`")


@pytest.mark.parametrize(
    ("entry", "message"),
    [
        ("{name: d, wats: 5}", "3:19: there is no option `wats`; did you mean `watts`?"),
        (
            "{name: d, zzz: 5}",
            "3:19: there is no option `zzz`; known are colour, dimmed, key, manual, name, needs, note,",
        ),
        ("{name: d, watts: '5'}", "3:26: `watts` must be a whole number; write it without quotes"),
        ("{name: d, watts: 5.5}", "3:26: `watts` must be a whole number"),
        ("{name: d, watts: 0}", "3:26: `watts` must be at least 1"),
        ("{name: d, watts: true}", "3:26: `watts` must be a whole number"),
        ("{name: d, dimmed: 'true'}", "3:27: `dimmed` must be true or false; write true or false, without quotes"),
        ("{name: d, note: 5}", '3:25: `note` must be text; put it in quotes: "5"'),
        ("{name: d, note: true}", '3:25: `note` must be text; put it in quotes: "true"'),
        ("{name: d, note: [x]}", "3:25: `note` must be text"),
        ("{name: d, colour: Red}", "3:27: `colour` cannot be `Red`; it must match ^[a-z]+$"),
        ("{name: d, rooms: x}", "3:26: `rooms` must be a list; write `[x]`"),
        ("{name: d, rooms: [x, 5]}", '3:30: `rooms[1]` must be text; put it in quotes: "5"'),
        ("{name: d, rooms: }", "3:26: `rooms` must be a list; it is empty; take the line out, or fill it in"),
        ("{name: d, state: abset}", "3:26: `state` must be present or absent; did you mean absent?"),
        ("{name: d, dimmed: true}", "3:9: a dimmed lamp needs its watts"),
        ("{name: d, needs: [rooms/x]}", "3:27: it needs rooms/x, which this profile does not have; a need is a key"),
    ],
)
def test_options_that_are_wrong(entry: str, message: str) -> None:
    [problem] = problems("p", p=f"lamps: [{entry}]")
    assert problem.startswith(f"profiles/p.yml:{message}")


def test_a_line_break_in_a_name_is_refused_by_its_type() -> None:
    [problem] = problems("p", p='lamps: ["a\\nb"]')
    assert problem.startswith("profiles/p.yml:3:9: `name` holds a character that cannot be printed (U+000A)")


def test_problems_carry_the_way_to_the_value() -> None:
    [problem] = resolution("p", p="lamps: [a, {name: d, rooms: [x, 5]}]").problems
    assert (problem.path, problem.rule) == ("lamps[1].rooms[1]", "invalid-value")


def test_a_mistake_in_a_base_is_told_at_the_base() -> None:
    texts = {"base": "lamps: [{name: d, watts: 0}]", "p": "extends: [base]\nlamps: [{name: d, note: x}]"}
    assert problems("p", **texts) == ["profiles/base.yml:3:26: `watts` must be at least 1"]


def test_order_is_that_of_the_types_unless_something_is_needed() -> None:
    made = profile(
        "p",
        p="""\
        rooms: [b, a]
        lamps:
          - z
          - name: y
            needs: [lamps/x]
          - x
          - name: w
            rooms: [a, elsewhere]
        """,
    )
    assert [resource.key for resource in made.resources] == [
        "lamps/z",
        "lamps/x",
        "lamps/y",
        "rooms/b",
        "rooms/a",
        "lamps/w",
    ]
    assert made.resources[-1].needs == ["rooms/a"]


def test_things_that_need_each_other() -> None:
    text = """\
        lamps:
          - name: c
            needs: [lamps/a]
          - name: a
            needs: [lamps/b]
          - name: b
            needs: [lamps/c]
          - name: d
            needs: [lamps/a]
    """
    assert problems("p", p=text) == [
        "profiles/p.yml:7:5: these need each other: lamps/a → lamps/b → lamps/c → lamps/a; take one of the needs out"
    ]


def test_nothing_that_stays_may_need_what_goes() -> None:
    [problem] = problems("p", p="rooms: [{name: a, state: absent}]\nlamps: [{name: d, rooms: [a]}]")
    assert problem.startswith("profiles/p.yml:4:9: lamps/d needs rooms/a, which is to be absent; profiles/p.yml:3 says")
    assert profile("p", p="rooms: [{name: a, state: absent}]\nlamps: [{name: d, rooms: [a], state: absent}]")


def test_a_path_can_be_one_thing_only() -> None:
    texts = {
        "base": "links:\n  - path: /srv/a\n    state: absent\n",
        "p": "extends: [base]\nfolders:\n  - /srv\n  - /srv/a\nfiles:\n  - path: /srv/a\n    content: x\n",
    }
    said = "a path can be one thing only, and /srv/a is one of the links already"
    hint = "profiles/base.yml:4 says so; take one of the two out"
    assert problems("p", types=resources.TYPES, **texts) == [
        f"profiles/p.yml:6:5: {said}; {hint}",
        f"profiles/p.yml:8:11: {said}; {hint}",
    ]


def test_a_name_has_one_spelling_where_the_platform_ignores_case() -> None:
    texts = {
        "base": "profile: base\nplatform: windows\nusers: [Ana]\nservices: [{name: Spooler, running: true}]\n",
        "p": "profile: p\nplatform: windows\nextends: [base]\nusers: [ana]\nservices: [{name: spooler}]\n",
    }
    hint = "names it; spell it as there, and the two become one"
    assert problems("p", types=resources.TYPES, **texts) == [
        "profiles/p.yml:4:9: ana is Ana in another spelling, and users/Ana is here already; "
        f"profiles/base.yml:3 {hint}",
        "profiles/p.yml:5:19: spooler is Spooler in another spelling, and services/Spooler is here already; "
        f"profiles/base.yml:4 {hint}",
    ]
    assert profile("p", types=resources.TYPES, p="files: [{path: /a, content: x}, {path: /A, content: x}]\n")


def test_wifi_networks_that_differ_in_case_are_two() -> None:
    text = "profile: p\nplatform: windows\nwifi: [{ssid: Guests, state: absent}, {ssid: GUESTS, security: open}]\n"
    assert len(profile("p", types=resources.TYPES, p=text).resources) == 2


def test_two_things_at_one_path_of_one_file_are_told_at_the_second() -> None:
    text = "files: [{path: /srv/a, content: x}]\nfolders: [/srv/a]\n"
    assert problems("p", types=resources.TYPES, p=text) == [
        "profiles/p.yml:4:11: a path can be one thing only, and /srv/a is one of the files already;"
        " profiles/p.yml:3 says so; take one of the two out"
    ]


def test_only_paths_are_one_namespace() -> None:
    text = "users: [{name: ana, home: /srv/ana}]\ngroups: [ana]\nfolders: [/srv/ana]\n"
    assert profile("p", types=resources.TYPES, p=text)


def test_what_is_below_a_linked_folder_comes_after_the_link() -> None:
    text = """\
        files: [{path: /srv/now/note, content: x}]
        folders: [/srv/now/exams, /srv/year-2026]
        links: [{path: /srv/now, target: year-2026}]
    """
    assert [resource.key for resource in profile("p", types=resources.TYPES, p=text).resources] == [
        "folders//srv/year-2026",
        "links//srv/now",
        "folders//srv/now/exams",
        "files//srv/now/note",
    ]


def test_the_hash_is_that_of_what_has_a_say() -> None:
    text = "vars: {c: red}\nlamps:\n  - name: d\n    colour: ${vars.c}\n    manual: m.txt\n"
    shipped = {"profiles/p.yml": b"", "profiles/m.txt": b"1"}
    first = profile("p", shipped=shipped, p=text).hash
    assert len(first) == 64
    assert profile("p", shipped=shipped, p="# a comment\n" + text.replace("    c", "    c")).hash == first
    assert profile("p", shipped=shipped, p=text.replace("red", "blue")).hash != first
    assert profile("p", shipped={**shipped, "profiles/m.txt": b"2"}, p=text).hash != first
    assert profile("p", shipped=shipped, p=text + "  - e\n").hash != first
    other_machine = profile("p", shipped=shipped, machine={"host.name": "pc-2"}, p=text)
    assert other_machine.hash == first


def test_text_is_kept_to_the_byte_or_refused() -> None:
    accepted = refused = 0
    for text in hostile_texts(1500):
        written = json.dumps(text.replace("${", "$${"), ensure_ascii=False)
        loaded, wrong = files(p=f"lamps: [{{name: d, note: {written}}}]")
        if wrong:
            assert REFUSED.search(text)
            refused += 1
            continue
        [lamp] = resolve(loaded["p"], loaded, Surroundings(TYPES, {}, {}, None, no_files)).profile.resources
        assert lamp.options.note == lamp.stated["note"] == text
        accepted += 1
    assert (accepted > 500, refused > 300) == (True, True), (accepted, refused)


def no_files(path: str) -> ShippedContent:
    raise FileNotFoundError(path)


TWO_WAYS = """
platform: windows
profile: p
computer:
  domain: example.org
  join_user: joiner@example.org
  join_password: lock
offline_join: {domain: example.org}
"""


def test_what_cannot_stand_together_is_refused_at_its_line() -> None:
    assert problems("p", types=ALL_TYPES, p=TWO_WAYS) == [
        "profiles/p.yml:8:1: offline_join cannot go with `domain` of computer: a computer joins a domain in one way, "
        "with an account or with a file; profiles/p.yml:5 states that; take one of the two out"
    ]
    one_way = TWO_WAYS.replace("offline_join: {domain: example.org}", "")
    assert resolution("p", types=ALL_TYPES, p=one_way).problems == []


def test_what_may_be_the_password_itself_is_not_repeated() -> None:
    [problem] = problems("p", p="lamps: [{name: d, key: hunter2}]")
    assert "hunter2" not in problem
    assert "never write the password itself" in problem
