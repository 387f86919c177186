"""The certificate that a machine shows, by a TLS handshake alone: nothing of ours is sent before it is compared."""

import socket
import ssl
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from functools import partial
from threading import Event

from cryptography import x509

from deskprov.adapters.limits import Limits
from deskprov.adapters.patience import within
from deskprov.adapters.tcp import connected, where
from deskprov.errors import IdentityNotTrusted, Unreachable
from deskprov.formats.endpoint_text import one_line
from deskprov.formats.known_hosts import certificate_digest, certificate_line, fingerprint
from deskprov.model.inventory import Host
from deskprov.model.ports.machine import HostKey

SERVER = "WinRM service (HTTPS)"


def offered_certificate(host: Host, limits: Limits) -> HostKey:
    """What the machine shows. Raises `Unreachable`."""
    with _encrypted(host, limits) as tls:
        return _shown(tls)


class Compared:
    """A connection to a machine that has shown the pinned certificate, on which nothing was said yet."""

    def __init__(self, tls: ssl.SSLSocket) -> None:
        self._held = [tls]

    def take(self) -> ssl.SSLSocket | None:
        """The connection, for the first who asks, who closes it from then on; None for any other."""
        try:
            return self._held.pop()
        except IndexError:
            return None


@contextmanager
def pinned_connection(host: Host, limits: Limits) -> Iterator[Compared]:
    """A connection that is closed at the end unless somebody has taken it. Raises what `pinned` raises.

    Who has taken it may still be at work on it then, in a thread that was left alone.
    """
    tls = _encrypted(host, limits)
    compared = Compared(tls)
    try:
        _compare(host, _shown(tls))
        yield compared
    finally:
        if left := compared.take():
            left.close()


def pinned(host: Host, limits: Limits) -> HostKey:
    """The pinned certificate, if that is the one the machine shows.

    Raises `Unreachable`, and `IdentityNotTrusted` when none is pinned or another one is shown.
    """
    shown = offered_certificate(host, limits)
    _compare(host, shown)
    return shown


def changed(host: Host, shown: str) -> IdentityNotTrusted:
    """The machine shows another certificate than the pinned one; `shown` is its fingerprint, empty when not known."""
    told = f"the certificate {shown}" if shown else "another certificate"
    return IdentityNotTrusted(
        host.name,
        f"The identity of {host.name} has changed: {where(host)} shows {told}, but {fingerprint(host.known_host)} is "
        "pinned. Nothing was sent to it.",
        hint=_trust_hint(host),
    )


def _encrypted(host: Host, limits: Limits) -> ssl.SSLSocket:
    given_up = Event()
    with connected(host, limits, SERVER) as sock:
        sock.settimeout(limits.greeting)
        try:
            return within(limits.greeting, partial(_handshake, sock, given_up))
        except TimeoutError as error:
            given_up.set()
            raise Unreachable(
                host.name,
                f"{host.name} cannot be reached: {where(host)} takes the connection, but did not begin to encrypt "
                f"within {limits.greeting:.0f} seconds.",
                hint="It may be overloaded or asleep. Plain WinRM (5985) looks like this too: deskprov uses HTTPS.",
            ) from error
        except OSError as error:
            raise Unreachable(
                host.name,
                f"{host.name} cannot be reached: what answers at {where(host)} does not speak TLS with us "
                f"({one_line(_reason(error), 120)}).",
                hint="Check ansible_host and ansible_port, and on it: winrm enumerate winrm/config/listener",
            ) from error


def _shown(tls: ssl.SSLSocket) -> HostKey:
    certificate = tls.getpeercert(binary_form=True) or b""
    line = certificate_line(certificate)
    return HostKey(line, fingerprint(line), _end(certificate))


def _compare(host: Host, shown: HostKey) -> None:
    if not host.known_host:
        raise IdentityNotTrusted(
            host.name,
            f"Nobody has confirmed the identity of {host.name} yet. {where(host)} shows the certificate "
            f"{shown.fingerprint}.",
            hint=f"Compare it with the machine's own, then: deskprov host trust {host.name}",
        )
    try:
        certificate_digest(host.known_host)
    except ValueError as error:
        raise IdentityNotTrusted(
            host.name, f"The pinned identity of {host.name} cannot be used: {error}.", hint=_trust_hint(host)
        ) from error
    if shown.line != host.known_host:
        raise changed(host, shown.fingerprint)


def _handshake(sock: socket.socket, given_up: Event) -> ssl.SSLSocket:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.check_hostname = False
    context.verify_mode = ssl.CERT_NONE  # it is compared with the pinned one, and nothing else about it counts
    tls = context.wrap_socket(sock)
    if given_up.is_set():
        tls.close()
    return tls


def _end(certificate: bytes) -> datetime | None:
    try:
        return x509.load_der_x509_certificate(certificate).not_valid_after_utc
    except ValueError:
        return None


def _reason(error: OSError) -> str:
    return getattr(error, "reason", "") or error.strerror or str(error) or "it broke off"


def _trust_hint(host: Host) -> str:
    return (
        f"If it was installed again or has a new certificate, confirm it: deskprov host trust {host.name}. "
        "If not, another machine may be posing as it: find out first."
    )
