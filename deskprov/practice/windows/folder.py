"""The folder of one practice PC: its certificate, state, journal and log, and whether it lives."""

import shutil
from pathlib import Path

from msgspec import Struct

from deskprov.model.inventory import WINRM
from deskprov.practice.life_lock import is_held

ADDRESS = "127.0.0.1"
"""The only loopback address that Macs have, too; each PC has a port of its own."""


class Folder(Struct, frozen=True):
    """The paths below `path`, which bears the PC's name."""

    path: Path

    @property
    def name(self) -> str:
        """The PC's name in the site."""
        return self.path.name

    @property
    def address(self) -> str:
        """Where it listens."""
        return ADDRESS

    @property
    def certificate(self) -> Path:
        """As PEM."""
        return self.path / "certificate.pem"

    @property
    def key(self) -> Path:
        """As PEM, for the owner alone."""
        return self.path / "key.pem"

    @property
    def host_key(self) -> Path:
        """The private SSH key, for the owner alone; there is one when the PC is reached by SSH."""
        return self.path / "ssh_host_ed25519_key"

    @property
    def public_host_key(self) -> Path:
        """Its public half."""
        return self.path / "ssh_host_ed25519_key.pub"

    @property
    def transport(self) -> str:
        """How the PC is reached."""
        return self._transport.read_text() if self._transport.exists() else WINRM

    def reached_by(self, transport: str) -> None:
        """Notes how the PC is reached, before it starts."""
        self._transport.write_text(transport)

    @property
    def bare(self) -> Path:
        """There for a PC that deskprov has not been told of but by its enrolment file."""
        return self.path / "bare"

    @property
    def state(self) -> Path:
        """What the PC is now: see computer.py."""
        return self.path / "state.json"

    @property
    def journal(self) -> Path:
        """What it was told: see journal.py."""
        return self.path / "journal.jsonl"

    @property
    def accounts(self) -> Path:
        """Who may log on: see logon.py."""
        return self.path / "accounts"

    @property
    def faults(self) -> Path:
        """What shall go wrong: see faults.py."""
        return self.path / "faults.json"

    @property
    def pace(self) -> Path:
        """How long PowerShell takes to start: see pace.py."""
        return self.path / "pace"

    @property
    def log(self) -> Path:
        """What the process said, which is nothing if all is well."""
        return self.path / "log"

    @property
    def life_lock(self) -> Path:
        """Locked by the process as long as it lives; its content is the process's number."""
        return self.path / "alive"

    @property
    def port(self) -> int:
        """The port it listens on; 0 as long as it has none."""
        file = self.path / "port"
        return int(file.read_text()) if file.exists() else 0

    @property
    def _transport(self) -> Path:
        return self.path / "transport"

    def opened(self, port: int) -> None:
        """Notes the port, when connections are taken there."""
        new = self.path / "port.new"
        new.write_text(str(port))
        new.replace(self.path / "port")

    def lives(self) -> bool:
        """True while the PC's process runs: it holds a lock that the kernel takes from it when it dies."""
        return is_held(self.life_lock)

    def process(self) -> int:
        """The number of the process that lives, 0 before it has written it."""
        text = self.life_lock.read_text()
        return int(text) if text else 0

    def remove(self) -> None:
        """Nothing of it stays."""
        shutil.rmtree(self.path)
