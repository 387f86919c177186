"""Over WinRM and PSRP, too, no secret of a run is left: not here, and not in a practice PC's journal or state."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from deskprov.adapters.ansible.processes import FOLDER_PREFIX
from deskprov.adapters.winrm.transport import WinRmTransport
from deskprov.model.inventory import OVER_TLS, Connection, Host
from deskprov.model.platform import Platform
from deskprov.model.secret import SecretRef
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
    """A practice PC whose administrator has one of the secrets for a password."""
    found = Desk(tmp_path_factory.mktemp("desk"))
    found.machines.password_file.parent.mkdir(parents=True)
    found.machines.password_file.write_text(SECRETS.values["login"], "utf-8")
    try:
        found.start()
        yield found
    finally:
        found.machines.stop()


@pytest.mark.parametrize(("transport", "verbosity"), [*((way, 4) for way in OVER_TLS), ("psrp", 0)])
def test_no_secret_anywhere(desk: Desk, tmp_path: Path, runs: Path, transport: str, verbosity: int) -> None:
    connection = Connection(desk.pc.address, desk.pc.port, desk.pc.user, password="login", transport=transport)
    host = Host(desk.pc.name, connection, known_host=desk.pc.host_key)
    stage = Stage(host, tmp_path, runs, FixedSecrets(dict(SECRETS.values)))
    account = {"name": f"tech-{transport}-{verbosity}", "password": secret("module")}
    refused = {**account, "no_such_option": secret("module")}
    tasks = [
        {"name": "001 Give", "ansible.windows.win_user": account, "no_log": True},
        {"name": "002 Refused", "ansible.windows.win_user": refused, "no_log": True, "ignore_errors": True},
    ]
    with SECRETS.watched() as seen:
        said = WinRmTransport(stage.secrets).ask(host, compile_program(facts_probes(Platform.WINDOWS), "4f1d"))
        outcome = stage.run(tasks, verbosity=verbosity, secrets=[SecretRef("module")])
    assert outcome.statistics and (outcome.statistics.changed, outcome.statistics.ignored) == (1, 1), stage.events
    assert desk.state()["users"][account["name"]]["nt_hash"] == nt_hash(SECRETS.values["module"])
    assert not seen
    assert not _left(SECRETS, desk, [tmp_path, runs])
    assert not SECRETS.what((str(stage.events) + outcome.message).encode() + said)


def _left(secrets: Canaries, desk: Desk, folders: list[Path]) -> list[str]:
    """Where one lies, besides the file from which the site takes the password of its practice PCs."""
    places = [desk.folder, Path("/dev/shm"), *Path("/tmp").glob(f"{FOLDER_PREFIX}*"), Path("/root/.ansible")]
    return secrets.in_files([*folders, *places], but=lambda path: path == desk.machines.password_file.resolve())
