"""What real Ansible and real pywinrm send to a practice PC is what it decodes, in every supported ansible-core.

The payload is no promise of Ansible's: when a release changes it, this file says so.
"""

import hashlib
from importlib.util import find_spec
from pathlib import Path

import pytest

from deskprov.model.inventory import OVER_TLS
from deskprov.practice.windows import file_system
from tests.practice.windows.desk import Desk

pytestmark = pytest.mark.ansible

KEY = r"HKLM:\SOFTWARE\deskprov"
TEXTS = [
    "",
    "Ünïcode — 桌面 🖥",
    "'\"`$(Get-Process)",
    "{{ not }} a {% template %}",
    "a\tb\u2028c",
    "\\\\server\\share\\",
    "1.20",
]


@pytest.mark.parametrize("transport", OVER_TLS)
def test_a_module_arrives_as_it_is_in_its_collection(desk: Desk, transport: str) -> None:
    (result,) = desk.play({"ansible.windows.win_ping": {"data": "as sent"}}, **over(desk, transport))
    assert result["ping"] == "as sent"
    noted = desk.journal("module")[-1]
    assert noted["module"] == "ansible.windows.win_ping"
    assert noted["arguments"] == {"data": "as sent"}
    assert noted["sha256"] == hashlib.sha256(module_text("ansible/windows/plugins/modules/win_ping.ps1")).hexdigest()


@pytest.mark.parametrize("transport", OVER_TLS)
def test_text_arrives_as_it_was_given(desk: Desk, transport: str) -> None:
    names = [f"text_{number}" for number in range(len(TEXTS))]
    tasks = [
        {"ansible.windows.win_regedit": {"path": KEY, "name": "text", "data": f"{{{{ {name} }}}}"}} for name in names
    ]
    marked = {name: {"__ansible_unsafe": text} for name, text in zip(names, TEXTS, strict=True)}
    results = desk.play(*tasks, **marked, **over(desk, transport))
    assert not [result for result in results if result.get("failed")]
    arrived = [noted["arguments"]["data"] for noted in desk.journal("module")[-len(TEXTS) :]]
    assert arrived == TEXTS


def test_a_file_arrives_over_psrp(desk: Desk, tmp_path: Path) -> None:
    sent = tmp_path / "sent"
    sent.write_bytes(bytes(range(256)) * 1000)
    copy = {"ansible.windows.win_copy": {"src": str(sent), "dest": "C:\\Kept\\sent.bin"}}
    folder = {"ansible.windows.win_file": {"path": "C:\\Kept", "state": "directory"}}
    made, first, second = desk.play(folder, copy, copy, **over(desk, "psrp"))
    assert [result["changed"] for result in (made, first, second)] == [True, True, False]
    assert first["checksum"] == hashlib.sha1(sent.read_bytes()).hexdigest()
    assert file_system.read(desk.state()["files"]["c:\\kept\\sent.bin"]) == sent.read_bytes()


def test_a_change_is_made_once_and_numbers_are_numbers(desk: Desk) -> None:
    task = {"ansible.windows.win_regedit": {"path": KEY, "name": "Level", "type": "dword", "data": 500}}
    first, second = desk.play(task, task)
    assert (first["changed"], second["changed"]) == (True, False)
    assert desk.state()["registry"][r"hklm\software\deskprov"]["values"]["level"]["data"] == 500


def test_check_mode_says_and_does_not(desk: Desk) -> None:
    before = desk.state()
    (result,) = desk.play({"ansible.windows.win_regedit": {"path": KEY + r"\New"}}, check=True)
    assert result["changed"]
    assert desk.state() == before


def test_what_there_is_no_model_of_is_refused(desk: Desk) -> None:
    (result,) = desk.play({"ansible.windows.win_shell": "dir"})
    assert result["msg"] == "practice PC: no model of the module ansible.windows.win_shell"
    protocol = desk.winrm()
    shell = protocol.open_shell()
    command = protocol.run_command(shell, "whoami")
    assert protocol.get_command_output(shell, command) == (
        b"",
        b"practice PC: no model of the command line 'whoami'\r\n",
        1,
    )
    protocol.close_shell(shell)


def test_a_secret_is_not_in_the_journal(desk: Desk) -> None:
    canary = "canary-0d7e"
    task = {"ansible.windows.win_regedit": {"path": KEY, "name": "x", "data": canary}, "no_log": True}
    named = {"ansible.windows.win_user": {"name": "tech", "password": canary}}
    desk.play(task, named)
    assert desk.state()["registry"][r"hklm\software\deskprov"]["values"]["x"]["data"] == canary
    assert canary not in desk.place.journal.read_text()


def over(desk: Desk, transport: str) -> dict[str, str]:
    """The variables with which Ansible's own connection comes in."""
    if transport == "winrm":
        return {}
    certificate = str(desk.place.certificate)
    return {"ansible_connection": transport, "ansible_psrp_auth": "ntlm", "ansible_psrp_ca_cert": certificate}


def module_text(path: str) -> bytes:
    """A module's file in its collection; `path` counts from `ansible_collections`."""
    collections = find_spec("ansible_collections")
    assert collections and collections.submodule_search_locations
    return (Path(collections.submodule_search_locations[0]) / path).read_bytes()
