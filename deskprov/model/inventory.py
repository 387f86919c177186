"""The machines of a site, as its inventory states them."""

from collections.abc import Mapping, Sequence

from msgspec import Struct, field

from deskprov.model.platform import Platform
from deskprov.model.secret import secret_for
from deskprov.model.source import Source

SSH = "ssh"
WINRM = "winrm"
PSRP = "psrp"
PORTS = {SSH: 22, WINRM: 5986, PSRP: 5986}
"""The ways to reach a machine, each with the port that is meant when none is stated."""

OVER_TLS = (WINRM, PSRP)
"""Those on which a machine proves who it is by a certificate, unless it is reached over HTTP."""

NTLM, KERBEROS, BASIC = LOG_ONS = ("ntlm", "kerberos", "basic")
HTTPS, HTTP = SCHEMES = ("https", "http")
HTTP_PORT = 5985
"""Of WinRM and PSRP where nothing encrypts but the log-on."""

POWERSHELL = "powershell"
WINDOWS_SHELLS = (POWERSHELL, "cmd")
"""What the SSH server of a Windows PC may start for whoever logs in (`DefaultShell` below HKLM\\SOFTWARE\\OpenSSH)."""


class Connection(Struct, frozen=True):
    """How to reach a machine; passwords are names of secrets.

    `key_file` may begin with `~` or be relative to the site. `transport` is one of `PORTS`. `shell` is one of
    `WINDOWS_SHELLS` for a Windows PC that is reached by SSH, and empty for every other machine. `log_on` (one of
    `LOG_ONS`) and `scheme` are those of WinRM and PSRP; `risk_taken` is true where somebody has stated for this machine
    that a `weakness` is put up with.
    """

    address: str
    port: int = PORTS[SSH]
    user: str = "deskprov"
    key_file: str = ""
    password: str = ""
    become_password: str = ""
    transport: str = SSH
    shell: str = ""
    log_on: str = NTLM
    scheme: str = HTTPS
    risk_taken: bool = False

    @property
    def platform(self) -> Platform:
        """What is reached in this way, as far as the way tells: Windows, or else Linux."""
        return Platform.WINDOWS if self.transport != SSH or self.shell else Platform.LINUX

    @property
    def pins(self) -> bool:
        """True when a machine shows a key or a certificate that can be pinned."""
        return self.transport not in OVER_TLS or self.scheme == HTTPS

    @property
    def weakness(self) -> str:
        """What does not protect a log-on that is made in this way, in words; empty when nothing is amiss.

        Kerberos proves to both sides who the other is, and its key encrypts each message.
        """
        match self.log_on, self.pins:
            case ("basic", True):
                return "it is sent its password as it is (Basic), which whoever rules it can read"
            case ("basic", False):
                return "its password and all else go over the network in clear (Basic over HTTP)"
            case ("ntlm", False):
                return "nothing proves who it is before somebody logs on (NTLM over HTTP)"
            case _:
                return ""

    @property
    def login_secret(self) -> str:
        """The name of the secret that logs in; empty when no password does."""
        return secret_for(self.password, f"users/{self.user}")

    @property
    def become_secret(self) -> str:
        """The name of the secret that sudo is given: that of logging in, unless another is stated."""
        return secret_for(self.become_password, f"users/{self.user}") or self.login_secret


class Host(Struct, frozen=True):
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


class Inventory(Struct, frozen=True):
    """Every machine by name, and every group with all machines in it, those of its children included."""

    hosts: Mapping[str, Host]
    groups: Mapping[str, Sequence[str]]
