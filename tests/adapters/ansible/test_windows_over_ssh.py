"""Real Ansible and real OpenSSH against a practice PC over SSH: what they send, by password and by key, and files."""

import hashlib
from collections.abc import Iterator
from pathlib import Path

import pytest
from msgspec.structs import replace

from deskprov.adapters.ansible.inventory import access, inventory
from deskprov.model.inventory import Connection, Host
from deskprov.testing import FixedSecrets
from tests.adapters.ansible.stage import Stage
from tests.adapters.ssh.servers import new_key, public_line
from tests.practice.windows.desk import Desk
from tests.practice.windows.test_contract import module_text

pytestmark = pytest.mark.ansible

KEY = {"path": "HKLM:\\Software\\Deskprov", "name": "Place", "data": "room 12", "type": "string"}
CONTENT = "Ünïcode — 桌面 🖥\r\n'\"`$(Get-Process)\n"


@pytest.fixture(scope="module")
def desk(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Desk]:
    found = Desk(tmp_path_factory.mktemp("desk"))
    try:
        found.start(transport="ssh")
        yield found
    finally:
        found.machines.stop()


@pytest.fixture
def stage(desk: Desk, tmp_path: Path, runs: Path) -> Stage:
    connection = Connection(desk.pc.address, desk.pc.port, desk.pc.user, password="pw", shell="powershell")
    host = Host(desk.pc.name, connection, known_host=desk.pc.host_key)
    return Stage(host, tmp_path, runs, FixedSecrets({"pw": desk.password}))


def registry(name: str) -> dict[str, object]:
    return {"name": name, "ansible.windows.win_regedit": KEY}


def test_modules_and_files_arrive_over_one_log_on(stage: Stage, desk: Desk) -> None:
    """A file goes by sftp, into a folder that Ansible's script made; all comes over one connection of ssh."""
    before = len(desk.journal("logon"))
    copy = {"ansible.windows.win_copy": {"content": CONTENT, "dest": "C:\\ProgramData\\note.txt"}}
    outcome = stage.run(
        [registry("Set it"), registry("Set it again"), {"name": "Copy", **copy}, {"name": "Copy again", **copy}]
    )
    assert stage.kinds() == [
        ("Set it", "changed"),
        ("Set it again", "ok"),
        ("Copy", "changed"),
        ("Copy again", "ok"),
    ], stage.events
    assert len(desk.journal("logon")) == before + 1
    noted = desk.journal("module")[0]
    sha256 = hashlib.sha256(module_text("ansible/windows/plugins/modules/win_regedit.ps1")).hexdigest()
    assert (noted["module"], noted["sha256"]) == ("ansible.windows.win_regedit", sha256)
    put = [entry["parameters"]["Path"] for entry in desk.journal("script") if entry["script"] == "sftp put"]
    assert len(put) == 1
    assert put[0].startswith("/C:/Users/deskprov/AppData/Local/Temp/ansible-tmp-")
    assert not desk.journal("refused")
    assert desk.password not in f"{stage.events}{outcome}"


def test_with_a_key_and_cmd_as_the_shell(stage: Stage, desk: Desk) -> None:
    way = replace(stage.host.connection, password="", key_file=str(desk.key_file), shell="cmd")
    stage.host = replace(stage.host, connection=way)
    other = {"name": "Other", "ansible.windows.win_regedit": {**KEY, "name": "Other"}}
    stage.run([other, {"name": "Ping", "ansible.windows.win_ping": {}}])
    assert stage.kinds() == [("Other", "changed"), ("Ping", "ok")], stage.events


def test_nobody_is_logged_on_to_another_host_key(stage: Stage, desk: Desk) -> None:
    before = desk.journal("logon")
    stage.host = replace(stage.host, known_host=public_line(new_key()))
    outcome = stage.run([registry("Set it")])
    assert "is not the pinned one any more, so Ansible sent it nothing" in outcome.message
    assert desk.journal("logon") == before


def test_a_wrong_password_is_tried_once(stage: Stage, desk: Desk) -> None:
    before = sum(not entry["taken"] for entry in desk.journal("logon"))
    stage.secrets = FixedSecrets({"pw": "canary-4711"})
    outcome = stage.run([registry("Set it")])
    assert sum(not entry["taken"] for entry in desk.journal("logon")) == before + 1
    assert f"does not let {desk.pc.user} in" in outcome.message
    assert "canary" not in f"{stage.events}{outcome}"


def test_nobody_is_become_there(stage: Stage, tmp_path: Path) -> None:
    """sudo's password is never asked for, even where the inventory names one."""
    host = replace(stage.host, connection=replace(stage.host.connection, become_password="sudo"))
    way_in = access(host, tmp_path, tmp_path)
    assert way_in.become_password is None
    text = inventory(host, way_in, {})
    assert 'ansible_shell_type: "powershell"' in text
    assert "ansible_become: false" in text
    assert "python" not in text
