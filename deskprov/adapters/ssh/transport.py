"""The way to ask a machine over SSH: one connection, one program, one answer."""

import secrets as random_tokens
from pathlib import Path

from deskprov.adapters.limits import Limits
from deskprov.adapters.passwords import Passwords
from deskprov.adapters.ssh.connection import trusted_connection
from deskprov.adapters.ssh.elevation import start_command
from deskprov.adapters.ssh.exchange import Exchange
from deskprov.adapters.ssh.login import Login
from deskprov.model.inventory import Host
from deskprov.model.ports.machine import Secrets


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
        """Runs `program` (Python 3 source) as root on the machine and returns its standard output.

        Raises `Unreachable`, `IdentityNotTrusted`, `LoginRefused`, `ElevationRefused`, `SecretUnavailable`, and
        `ProbeFailed` (no Python, too much output, too slow, exit status other than 0).
        """
        with trusted_connection(host, self._limits) as transport:
            self._login.prove(transport, host)
            start = start_command(host, random_tokens.token_hex(16))
            return Exchange(transport, host, start, self._limits).run(program, self._passwords)
