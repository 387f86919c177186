"""A real OpenSSH server on the loopback address, with keys of its own, for root of this computer."""

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
HostKey {folder}/host_ed25519
HostKey {folder}/host_ecdsa
HostKey {folder}/host_rsa
AuthorizedKeysFile {folder}/authorized_keys
PidFile none
LogLevel VERBOSE
UsePAM no
StrictModes no
PermitRootLogin yes
PasswordAuthentication no
KbdInteractiveAuthentication no
Banner {folder}/banner
MaxStartups 100
{more}
"""


@dataclass(frozen=True)
class OpenSshServer:
    """A running server; `log` is what it says about connections and log-ins."""

    port: int
    folder: Path

    def host(self, name: str = "lab-01", kind: str = "ed25519", **connection: str) -> Host:
        """The machine as the inventory would state it, with the server's key of this kind pinned."""
        pinned = (self.folder / f"host_{kind}.pub").read_text().rsplit(" ", 1)[0]
        stated = {"user": "root", "key_file": str(self.folder / "client"), **connection}
        return Host(name, Connection("127.0.0.1", self.port, **stated), known_host=pinned)

    @property
    def log(self) -> str:
        return (self.folder / "log").read_text(errors="replace")


@contextmanager
def openssh_server(folder: Path, more: str = "") -> Iterator[OpenSshServer]:
    """The server while the context lasts; `more` are further lines of sshd_config."""
    for kind in ("ed25519", "ecdsa", "rsa"):
        subprocess.run(
            ["ssh-keygen", "-q", "-t", kind, "-N", "", "-C", "host", "-f", folder / f"host_{kind}"], check=True
        )
    subprocess.run(["ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", folder / "client"], check=True)
    shutil.copy(folder / "client.pub", folder / "authorized_keys")
    (folder / "banner").write_text("Authorised use only.\nREADY\n")
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    (folder / "config").write_text(CONFIG.format(port=port, folder=folder, more=more))
    Path("/run/sshd").mkdir(exist_ok=True)
    command = [shutil.which("sshd", path="/usr/sbin:/usr/bin") or "sshd", "-D", "-f", folder / "config"]
    process = subprocess.Popen([*command, "-E", folder / "log"])
    try:
        _wait_until_up(port, process)
        yield OpenSshServer(port, folder)
    finally:
        process.terminate()
        process.wait()


def _wait_until_up(port: int, process: "subprocess.Popen[bytes]") -> None:
    while process.poll() is None:
        try:
            socket.create_connection(("127.0.0.1", port), 1).close()
        except OSError:
            time.sleep(0.02)
        else:
            return
    raise RuntimeError("sshd did not start")
