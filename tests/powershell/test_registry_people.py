"""The look at registries of people, and their change, really run on profiles of a PC of the test's own."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from types import MappingProxyType
from typing import Any

import pytest

from deskprov.formats.windows_registry import people
from deskprov.model.facts import Noted, Observation, Sight
from deskprov.model.task import Task
from tests.powershell import CONSTRAINED, ask
from tests.powershell.change import Changed
from tests.powershell.hives import Pc, hive, sid

pytestmark = pytest.mark.powershell

KEY = "Software\\Example"
ANA, LUIS, SERVICE = sid(1001), sid(1002), "S-1-5-80-956008885"
RED, BLUE = ("String", "red"), ("String", "blue")
WANTED = {"type": "string", "data": "red"}
KINDS: Mapping[str, tuple[str, Any]] = {
    "": ("string", "x"),
    "string": ("string", "{{ 7 }} $(id) \"'` ñ 漢"),
    "expandstring": ("expandstring", "%APPDATA%\\x"),
    "multistring": ("multistring", ["one", "ñ"]),
    "dword": ("dword", 4294967295),
    "qword": ("qword", 2**63 - 1),
    "binary": ("binary", "00ff"),
}


@pytest.fixture
def pc(tmp_path: Path) -> Pc:
    """Ana is logged on, Luis is not; accounts of services, the guest's, a temporary profile and one that is gone."""
    pc = Pc(tmp_path)
    pc.default_user({"Colour": RED})
    pc.person("ana", ANA, {"Colour": RED}, logged_on=True)
    pc.person("Luis Peña", LUIS, {"Colour": RED})
    pc.person("service", SERVICE, {"Colour": BLUE})
    pc.person("TEMP", sid(1003), {"Colour": BLUE}, state=0x800)
    pc.person("guest", sid(501), {"Colour": BLUE}, state=0x80)
    pc.person("broken", f"{sid(1002)}.bak", {"Colour": BLUE})
    pc.person("gone", sid(1004), {"Colour": BLUE})
    (tmp_path / "Users/gone/NTUSER.DAT").unlink()
    (tmp_path / "Users/gone").rmdir()
    return pc


def look(pc: Pc, *asked: tuple[str, str]) -> list[Observation]:
    probes = [people.value_probe(who, KEY, name) for who, name in asked]
    return [people.observed_value(answer, WANTED) for answer in pc.look(probes)]


def put(name: str, data: Any, kind: str = "string", who: str = "every-user", key: str = KEY) -> Task:
    return people.set_value("Set", who, key, name, kind, data)


def pack(pc: Pc, *tasks: Task, needs: Mapping[int, Sequence[int]] = MappingProxyType({})) -> Changed:
    """What becomes of all of them in one run; they are numbered from 1."""
    items = [task.item for task in tasks if task.item]
    numbered = [{"number": n, "needs": list(needs.get(n, ())), **item.data} for n, item in enumerate(items, 1)]
    packer = items[0].packer
    return pc.change(Task("Set", packer.module, packer.arguments(items=numbered)))


def test_people_are_looked_at_together_in_copies_and_nothing_stays(pc: Pc) -> None:
    before = {path: path.stat().st_mtime_ns for path in pc.folder.rglob("NTUSER.DAT")}
    seen = look(pc, ("every-user", "Colour"), ("default-user", "Colour"), ("every-user", "Shape"))
    assert seen == [WANTED, WANTED, Sight.ABSENT]
    told = pc.told()
    assert [line.split()[0] for line in told] == ["load", "unload"] * 2
    assert all(str(pc.folder / "Temp") in line for line in told if line.startswith("load"))
    assert {path: path.stat().st_mtime_ns for path in pc.folder.rglob("NTUSER.DAT")} == before
    assert (pc.temporary(), list(pc.users)) == ([], [ANA])


def test_where_only_cmdlets_may_run_nothing_is_loaded(pc: Pc) -> None:
    probe = people.value_probe("every-user", KEY, "Colour")
    [answer] = ask(pc.folder, [probe], {}, mode=CONSTRAINED, registry=pc.registry())
    assert [(each["name"], each["left"]) for each in answer] == [("ana", ""), ("Luis Peña", "cmdlets")]
    seen = people.observed_value(answer, WANTED)
    assert isinstance(seen, Noted)
    assert seen.seen == {"type": Sight.NOT_REPORTED, "data": "red"}
    assert "Luis Peña: PowerShell may only run cmdlets there" in seen.note


def test_where_people_differ_it_says_who_has_what(pc: Pc) -> None:
    pc.person("Núria", "S-1-12-1-3519049843-1181310457-1-2", {"Colour": BLUE})
    pc.person("pupil", f"{ANA}1", {})
    [seen] = look(pc, ("every-user", "Colour"))
    assert seen == {
        "type": frozenset({"string (ana, Luis Peña, Núria)", "not set (pupil)"}),
        "data": frozenset({"red (ana, Luis Peña)", "blue (Núria)", "not set (pupil)"}),
    }


def test_whoever_is_logging_on_is_left_alone_and_named(pc: Pc) -> None:
    with pc.in_use("Luis Peña"):
        [seen] = look(pc, ("every-user", "Colour"))
        assert pc.told() == []
        done = pc.change(put("Colour", "green"))
    assert isinstance(seen, Noted)
    assert seen.seen == WANTED
    assert "Left alone is the registry of Luis Peña: somebody is logging on or off" in seen.note
    assert (done.failed, done.changed) == ("", True)
    assert pc.told() == ["sleep -Seconds 2"] * 2
    assert (pc.has_loaded(ANA)["Colour"], pc.has("Luis Peña")["Colour"]) == (("String", "green"), RED)
    assert pc.change(put("Colour", "green")).changed
    assert pc.has("Luis Peña")["Colour"] == ("String", "green")


def test_who_logs_on_just_then_is_waited_for(pc: Pc) -> None:
    """What they get while it is loaded by somebody else is a temporary profile, so that nobody tries again at once."""
    pc.hives["arrives"] = {"sid": LUIS, "folder": str(pc.folder / "Users/Luis Peña")}
    done = pc.change(put("Colour", "green"))
    assert (done.failed, done.changed) == ("", True)
    assert [line.split()[0] for line in pc.told()] == ["load", "sleep"]
    assert (pc.has_loaded(LUIS), pc.has("Luis Peña")) == ({"Colour": ("String", "green")}, {"Colour": RED})


def test_who_logs_off_just_then_has_not_lost_everything(pc: Pc) -> None:
    pc.hives["leaves"] = ANA
    [seen] = look(pc, ("every-user", "Colour"))
    assert isinstance(seen, Noted)
    assert seen.seen == WANTED
    assert "Left alone is the registry of ana" in seen.note
    pc.users[ANA] = hive({"Colour": RED})
    done = pc.change(put("Colour", "green"))
    assert (done.failed, pc.has("ana")["Colour"]) == ("", ("String", "green"))


def test_a_key_that_nobody_may_open_costs_no_more_than_its_person(pc: Pc) -> None:
    pc.hives["denied"] = "Software\\Example"
    [seen] = look(pc, ("every-user", "Colour"))
    assert isinstance(seen, Noted)
    assert "ana, Luis Peña: deskprov may not read it" in seen.note
    assert (pc.temporary(), list(pc.users)) == ([], [ANA])
    assert "Requested registry access is not allowed" in pc.change(put("Colour", "green")).failed
    assert list(pc.users) == [ANA]


def test_a_look_that_takes_long_leaves_the_others_for_the_next(pc: Pc) -> None:
    pc.hives["slow"] = True
    [seen] = look(pc, ("every-user", "Colour"))
    assert isinstance(seen, Noted)
    assert "ana, Luis Peña: there was no time left" in seen.note
    assert pc.told() == []


def test_what_cannot_be_loaded_or_is_missing_is_named(pc: Pc) -> None:
    pc.person("empty", sid(1005), {})
    (pc.folder / "Users/empty/NTUSER.DAT").unlink()
    (pc.folder / "Users/Luis Peña/NTUSER.DAT").write_text("{")
    [seen] = look(pc, ("every-user", "Colour"))
    assert isinstance(seen, Noted)
    assert "empty: there is no NTUSER.DAT" in seen.note
    assert "Luis Peña: Windows cannot load it" in seen.note


def test_a_value_of_every_kind_is_set_once_and_corrected_and_removed(pc: Pc) -> None:
    tasks = [put(name, data, kind) for name, (kind, data) in KINDS.items()]
    first = pack(pc, *tasks)
    assert [(each["changed"], each["msg"]) for each in first.result["items"]] == [(True, "")] * len(KINDS)
    assert [line.split()[0] for line in pc.told()] == ["load", "unload"]
    for made in (pc.has("Luis Peña"), pc.has_loaded(ANA)):
        for name, (kind, data) in KINDS.items():
            found, value = next(value for at, value in made.items() if at.removeprefix("(default)") == name)
            assert (found.lower(), str(value).lower()) == (kind, str(data).lower()), name
    assert not pack(pc, *tasks).changed
    assert [line.split()[0] for line in pc.told()] == ["load", "unload"]

    assert pc.change(put("dword", "7")).changed
    assert pc.has("Luis Peña")["dword"] == ("String", "7")
    gone = people.remove_value("Remove", "every-user", KEY, "DWORD")
    assert [pc.change(gone).changed, pc.change(gone).changed] == [True, False]
    assert "dword" not in pc.has("Luis Peña")
    assert list(pc.users) == [ANA]


def test_keys_with_a_slash_and_the_default_user(pc: Pc) -> None:
    assert pc.change(put("Colour", "green", who="default-user", key=f"{KEY}\\a/b")).changed
    probe = people.value_probe("default-user", f"{KEY}\\a/b", "colour")
    [answer] = pc.look([probe])
    assert people.observed_value(answer, {}) == {"type": "string", "data": "green"}
    assert "Colour" in pc.has("Default")
    nothing = put("Document", "", kind="none", who="default-user")
    assert [pc.change(nothing).changed, pc.change(nothing).changed] == [True, False]
    assert pc.has("Default")["Document"] == ("None", "")
    assert pc.has("Luis Peña")["Colour"] == RED


def test_check_mode_says_what_would_change_and_changes_nothing(pc: Pc) -> None:
    done = pc.change(put("Colour", "green"), check=True)
    assert (done.changed, done.failed) == (True, "")
    assert not pc.change(put("Colour", "red"), check=True).changed
    assert (pc.has_loaded(ANA)["Colour"], pc.has("Luis Peña")["Colour"]) == (RED, RED)
    assert list(pc.users) == [ANA]


def test_what_stays_loaded_is_said_and_the_next_run_unloads_it(pc: Pc) -> None:
    pc.hives["stays"] = 99
    done = pc.change(put("Colour", "green"))
    [left] = pc.users.keys() - {ANA}
    assert f"The registry of Luis Peña stays loaded as HKU\\{left}" in done.failed
    assert [line.split()[0] for line in pc.told()].count("unload") == 5

    [seen] = look(pc, ("every-user", "Shape"))
    assert isinstance(seen, Noted)
    assert "A copy of the registry of Luis Peña stays loaded as HKU\\deskprov-" in seen.note
    assert len(pc.users) == 3
    assert len(pc.temporary()) == 1

    pc.hives["stays"] = 0
    look(pc, ("every-user", "Shape"))
    assert (list(pc.users), pc.temporary()) == ([ANA], [])


def test_what_another_run_has_loaded_right_now_is_its_own(pc: Pc) -> None:
    pc.users |= {"deskprov-4711-1": {}, "deskprov-4712-1": {}, "deskprov": {}}
    pc.hives["running"] = [4711]
    look(pc, ("every-user", "Colour"))
    assert set(pc.users) == {ANA, "deskprov-4711-1", "deskprov"}


def test_one_that_fails_for_one_person_is_done_for_the_others_and_said(pc: Pc) -> None:
    task = put("Number", "no number", "dword")
    done = pc.change(task)
    assert done.failed.startswith("For ")
    assert "no number" in done.failed
    done = pack(pc, task, put("Shape", "round"), put("Size", "large"), needs={2: [1]})
    words = [next((w for w in ("failed", "skipped", "changed") if each[w]), "") for each in done.result["items"]]
    assert words == ["failed", "skipped", "changed"]
    assert pc.has("Luis Peña").keys() == {"Colour", "Size"}
