"""A PC that hangs, breaks off, or takes no more sessions while Ansible is at work on it, over each transport."""

from collections.abc import Iterator, Mapping
from pathlib import Path

import pytest

from deskprov.model.inventory import OVER_TLS, POWERSHELL, PSRP, SSH, WINRM, Connection, Host
from deskprov.model.playbook import PlaybookOutcome
from deskprov.practice.windows.faults import Fault
from deskprov.practice.windows.folder import Folder
from deskprov.testing import FixedSecrets
from tests.adapters.ansible.stage import Stage
from tests.practice.windows.desk import Desk
from tests.practice.windows.planned import plan_faults

pytestmark = pytest.mark.ansible
SOAK = pytest.mark.soak

PING = [{"name": "First", "ansible.windows.win_ping": {}}, {"name": "Second", "ansible.windows.win_ping": {}}]
BEGIN = "Create"
AT_WORK: Mapping[str, str] = {SSH: "Command", **dict.fromkeys(OVER_TLS, "Receive")}


@pytest.fixture(scope="module")
def desk(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Desk]:
    """Two practice PCs; the second is reached by SSH."""
    found = Desk(tmp_path_factory.mktemp("desk"))
    try:
        found.start()
        found.start(transport=SSH)
        yield found
    finally:
        found.machines.stop()


@pytest.fixture
def stage(request: pytest.FixtureRequest, desk: Desk, tmp_path: Path, runs: Path) -> Stage:
    """The one that is reached by the transport asked for."""
    transport = request.param
    pc = next(each for each in desk.machines.list() if (each.transport == SSH) is (transport == SSH))
    shell = POWERSHELL if transport == SSH else ""
    connection = Connection(pc.address, pc.port, pc.user, password="pw", transport=transport, shell=shell)
    host = Host(pc.name, connection, known_host=pc.host_key)
    return Stage(host, tmp_path, runs, FixedSecrets({"pw": desk.password}))


def run(desk: Desk, stage: Stage, fault: Fault) -> PlaybookOutcome:
    file = Folder(desk.folder / "windows" / stage.host.name).faults
    plan_faults(file, [fault])
    try:
        return stage.run(PING, step_seconds=1)
    finally:
        plan_faults(file, [])


@pytest.mark.parametrize("stage", [SSH, WINRM, pytest.param(PSRP, marks=SOAK)], indirect=True)
def test_a_command_that_hangs_is_given_up(desk: Desk, stage: Stage) -> None:
    run(desk, stage, Fault(AT_WORK[stage.host.connection.transport], "hang", seconds=60))
    assert stage.kinds() == [("First", "failed")]
    assert "Timed out after 1 second" in stage.message("First")


@pytest.mark.parametrize(
    ("stage", "at", "do", "words"),
    [
        (SSH, BEGIN, "quota", "takes no more sessions of deskprov for now"),
        (WINRM, BEGIN, "quota", "takes no more sessions of deskprov for now"),
        pytest.param(PSRP, BEGIN, "quota", "takes no more sessions of deskprov for now", marks=SOAK),
        (WINRM, BEGIN, "deny", "LocalAccountTokenFilterPolicy"),
        pytest.param(PSRP, BEGIN, "deny", "LocalAccountTokenFilterPolicy", marks=SOAK),
        (SSH, "Command", "drop", "broke off. Is it switched on, awake and on the network"),
        pytest.param(PSRP, BEGIN, "drop", "broke off. Is it switched on, awake and on the network", marks=SOAK),
    ],
    indirect=["stage"],
)
def test_one_that_cannot_be_worked_on_is_unreachable_in_words(
    desk: Desk, stage: Stage, at: str, do: str, words: str
) -> None:
    outcome = run(desk, stage, Fault(at, do))
    assert stage.kinds() == [("First", "unreachable")], stage.events
    assert words in outcome.message
