"""Real Ansible against a practice PC by WinRM and PSRP: to the pinned certificate, with the password by our lookup."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from msgspec.structs import replace

from deskprov.errors import IdentityNotTrusted, RunnerFailed
from deskprov.model.facts import Facts
from deskprov.model.inventory import OVER_TLS, Connection, Host
from deskprov.model.platform import Platform
from deskprov.model.task import ResourceTasks, Task
from deskprov.stages.render import run_playbook
from deskprov.testing import FixedSecrets
from tests.adapters.ansible.stage import Stage
from tests.practice.windows.desk import Desk

pytestmark = pytest.mark.ansible

KEY = {"path": "HKLM:\\Software\\Deskprov", "name": "Place", "type": "string"}


@pytest.fixture(scope="module")
def desk(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Desk]:
    found = Desk(tmp_path_factory.mktemp("desk"))
    try:
        found.start()
        yield found
    finally:
        found.machines.stop()


@pytest.fixture(params=OVER_TLS)
def stage(request: pytest.FixtureRequest, desk: Desk, tmp_path: Path, runs: Path) -> Stage:
    connection = Connection(desk.pc.address, desk.pc.port, desk.pc.user, password="pw", transport=request.param)
    host = Host(desk.pc.name, connection, known_host=desk.pc.host_key)
    return Stage(host, tmp_path, runs, FixedSecrets({"pw": desk.password}))


def registry(name: str, data: str = "room 12") -> dict[str, object]:
    return {"name": name, "ansible.windows.win_regedit": {**KEY, "data": data}}


def test_a_change_is_made_once(stage: Stage, desk: Desk) -> None:
    room = f"room of {stage.host.connection.transport}"
    outcome = stage.run([registry("Set it", room), registry("Set it again", room)])
    assert outcome.statistics and outcome.statistics.unreachable == 0, outcome
    assert stage.kinds() == [("Set it", "changed"), ("Set it again", "ok")]
    assert all(entry["taken"] for entry in desk.journal("logon"))
    assert desk.password not in f"{stage.events}{outcome}"


def test_nobody_is_logged_on_to_another_certificate(stage: Stage, desk: Desk) -> None:
    before = desk.journal("logon")
    stage.host = replace(stage.host, known_host=f"x509-sha256 {'0' * 64}")
    outcome = stage.run([registry("Set it")])
    assert stage.kinds() == [("Set it", "unreachable")]
    assert "is not the pinned one any more, so Ansible sent it nothing" in outcome.message
    assert desk.journal("logon") == before


def test_a_wrong_password_is_tried_once(stage: Stage, desk: Desk) -> None:
    before = sum(not entry["taken"] for entry in desk.journal("logon"))
    stage.secrets = FixedSecrets({"pw": "canary-4711"})
    outcome = stage.run([registry("Set it")])
    assert sum(not entry["taken"] for entry in desk.journal("logon")) == before + 1
    assert f"does not let {desk.pc.user} in" in outcome.message
    assert "canary" not in f"{stage.events}{outcome}"


@pytest.mark.parametrize("known_host", ["", "ssh-ed25519 AAAA", "x509-sha256 12"])
def test_without_a_pinned_certificate_nothing_is_run(stage: Stage, known_host: str) -> None:
    stage.host = replace(stage.host, known_host=known_host)
    with pytest.raises(IdentityNotTrusted, match="no key is pinned"):
        stage.run([registry("Set it")])


def test_without_a_password_nothing_is_run(stage: Stage) -> None:
    stage.host = replace(stage.host, connection=replace(stage.host.connection, password=""))
    with pytest.raises(RunnerFailed, match="names no password"):
        stage.run([registry("Set it")])


def test_a_playbook_of_ours_becomes_nobody_there(stage: Stage, desk: Desk) -> None:
    """As `render` writes it for a machine that was looked at: with `become`, which is for machines with sudo."""
    machine = desk.state()["machine"]
    seen = Facts(serial=machine["serial"], machine_id=machine["guid"], uuid=machine["uuid"])
    outcome = stage.run([], playbook=_playbook(desk, seen, f"Desk {stage.host.connection.transport}"))
    assert outcome.statistics and (outcome.statistics.changed, outcome.statistics.failed) == (1, 0), stage.events


def test_another_machine_than_the_one_looked_at_is_left_as_it_is(stage: Stage, desk: Desk) -> None:
    seen = Facts(serial="PRACTICE-1", machine_id=desk.state()["machine"]["guid"])
    outcome = stage.run([], playbook=_playbook(desk, seen, "Other"))
    assert outcome.statistics and (outcome.statistics.changed, outcome.statistics.failed) == (0, 1), stage.events
    assert "Other" not in str(desk.state()["registry"])


def _playbook(desk: Desk, seen: Facts, name: str) -> str:
    task = Task("Set it", "ansible.windows.win_regedit", {**KEY, "name": name, "data": "room 12"}, changed_when=None)
    entry = ResourceTasks(1, "registry/desk", "", [task])
    return run_playbook(
        desk.pc.name, [entry], become=True, step_seconds=30, platform=Platform.WINDOWS, looked_at=seen
    ).text
