"""Over WinRM, PSRP and SSH, too, no secret of a run is left: not here, and not in a practice PC's journal or state."""

import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from deskprov.adapters.ansible.processes import FOLDER_PREFIX
from deskprov.adapters.ssh import SshTransport
from deskprov.adapters.winrm.transport import WinRmTransport
from deskprov.model.inventory import OVER_TLS, POWERSHELL, SSH, Connection, Host
from deskprov.model.platform import Platform
from deskprov.model.ports.machine import Transport
from deskprov.model.secret import SecretRef
from deskprov.practice.windows.folder import Folder
from deskprov.practice.windows.local_accounts import nt_hash
from deskprov.stages.facts import facts_probes
from deskprov.stages.probe import compile_program
from deskprov.testing import FixedSecrets
from tests.adapters.ansible.stage import Stage, secret
from tests.canary import Canaries, new_canaries
from tests.practice.windows.desk import Desk

pytestmark = pytest.mark.ansible

SECRETS = new_canaries(["login", "module"])


@pytest.fixture(scope="module")
def desk(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Desk]:
    """Practice PCs whose administrator has one of the secrets for a password; the second is reached by SSH."""
    found = Desk(tmp_path_factory.mktemp("desk"))
    found.machines.password_file.parent.mkdir(parents=True)
    found.machines.password_file.write_text(SECRETS.values["login"], "utf-8")
    try:
        found.start()
        found.start(transport="ssh")
        yield found
    finally:
        found.machines.stop()


@pytest.mark.parametrize(("transport", "verbosity"), [*((way, 4) for way in OVER_TLS), ("psrp", 0), ("ssh", 4)])
def test_no_secret_anywhere(desk: Desk, tmp_path: Path, runs: Path, transport: str, verbosity: int) -> None:
    pc = next(each for each in desk.machines.list() if (each.transport == SSH) is (transport == SSH))
    shell = POWERSHELL if transport == SSH else ""
    connection = Connection(pc.address, pc.port, pc.user, password="login", transport=transport, shell=shell)
    host = Host(pc.name, connection, known_host=pc.host_key)
    stage = Stage(host, tmp_path, runs, FixedSecrets(dict(SECRETS.values)))
    account = {"name": f"tech-{transport}-{verbosity}", "password": secret("module")}
    refused = {**account, "no_such_option": secret("module")}
    tasks = [
        {"name": "001 Give", "ansible.windows.win_user": account, "no_log": True},
        {"name": "002 Refused", "ansible.windows.win_user": refused, "no_log": True, "ignore_errors": True},
    ]
    with SECRETS.watched() as seen:
        said = _way(host, stage).ask(host, compile_program(facts_probes(Platform.WINDOWS), "4f1d"))
        outcome = stage.run(tasks, verbosity=verbosity, secrets=[SecretRef("module")])
    assert outcome.statistics and (outcome.statistics.changed, outcome.statistics.ignored) == (1, 1), stage.events
    state = json.loads(Folder(desk.folder / "windows" / pc.name).state.read_text())
    assert state["users"][account["name"]]["nt_hash"] == nt_hash(SECRETS.values["module"])
    assert not seen
    assert not _left(SECRETS, desk, [tmp_path, runs])
    assert not SECRETS.what((str(stage.events) + outcome.message).encode() + said)


def _way(host: Host, stage: Stage) -> Transport:
    if host.connection.transport == SSH:
        return SshTransport(stage.secrets, stage.folder)
    return WinRmTransport(stage.secrets)


def _left(secrets: Canaries, desk: Desk, folders: list[Path]) -> list[str]:
    """Where one lies, besides the file from which the site takes the password of its practice PCs."""
    places = [desk.folder, Path("/dev/shm"), *Path("/tmp").glob(f"{FOLDER_PREFIX}*"), Path("/root/.ansible")]
    return secrets.in_files([*folders, *places], but=lambda path: path == desk.machines.password_file.resolve())
