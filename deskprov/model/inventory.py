"""The machines of a site, as its inventory states them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from deskprov.model.platform import Platform
from deskprov.model.secret import secret_for
from deskprov.model.source import Source

SSH = "ssh"
WINRM = "winrm"
PSRP = "psrp"
PORTS = {SSH: 22, WINRM: 5986, PSRP: 5986}
"""The ways to reach a machine, each with the port that is meant when none is stated."""

OVER_TLS = (WINRM, PSRP)
"""Those on which a machine proves who it is by a certificate."""

POWERSHELL = "powershell"
WINDOWS_SHELLS = (POWERSHELL, "cmd")
"""What the SSH server of a Windows PC may start for whoever logs in (`DefaultShell` below HKLM\\SOFTWARE\\OpenSSH)."""


@dataclass(frozen=True, slots=True)
class Connection:
    """How to reach a machine; passwords are names of secrets.

    `key_file` may begin with `~` or be relative to the site. `transport` is one of `PORTS`. `shell` is one of
    `WINDOWS_SHELLS` for a Windows PC that is reached by SSH, and empty for every other machine.
    """

    address: str
    port: int = PORTS[SSH]
    user: str = "deskprov"
    key_file: str = ""
    password: str = ""
    become_password: str = ""
    transport: str = SSH
    shell: str = ""

    @property
    def platform(self) -> Platform:
        """What is reached in this way, as far as the way tells: Windows, or else Linux."""
        return Platform.WINDOWS if self.transport != SSH or self.shell else Platform.LINUX

    @property
    def login_secret(self) -> str:
        """The name of the secret that logs in; empty when no password does."""
        return secret_for(self.password, f"users/{self.user}")

    @property
    def become_secret(self) -> str:
        """The name of the secret that sudo is given: that of logging in, unless another is stated."""
        return secret_for(self.become_password, f"users/{self.user}") or self.login_secret


@dataclass(frozen=True, slots=True)
class Host:
    """One machine. `known_host` is its pinned identity, empty when none is pinned: a public key (`ssh-ed25519 AAAA…`),
    or a certificate's digest (`x509-sha256 5f2c…`) where it is reached over TLS.
    """

    name: str
    connection: Connection
    profile: str = ""
    place: str = ""
    ring: str = ""
    vars: Mapping[str, str] = field(default_factory=dict)
    groups: frozenset[str] = frozenset()
    known_host: str = ""
    practice: bool = False
    source: Source = field(default_factory=lambda: Source("", 1))


@dataclass(frozen=True, slots=True)
class Inventory:
    """Every machine by name, and every group with all machines in it, those of its children included."""

    hosts: Mapping[str, Host]
    groups: Mapping[str, Sequence[str]]
