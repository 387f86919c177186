"""A real OpenSSH server of root's on a loopback address, and jobs for it."""

import shutil
import socket
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from deskprov.model.inventory import Connection, Host

CONFIG = """\
Port {port}
ListenAddress 127.0.0.1
HostKey {folder}/host_key
PidFile {folder}/pid
AuthorizedKeysFile {folder}/login_key.pub
PermitRootLogin yes
StrictModes no
UsePAM no
PasswordAuthentication no
MaxSessions 50
MaxStartups 100
Subsystem sftp internal-sftp
"""


@dataclass(frozen=True)
class Server:
    """Where it listens and what identifies it; `folder` holds its keys."""

    folder: Path
    port: int

    def host(self, name: str = "pc-1") -> Host:
        """It, as the inventory has it."""
        key = (self.folder / "host_key.pub").read_text().strip()
        connection = Connection("127.0.0.1", self.port, user="root", key_file=str(self.folder / "login_key"))
        return Host(name, connection, known_host=" ".join(key.split()[:2]))


@contextmanager
def sshd(folder: Path) -> Iterator[Server]:
    """A server that lets root in with a key."""
    program = shutil.which("sshd", path="/usr/sbin:/usr/local/sbin:/usr/bin")
    assert program, "install openssh-server"
    Path("/run/sshd").mkdir(exist_ok=True)
    for name in ("host_key", "login_key"):
        new_key(folder / name)
    port = free_port()
    config = folder / "sshd_config"
    config.write_text(CONFIG.format(port=port, folder=folder))
    process = subprocess.Popen([program, "-D", "-f", config, "-E", folder / "log"])
    try:
        wait_for(lambda: answers(port))
        yield Server(folder, port)
    finally:
        process.terminate()
        process.wait()


def new_key(path: Path) -> None:
    """Makes an Ed25519 key pair."""
    subprocess.run(["ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-C", "", "-f", path], check=True)


def free_port() -> int:
    """A port that is free now."""
    with socket.create_server(("127.0.0.1", 0)) as probe:
        return int(probe.getsockname()[1])


def answers(port: int) -> bool:
    """True when something listens there."""
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) == 0


def wait_for(condition: "object", seconds: float = 20.0) -> None:
    """Returns when `condition()` is true. Fails after `seconds`."""
    assert callable(condition)
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline, "waited in vain"
        time.sleep(0.05)
