"""The way to ask a machine over SSH: one connection, one program, one answer."""

import secrets as random_tokens
from collections.abc import Callable, Mapping
from pathlib import Path

from deskprov.adapters.limits import Limits
from deskprov.adapters.passwords import Passwords
from deskprov.adapters.ssh.connection import trusted_connection
from deskprov.adapters.ssh.elevation import start_python
from deskprov.adapters.ssh.exchange import Exchange
from deskprov.adapters.ssh.login import Login
from deskprov.adapters.ssh.start import Start, start_powershell
from deskprov.errors import ProbeFailed
from deskprov.model.inventory import Host
from deskprov.model.platform import Platform
from deskprov.model.ports.machine import Secrets

_STARTS: Mapping[Platform, Callable[[Host, str], Start]] = {
    Platform.LINUX: start_python,
    Platform.WINDOWS: start_powershell,
}

_WINDOWS = "for_Windows"
"""A part of the version that Microsoft's build of OpenSSH tells: `SSH-2.0-OpenSSH_for_Windows_9.5`."""


class SshTransport:
    """Asks machines over SSH; many threads may ask different machines at once.

    `root` is the site's folder, from which relative key files count. One object serves one run: it remembers which
    passwords were refused.
    """

    def __init__(self, secrets: Secrets, root: Path, *, home: Path | None = None, limits: Limits | None = None) -> None:
        self._limits = limits or Limits()
        self._passwords = Passwords(secrets)
        self._login = Login(self._passwords, root, home or Path.home(), self._limits)

    def ask(self, host: Host, program: bytes) -> bytes:
        """Runs `program` as root or administrator on the machine and returns its standard output.

        It is Python 3 source, or on a Windows PC PowerShell 5.1 in ASCII.

        Raises `Unreachable`, `IdentityNotTrusted`, `LoginRefused`, `ElevationRefused`, `SecretUnavailable`, and
        `ProbeFailed` (no Python, too much output, too slow, exit status other than 0).
        """
        with trusted_connection(host, self._limits) as transport:
            _refuse_unstated_windows(host, transport.remote_version)
            self._login.prove(transport, host)
            start = _STARTS[host.connection.platform](host, random_tokens.token_hex(16))
            return Exchange(transport, host, start, self._limits).run(program, self._passwords)


def _refuse_unstated_windows(host: Host, version: str) -> None:
    if _WINDOWS in version and host.connection.platform is not Platform.WINDOWS:
        raise ProbeFailed(
            host.name,
            f"{host.name} is a Windows PC, and the inventory has it as a Linux machine. Nobody was logged in.",
            hint="State for it in the inventory: ansible_shell_type: powershell",
        )
