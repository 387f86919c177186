"""The way to ask a machine over WinRM: one log-on, one program, one answer."""

from collections.abc import Callable
from contextlib import nullcontext, suppress
from functools import partial
from typing import Protocol, TypeVar

from deskprov.adapters.limits import Limits
from deskprov.adapters.passwords import Passwords
from deskprov.adapters.patience import within
from deskprov.adapters.winrm.certificate import Compared, pinned_connection
from deskprov.errors import HostError, IdentityNotTrusted, LoginRefused, Unreachable
from deskprov.formats.known_hosts import certificate_digest
from deskprov.model.inventory import PSRP, Host
from deskprov.model.ports.machine import Secrets

SLACK = 1.5
"""How much longer than an answer may take the whole exchange may."""

_T = TypeVar("_T")


class Exchange(Protocol):
    """One log-on, one program, its answer; each raises what `words.in_words` raises."""

    def log_on(self) -> None:
        """Shows who we are, once."""

    def run(self, program: bytes) -> bytes:
        """What the program wrote. Raises `ProbeFailed` too."""

    def leave(self) -> None:
        """Closes what was opened, as far as that is possible."""


class WinRmTransport:
    """Asks machines over WinRM or PSRP; many threads may ask different machines at once.

    One object serves one run: it remembers which passwords were refused.
    """

    def __init__(self, secrets: Secrets, *, limits: Limits | None = None) -> None:
        self._limits = limits or Limits()
        self._passwords = Passwords(secrets)

    def ask(self, host: Host, program: bytes) -> bytes:
        """Runs `program` (PowerShell 5.1 in ASCII) as an administrator on the machine and returns its output.

        Raises `Unreachable`, `IdentityNotTrusted`, `LoginRefused`, `ElevationRefused`, `SecretUnavailable`, and
        `ProbeFailed` (too much output, too slow, exit status other than 0).
        """
        if not host.connection.password:
            raise LoginRefused(
                host.name,
                f"The inventory names no password for {host.connection.user} on {host.name}.",
                hint="Name its secret: deskprov_password",
            )
        if host.connection.weakness and not host.connection.risk_taken:
            raise IdentityNotTrusted(
                host.name,
                f"{host.name} is not logged on to: {host.connection.weakness}.",
                hint="Use NTLM over HTTPS, or Kerberos; or state that this is put up with: deskprov_risk_taken: true",
            )
        with pinned_connection(host, self._limits) if host.connection.pins else nullcontext() as compared:
            exchange = self._log_on(host, compared)
            try:
                return self._in_time(host, partial(exchange.run, program), SLACK * self._limits.answer)
            finally:
                self._leave(exchange)

    def _log_on(self, host: Host, compared: Compared | None) -> Exchange:
        with self._passwords.use(host.name, host.connection.login_secret, LoginRefused) as password:
            exchange = _exchange(host, compared, password, self._limits)
            try:
                self._in_time(host, exchange.log_on, self._limits.login)
            except HostError:
                self._leave(exchange)
                raise
        return exchange

    def _in_time(self, host: Host, work: Callable[[], _T], seconds: float) -> _T:
        """What `work` gives. Its reads have limits of their own, which a machine that drips would never reach."""
        try:
            return within(seconds, work)
        except TimeoutError as error:
            raise Unreachable(
                host.name,
                f"{host.name} did not come to an end within {seconds:.0f} seconds, and was left.",
                hint="It may be overloaded or asleep. Run this again.",
            ) from error

    def _leave(self, exchange: Exchange) -> None:
        with suppress(TimeoutError):  # the machine closes the shell itself when nobody has used it for long
            within(self._limits.farewell, exchange.leave)


def _exchange(host: Host, compared: Compared | None, password: str, limits: Limits) -> Exchange:
    """In the protocol of this machine, whose library is loaded when the first machine wants it."""
    digest = certificate_digest(host.known_host) if compared else ""
    if host.connection.transport == PSRP:
        from deskprov.adapters.winrm.runspace import Runspace

        return Runspace(host, digest, password, limits, compared)
    from deskprov.adapters.winrm.shell import Shell

    return Shell(host, digest, password, limits, compared)
