"""The look at registries of people, and their change, really run on profiles of a PC of the test's own."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from types import MappingProxyType
from typing import Any

import pytest

from deskprov.formats.windows_registry import people
from deskprov.model.facts import Noted, Observation, Sight
from deskprov.model.platform import Platform
from deskprov.model.task import Task
from deskprov.stages.facts import facts, facts_probes
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
    assert {(each["name"], each["left"]) for each in answer} == {("ana", ""), ("Luis Peña", "cmdlets")}
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
    pc.hives["slow"] = 3600
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
    """Of who is not logged on it loads a copy, and it takes nothing away."""
    left = "deskprov-4712-7-1"
    pc.users[left] = {}
    before = (pc.folder / "Users/Luis Peña/NTUSER.DAT").stat().st_mtime_ns
    done = pc.change(put("Colour", "green"), check=True)
    assert (done.changed, done.failed) == (True, "")
    assert not pc.change(put("Colour", "red"), check=True).changed
    assert (pc.has_loaded(ANA)["Colour"], pc.has("Luis Peña")["Colour"]) == (RED, RED)
    assert [str(pc.folder / "Temp") in line for line in pc.told() if line.startswith("load")] == [True, True]
    assert (pc.folder / "Users/Luis Peña/NTUSER.DAT").stat().st_mtime_ns == before
    assert (set(pc.users), pc.temporary()) == ({ANA, left}, [])


def test_what_stays_loaded_is_said_and_the_next_run_unloads_it(pc: Pc) -> None:
    pc.hives["stays"] = 99
    done = pc.change(put("Colour", "green"))
    [left] = pc.users.keys() - {ANA}
    assert f"The registry of Luis Peña stays loaded as HKU\\{left}" in done.failed
    told = pc.told()
    waited = [int(line.split()[-1]) for line in told if line.startswith("sleep")]
    assert (waited[:4], 50_000 < sum(waited) < 70_000) == ([200, 400, 800, 1600], True)

    [seen] = look(pc, ("every-user", "Shape"))
    assert isinstance(seen, Noted)
    assert "A copy of the registry of Luis Peña stays loaded as HKU\\deskprov-" in seen.note
    assert len(pc.users) == 3
    assert len(pc.temporary()) == 1
    assert sum(int(line.split()[-1]) for line in pc.told() if line.startswith("sleep")) < 10_000

    pc.hives["stays"] = 0
    look(pc, ("every-user", "Shape"))
    assert (list(pc.users), pc.temporary()) == ([ANA], [])


def test_what_another_run_has_loaded_right_now_is_its_own(pc: Pc) -> None:
    """Not so what a process with the same id had loaded that has ended, nor its copies."""
    ours, reused, ended = "deskprov-4711-7-1", "deskprov-4712-7-1", "deskprov-4713-7-1"
    pc.users |= {ours: {}, reused: {}, ended: {}, "deskprov": {}}
    for name in (ours, reused, "deskprov-4712-7-2", "mine"):
        (pc.folder / "Temp" / name).mkdir(parents=True)
    pc.hives["running"] = {"4711": 7, "4712": 8}
    look(pc, ("every-user", "Colour"))
    assert (set(pc.users), pc.temporary()) == ({ANA, ours, "deskprov"}, [ours, "mine"])


def test_every_look_takes_away_what_was_left_also_without_values_of_people(pc: Pc) -> None:
    left = "deskprov-4712-7-1"
    pc.users[left] = {}
    (pc.folder / "Temp" / left).mkdir(parents=True)
    about_it = facts_probes(Platform.WINDOWS)
    pc.hives["stays"] = 99
    told = facts(Platform.WINDOWS, pc.look(about_it))
    assert any(line.startswith(f"HKU\\{left}: left loaded by an earlier run") for line in told.unanswered)
    pc.hives["stays"] = 0
    assert not [line for line in facts(Platform.WINDOWS, pc.look(about_it)).unanswered if "deskprov-" in line]
    assert (list(pc.users), pc.temporary()) == ([ANA], [])


def test_what_an_earlier_run_left_loaded_is_named_and_nothing_is_loaded_beside_it(pc: Pc) -> None:
    pc.users["deskprov-4712-7-1"] = {}
    pc.hives["stays"] = 99
    with pc.in_use("Luis Peña"):
        [seen] = look(pc, ("every-user", "Colour"))
    assert isinstance(seen, Noted)
    assert "or it was left loaded by an earlier run as HKU\\deskprov-4712-7-1: restart the PC" in seen.note
    pc.told()
    done = pc.change(put("Colour", "green"))
    words = "Not set for Luis Peña: HKU\\deskprov-4712-7-1 stays loaded, so that nothing more is. Restart the PC"
    assert words in done.failed
    assert not [line for line in pc.told() if line.startswith("load")]
    assert pc.has_loaded(ANA)["Colour"] == ("String", "green")


def test_when_one_stays_loaded_no_other_is_loaded(pc: Pc) -> None:
    pc.hives["stays"] = 99
    done = pack(pc, put("Colour", "green", who="default-user"), put("Colour", "green"))
    assert [line.split()[0] for line in pc.told()].count("load") == 1
    first, second = (each["msg"] for each in done.result["items"])
    assert "The registry of the default user stays loaded as HKU\\deskprov-" in first
    assert "Not set for Luis Peña: HKU\\deskprov-" in second


def test_what_is_held_for_some_seconds_is_waited_for(pc: Pc) -> None:
    pc.hives["stays"] = 8
    done = pc.change(put("Colour", "green"))
    assert (done.failed, list(pc.users), pc.has("Luis Peña")["Colour"]) == ("", [ANA], ("String", "green"))


def test_whoever_there_was_no_time_for_is_among_the_first_of_another_run(pc: Pc) -> None:
    """Each look at the clock finds it 20 seconds on, so that there is time for two."""
    for number in range(3):
        pc.person(f"pupil{number}", sid(2000 + number), {"Colour": RED})
    pc.hives["slow"] = 20
    late = []
    for second in (0, 2):
        pc.hives["second"] = second
        [seen] = look(pc, ("every-user", "Colour"))
        assert isinstance(seen, Noted)
        late.append({name for name in ("ana", "Luis Peña", "pupil0", "pupil1", "pupil2") if name in seen.note})
    assert [len(names) for names in late] == [3, 3]
    assert late[0] != late[1]


def test_a_change_ends_in_time_and_says_for_whom_not(pc: Pc) -> None:
    pc.person("pupil", sid(2000), {"Colour": RED})
    pc.hives["slow"] = 3600
    done = pc.change(put("Colour", "green"))
    assert done.failed.startswith("Not set for ")
    assert done.failed.endswith(" and 1 more: there was no time left. Run this again.")
    assert (pc.told(), pc.has_loaded(ANA)["Colour"]) == ([], ("String", "green"))


def test_one_that_fails_for_one_person_is_done_for_the_others_and_said(pc: Pc) -> None:
    task = put("Number", "no number", "dword")
    done = pc.change(task)
    assert done.failed.startswith("For ")
    assert "no number" in done.failed
    done = pack(pc, task, put("Shape", "round"), put("Size", "large"), needs={2: [1]})
    words = [next((w for w in ("failed", "skipped", "changed") if each[w]), "") for each in done.result["items"]]
    assert words == ["failed", "skipped", "changed"]
    assert pc.has("Luis Peña").keys() == {"Colour", "Size"}
