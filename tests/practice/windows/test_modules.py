"""The models of modules, driven by real Ansible: a change is made once, undone once, and found again in the state."""

import base64
from pathlib import Path
from typing import Any

import pytest

from tests.practice.windows.desk import Desk

pytestmark = pytest.mark.ansible

CHANGES: list[tuple[str, dict[str, Any], dict[str, Any]]] = [
    ("win_user", {"name": "tech", "password": "Secret-1", "fullname": "Téchnician", "groups": ["Administrators"]}, {}),
    ("win_group", {"name": "Pupils", "description": "All of them"}, {}),
    ("win_group_membership", {"name": "Users", "members": ["deskprov"]}, {"members": ["deskprov"]}),
    ("win_service", {"name": "agent", "path": r"C:\agent.exe", "start_mode": "auto", "state": "started"}, {}),
    ("win_environment", {"level": "machine", "name": "SCHOOL", "value": "North"}, {"level": "machine"}),
    ("win_file", {"path": r"C:\ProgramData\school\logos", "state": "directory"}, {}),
    ("win_regedit", {"path": r"HKLM:\SOFTWARE\School", "name": "a", "type": "multistring", "data": ["x", "y"]}, {}),
]


def test_each_change_is_made_once_and_undone_once(fresh_desk: Desk) -> None:
    fresh = fresh_desk.state()
    makes = [{f"ansible.windows.{module}": arguments} for module, arguments, _ in CHANGES]
    undoes = []
    for module, arguments, also in reversed(CHANGES):
        key = "path" if "path" in arguments and module != "win_service" else "name"
        undoes.append({f"ansible.windows.{module}": {key: arguments[key], "state": "absent", **also}})
    results = fresh_desk.play(*makes, *makes, *undoes, *undoes)
    assert [(result.get("msg"), result["changed"]) for result in results if result.get("failed")] == []
    changed = [result["changed"] for result in results]
    each = len(CHANGES)
    assert changed == [True] * each + [False] * each + [True] * each + [False] * each
    after = fresh_desk.state()
    for part in ("users", "groups", "services", "environment"):
        assert after[part] == fresh[part]


def test_a_password_is_kept_as_windows_keeps_it_and_nowhere_in_clear(fresh_desk: Desk) -> None:
    user = {"name": "tech", "password": "canary-5b1f", "groups": ["Administrators"], "update_password": "on_create"}
    made, again = fresh_desk.play(
        {"ansible.windows.win_user": user}, {"ansible.windows.win_user": user | {"password": "canary-other"}}
    )
    assert (made["changed"], again["changed"]) == (True, False)
    protocol = fresh_desk.winrm("tech", "canary-5b1f")
    protocol.close_shell(protocol.open_shell())
    for file in fresh_desk.place.path.iterdir():
        assert b"canary" not in file.read_bytes(), file


def test_a_file_arrives_byte_for_byte(desk: Desk, tmp_path: Path) -> None:
    content = bytes(range(256)) * 2500
    (tmp_path / "big.bin").write_bytes(content)
    task = {"ansible.windows.win_copy": {"src": str(tmp_path / "big.bin"), "dest": r"C:\ProgramData\big.bin"}}
    first, second = desk.play(task, task)
    assert (first["changed"], second["changed"]) == (True, False)
    files = desk.state()["files"]
    assert base64.b64decode(files[r"c:\programdata\big.bin"]["content"]) == content
    assert not [path for path in files if "ansible-tmp" in path], "the temporary folder is taken away"


def test_what_windows_would_refuse_is_refused(desk: Desk) -> None:
    refusals = {
        "win_copy": (
            {"content": "x", "dest": r"C:\nowhere\x.txt"},
            "Destination directory 'C:\\nowhere' does not exist",
        ),
        "win_file": ({"path": "D:\\x", "state": "directory"}, "Cannot find drive. A drive with the name 'D' does not"),
        "win_hostname": ({"name": "2026"}, "the new name is not valid on Windows"),
        "win_group_membership": ({"name": "Nobodies", "members": ["deskprov"]}, "Could not find local group Nobodies"),
        "win_regedit": ({"path": "HKLM/SOFTWARE", "name": "x"}, "is not a valid powershell path"),
        "win_service": ({"name": "ghost", "state": "started"}, "Service 'ghost' is not installed"),
    }
    results = desk.play(*({f"ansible.windows.{module}": given} for module, (given, _) in refusals.items()))
    for (_, expected), result in zip(refusals.values(), results, strict=True):
        assert result["failed"]
        assert expected in result["msg"]


def test_a_slip_that_a_module_would_overlook_is_refused_before_anything_is_done(desk: Desk) -> None:
    """win_file is one of those that take no notice of an option that they do not know."""
    (result,) = desk.play({"ansible.windows.win_file": {"path": r"C:\ProgramData\slip", "stat": "directory"}})
    assert result["msg"].endswith("stat is no option; did you mean state?")
    assert r"c:\programdata\slip" not in desk.state()["files"]


def test_an_alias_is_its_option(desk: Desk) -> None:
    (result,) = desk.play({"ansible.windows.win_file": {"dest": r"C:\ProgramData\alias", "state": "directory"}})
    assert result["changed"]
    assert r"c:\programdata\alias" in desk.state()["files"]
