"""The script that makes many changes in one run, on the engine with a registry of its own."""

import os
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import pytest

from deskprov.formats.windows_access import Rule, access_task
from deskprov.formats.windows_pack import item
from deskprov.model.task import Task
from tests.powershell import key
from tests.powershell.change import Changed, change
from tests.powershell.test_files import RIGHTS

pytestmark = pytest.mark.powershell

EXAMPLE = r"HKLM:\SOFTWARE\Example"
VARIABLES = ("SYSTEM", "CurrentControlSet", "Control", "Session Manager", "Environment")
VALUES: Mapping[str, tuple[str, Any]] = {
    "text": ("string", "{{ 7 * 7 }} $(id) `x` 'y' \" ñ 漢"),
    "empty": ("string", ""),
    "%expands%": ("expandstring", "%ProgramFiles%\\Example"),
    "many": ("multistring", ["one", "two", "ñ"]),
    "single": ("multistring", ["one"]),
    "small": ("dword", 1),
    "largest": ("dword", 4294967295),
    "long": ("qword", 9223372036854775807),
    "bytes": ("binary", "000aff"),
    "a byte": ("binary", "ff"),
    "a name; with $(signs) & 'quotes'": ("string", "x"),
}


def fresh() -> Mapping[str, Any]:
    values = {"PATH": ("ExpandString", "C:\\bin"), "School": ("String", "north")}
    tree: Any = key(values=values)
    for name in reversed(VARIABLES):
        tree = key(**{name: tree})
    tree["keys"]["SOFTWARE"] = key(Example=key(values={"old": ("DWord", 1), "other": ("String", "stays")}))
    return {"HKEY_LOCAL_MACHINE": tree}


def pack(
    folder: Path, items: Sequence[Mapping[str, Any]], registry: Mapping[str, Any], *, check: bool = False, **more: Any
) -> tuple[Changed, list[dict[str, Any]]]:
    """What the script does with items that are numbered from 1, and its answers."""
    packer = item("x").packer
    numbered = [{"number": number, **each} for number, each in enumerate(items, 1)]
    done = change(
        folder, Task("Do", packer.module, packer.arguments(items=numbered, **more)), registry=registry, check=check
    )
    assert done.failed == ""
    return done, done.result["items"]


def value(name: str, **more: Any) -> dict[str, Any]:
    return {"kind": "registry", "path": EXAMPLE, "name": name, **more}


def at(registry: Mapping[str, Any], *names: str) -> Mapping[str, Any]:
    found = registry["HKEY_LOCAL_MACHINE"]
    for name in names:
        found = found["keys"][name]
    return {name: (each["kind"], each["data"]) for name, each in found["values"].items()}


def test_values_of_every_type_are_made_once_and_corrected(tmp_path: Path) -> None:
    items = [value(name, type=kind, data=data, state="present") for name, (kind, data) in VALUES.items()]
    below = {"kind": "registry", "path": rf"{EXAMPLE}\New\Below", "name": "x", "type": "dword", "data": 7}
    items.append({**below, "state": "present"})
    first, answers = pack(tmp_path, items, fresh())
    assert [answer for answer in answers if answer["failed"] or not answer["changed"]] == []
    assert first.changed
    made = at(first.registry, "SOFTWARE", "Example")
    for name, (kind, data) in VALUES.items():
        wanted = data.upper() if kind == "binary" else data
        assert (made[name][0].lower(), made[name][1]) == (kind, wanted), name
    assert at(first.registry, "SOFTWARE", "Example", "New", "Below") == {"x": ("DWord", 7)}
    assert made["old"] == ("DWord", 1)

    again, answers = pack(tmp_path, items, first.registry)
    assert not again.changed
    assert not any(answer["changed"] or answer["failed"] for answer in answers)
    assert again.registry == first.registry

    other = [value("old", type="string", data="1"), value("text", type="string", data="{{ 7 * 7 }}")]
    corrected, answers = pack(tmp_path, other, first.registry)
    assert [answer["changed"] for answer in answers] == [True, True]
    after = at(corrected.registry, "SOFTWARE", "Example")
    assert (after["old"], after["text"]) == (("String", "1"), ("String", "{{ 7 * 7 }}"))


def test_what_is_removed_is_that_name_and_no_other(tmp_path: Path) -> None:
    items = [value("OLD", state="absent"), value("no", state="absent")]
    items.append({**value("x", state="absent"), "path": r"HKLM:\SOFTWARE\Nothing"})
    done, answers = pack(tmp_path, items, fresh())
    assert [answer["changed"] for answer in answers] == [True, False, False]
    assert at(done.registry, "SOFTWARE", "Example") == {"other": ("String", "stays")}


def test_variables_heed_case_in_what_they_hold_only(tmp_path: Path) -> None:
    items = [
        {"kind": "environment", "name": "SCHOOL", "value": "North", "state": "present"},
        {"kind": "environment", "name": "path", "state": "absent"},
        {"kind": "environment", "name": "NONE", "state": "absent"},
    ]
    done, answers = pack(tmp_path, items, fresh())
    assert [answer["changed"] for answer in answers] == [True, True, False]
    assert list(at(done.registry, *VARIABLES).values()) == [("String", "North")]


def test_folders_and_files_hold_what_they_are_given_to_the_last_byte(tmp_path: Path) -> None:
    """On paths of this computer, which the engine's file system is."""
    place = tmp_path / "[x] y"
    text = "one\r\ntwo\n\ttab ñ 漢 {{ 7 * 7 }} $(id)"
    items = [
        {"kind": "folder", "path": f"{place}/deep/down"},
        {"kind": "file", "dest": f"{place}/deep/down/a", "content": text},
        {"kind": "file", "dest": f"{place}/deep/empty", "content": ""},
    ]
    for expected in (True, False):
        done, answers = pack(tmp_path, items, fresh())
        assert [(each["changed"], each["msg"]) for each in answers] == [(expected, "")] * 3
        assert done.changed is expected
    assert (place / "deep/down/a").read_bytes() == text.encode()
    assert (place / "deep/empty").read_bytes() == b""

    wrong = [
        {"kind": "folder", "path": f"{place}/deep/empty"},
        {"kind": "file", "dest": f"{place}/deep", "content": "x"},
        {"kind": "file", "dest": f"{place}/nowhere/a", "content": "x"},
        {"kind": "file", "dest": f"{place}/deep/empty", "content": "x"},
    ]
    _, answers = pack(tmp_path, wrong, fresh(), check=True)
    assert [(each["failed"], each["changed"]) for each in answers] == [(True, False)] * 3 + [(False, True)]
    assert (place / "deep/empty").read_bytes() == b""


def test_an_old_file_is_whole_until_the_new_one_is(tmp_path: Path) -> None:
    """It is replaced and never emptied first: another name of the old one still holds all that it held."""
    place = tmp_path / "share"
    place.mkdir()
    (place / "a").write_text("old")
    os.link(place / "a", tmp_path / "kept")
    _, [answer] = pack(tmp_path, [{"kind": "file", "dest": f"{place}/a", "content": "new"}], fresh())
    assert (answer["changed"], answer["msg"]) == (True, "")
    assert ((place / "a").read_text(), (tmp_path / "kept").read_text()) == ("new", "old")
    assert [path.name for path in place.iterdir()] == ["a"]


def test_settings_of_a_file_are_written_in_one_run_each_on_what_the_last_one_left(tmp_path: Path) -> None:
    """As their own script writes them, of which tests/powershell/test_file_settings.py has all that can go wrong."""
    file, broken = tmp_path / "app.ini", tmp_path / "broken.ini"
    file.write_bytes(b"[A]\nold=1\nkept=2\n")
    broken.write_bytes(b"{}\n")

    def setting(key: str, **more: Any) -> dict[str, Any]:
        return {"kind": "setting", "path": str(file), "section": "A", "key": key, **more}

    items = [
        setting("old", state="absent"),
        setting("new", value="{{ 7 * 7 }} ñ"),
        {**setting("new", value=""), "section": "B"},
        {**setting("x", value="1"), "path": str(broken)},
        {**setting("y", value="1"), "needs": [4]},
        setting("KEPT", value="3"),
    ]
    checked, answers = pack(tmp_path, items, fresh(), check=True)
    assert (checked.changed, file.read_bytes()) == (True, b"[A]\nold=1\nkept=2\n")
    for expected in ("changed", ""):
        _, answers = pack(tmp_path, items, fresh())
        words = [next((w for w in ("failed", "skipped", "changed") if each[w]), "") for each in answers]
        assert words == [expected, expected, expected, "failed", "skipped", expected]
        assert file.read_bytes() == "[A]\nkept=3\nnew={{ 7 * 7 }} ñ\n[B]\nnew=\n".encode()
    assert "is no INI file" in answers[3]["msg"]
    assert broken.read_bytes() == b"{}\n"


def test_files_and_folders_go_only_if_they_are_what_they_are_taken_for(tmp_path: Path) -> None:
    place = tmp_path / "[x] y"
    (place / "full/below").mkdir(parents=True)
    (place / "full/below/a").write_text("a")
    (place / "a").write_text("a")
    items = [
        {"kind": "no file", "Path": f"{place}/a"},
        {"kind": "no file", "Path": f"{place}/none"},
        {"kind": "no file", "Path": f"{place}/full"},
        {"kind": "no folder", "Path": f"{place}/full", "WithContent": False},
        {"kind": "no folder", "Path": f"{place}/full", "WithContent": True, "needs": [4]},
    ]
    told = ["changed", "", "failed", "failed", "skipped"]
    for check in (True, False):
        _, answers = pack(tmp_path, items, fresh(), check=check)
        assert [next((w for w in ("failed", "skipped", "changed") if each[w]), "") for each in answers] == told
        assert (place / "a").exists() is check
    assert "is a folder" in answers[2]["msg"]
    assert "holds 1 files or folders" in answers[3]["msg"]
    _, [gone] = pack(tmp_path, [{"kind": "no folder", "Path": f"{place}/full", "WithContent": True}], fresh())
    assert (gone["changed"], list(place.iterdir())) == (True, [])


def test_who_may_use_a_thing_is_said_after_it_was_made(tmp_path: Path) -> None:
    """With the stand-ins for access rights of test_files; in check mode also of what is yet to be made."""
    task = access_task("C:\\a.txt", [Rule(who="everyone", may="read")], False)
    assert task.item is not None
    packer = task.item.packer
    state = {"sddl": "O:BAG:SYD:AI(A;;FA;;;BA)", "folder": False}
    whole = Task("Do", packer.module, packer.arguments(items=[{"number": 1, **task.item.data}]))
    there = "function Test-Path { param([string]$LiteralPath) $State.folder -ne 'none' }\n"
    done = change(tmp_path, whole, stubs=there + RIGHTS, state=state)
    assert (done.result["items"][0]["changed"], done.result["items"][0]["msg"]) == (True, "")
    assert done.state["sddl"] == "System.Security.AccessControl.FileSecurity Access D:P(A;;0x1200a9;;;WD)"
    again = change(tmp_path, whole, stubs=there + RIGHTS, state={**state, "sddl": "O:BAG:SYD:PAI(A;;0x1200a9;;;WD)"})
    assert [each["changed"] for each in again.result["items"]] == [False]
    nothing = f"{there}{RIGHTS}function Get-Item {{ throw 'it is not there' }}\n"
    new = change(tmp_path, whole, stubs=nothing, state={**state, "folder": "none"}, check=True)
    assert ([each["changed"] for each in new.result["items"]], new.state["sddl"]) == ([True], state["sddl"])


def test_check_mode_says_what_would_change_and_changes_nothing(tmp_path: Path) -> None:
    items = [value("new", type="string", data="x"), value("old", state="absent"), value("no", state="absent")]
    items.append({"kind": "environment", "name": "SCHOOL", "value": "North", "state": "present"})
    done, answers = pack(tmp_path, items, fresh(), check=True)
    assert [answer["changed"] for answer in answers] == [True, True, False, True]
    assert done.changed
    assert at(done.registry, "SOFTWARE", "Example") == at(fresh(), "SOFTWARE", "Example")
    assert at(done.registry, *VARIABLES) == at(fresh(), *VARIABLES)


def test_one_that_fails_stops_only_what_needs_it(tmp_path: Path) -> None:
    bad = value("bad", type="dword", data="no number")
    items = [
        value("a", type="string", data="1"),
        bad,
        {**value("b", type="string", data="1"), "needs": [1]},
        {**value("c", type="string", data="1"), "needs": [1, 2]},
        {**value("d", type="string", data="1"), "needs": [99]},
        {"kind": "strange"},
        {**value("e", type="string", data="1"), "needs": [98]},
    ]
    done, answers = pack(tmp_path, items, fresh(), failed=[99])
    words = [next((w for w in ("failed", "skipped", "changed") if each[w]), "") for each in answers]
    assert words == ["changed", "failed", "changed", "skipped", "skipped", "failed", "changed"]
    assert "no number" in answers[1]["msg"]
    assert all(len(each["msg"]) <= 200 for each in answers)
    assert {"a", "b", "e"} < at(done.registry, "SOFTWARE", "Example").keys()
    assert not {"bad", "c", "d"} & at(done.registry, "SOFTWARE", "Example").keys()


def test_what_follows_in_the_same_thing_is_not_begun(tmp_path: Path) -> None:
    packer = item("x").packer
    items = [{"number": 1, "kind": "strange"}, {"number": 1, **value("a", type="string", data="1")}]
    done = change(tmp_path, Task("Do", packer.module, packer.arguments(items=items)), registry=fresh())
    assert [(each["failed"], each["skipped"]) for each in done.result["items"]] == [(True, False), (False, True)]
