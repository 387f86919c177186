"""The way to a machine step by step, for whoever asks where it ends: name, port, certificate. Nobody logs on here."""

from collections.abc import Sequence

from deskprov.adapters.limits import Limits
from deskprov.adapters.tcp import connected, resolved
from deskprov.adapters.winrm.certificate import offered_certificate, pinned
from deskprov.model.inventory import Host
from deskprov.model.ports.machine import Greeting, HostKey


class WinRmApproach:
    """The port `Approach` for machines that are reached by WinRM."""

    def __init__(self, limits: Limits | None = None) -> None:
        self._limits = limits or Limits()

    def addresses(self, host: Host) -> Sequence[str]:
        """The addresses behind the one that the inventory states, in the order in which they are tried."""
        return list(dict.fromkeys(address[0] for _, address in resolved(host, self._limits)))

    def greeting(self, host: Host) -> Greeting:
        """That it speaks TLS, as HTTPS does. Raises `Unreachable` when nothing answers, or something else.

        Of a machine that is reached over HTTP only that something answers.
        """
        if not host.connection.pins:
            connected(host, self._limits, "WinRM service (HTTP)").close()
            return Greeting(self.addresses(host)[0], "HTTP")
        offered_certificate(host, self._limits)
        return Greeting(self.addresses(host)[0], "HTTPS")

    def identity(self, host: Host) -> HostKey:
        """The certificate that the machine shows, if it is the pinned one; an empty key where it has none."""
        return HostKey("", "") if not host.connection.pins else pinned(host, self._limits)
