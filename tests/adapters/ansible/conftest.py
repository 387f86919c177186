"""A real OpenSSH server and a runner for it, which the tests of this folder share."""

from collections.abc import Iterator
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest

from tests.adapters.ansible.openssh import Server, sshd
from tests.adapters.ansible.stage import Stage


@pytest.fixture(scope="session")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """root's OpenSSH server on the loopback address."""
    with sshd(tmp_path_factory.mktemp("sshd")) as running:
        yield running


@pytest.fixture
def runs() -> Iterator[Path]:
    """A folder for run folders, with a path short enough for sockets."""
    with TemporaryDirectory(prefix="dpt-", dir="/dev/shm") as folder:
        yield Path(folder)


@pytest.fixture
def stage(server: Server, tmp_path: Path, runs: Path) -> Stage:
    """What it takes to run a playbook on that server."""
    return Stage(server.host(), tmp_path, runs)
