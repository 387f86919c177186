"""Opens a connection and proves the machine's identity; not one byte of a credential is sent here."""

import ipaddress
import logging
import socket
import time
from collections.abc import Iterator
from contextlib import contextmanager

import paramiko

from deskprov.adapters.ssh.limits import Limits
from deskprov.adapters.ssh.patience import within
from deskprov.errors import IdentityNotTrusted, Unreachable
from deskprov.formats.endpoint_text import one_line
from deskprov.formats.known_hosts import KEY_TYPES, fingerprint, key_blob
from deskprov.model.inventory import Host
from deskprov.model.ports.machine import HostKey

LEAST_CONNECT = 1.0
"""Seconds for each of a machine's addresses, however many it has."""

# without a handler Python would print paramiko's own complaints, tracebacks included, on standard error
logging.getLogger("paramiko").addHandler(logging.NullHandler())

_FIRST = ("mlkem768x25519", "curve25519")
"""Key exchanges that cost both ends least, in paramiko's order: the first also holds against a later quantum computer
and costs no more (measured: 7 ms of our CPU for a whole look with either); OpenSSH has it since 9.9, the other since
6.5."""

_ALGORITHMS = {"ssh-rsa": ("rsa-sha2-512", "rsa-sha2-256")}

Address = tuple[socket.AddressFamily, tuple[str, int] | tuple[str, int, int, int]]


@contextmanager
def trusted_connection(host: Host, limits: Limits) -> Iterator[paramiko.Transport]:
    """An encrypted connection to the machine whose key is pinned; nobody is logged in yet.

    Raises `Unreachable`, and `IdentityNotTrusted` when no key is pinned or another one is shown.
    """
    if not host.known_host:
        raise _unknown(host, offered_key(host, limits))
    try:
        pinned = key_blob(host.known_host)
    except ValueError as error:
        raise IdentityNotTrusted(
            host.name, f"The pinned identity of {host.name} cannot be used: {error}.", hint=_trust_hint(host)
        ) from error
    kind = host.known_host.partition(" ")[0]
    transport = _transport(host, limits, _ALGORITHMS.get(kind, (kind,)))
    try:
        try:
            _exchange_keys(transport, host, limits)
        except _NoSuchKey as error:
            raise _changed(host, offered_key(host, limits)) from error
        shown = transport.get_remote_server_key()
        if shown.asbytes() != pinned:
            raise _changed(host, _as_host_key(shown))
        transport.set_keepalive(limits.keepalive)
        yield transport
    finally:
        transport.close()


def offered_key(host: Host, limits: Limits) -> HostKey:
    """The key that the machine shows, by key exchange alone. Raises `Unreachable`."""
    wanted = [name for kind in KEY_TYPES for name in _ALGORITHMS.get(kind, (kind,))]
    transport = _transport(host, limits, tuple(wanted))
    try:
        _exchange_keys(transport, host, limits)
        return _as_host_key(transport.get_remote_server_key())
    except _NoSuchKey as error:
        raise Unreachable(
            host.name,
            f"{host.name} has only host keys of kinds that are no longer safe.",
            hint="Make new ones on it: ssh-keygen -A",
        ) from error
    finally:
        transport.close()


class _NoSuchKey(Exception):
    """The machine has no host key of the kinds asked for."""


def _transport(host: Host, limits: Limits, key_types: tuple[str, ...]) -> paramiko.Transport:
    transport = paramiko.Transport(connected(host, limits))
    transport.banner_timeout = limits.greeting
    transport.handshake_timeout = limits.greeting
    options = transport.get_security_options()
    options.key_types = key_types
    options.kex = tuple(sorted(options.kex, key=lambda name: not name.startswith(_FIRST)))
    return transport


def _exchange_keys(transport: paramiko.Transport, host: Host, limits: Limits) -> None:
    began = time.monotonic()
    try:
        transport.start_client(timeout=limits.greeting)
        transport.get_remote_server_key()
    except paramiko.ssh_exception.IncompatiblePeer as error:
        if "host key" in str(error):
            raise _NoSuchKey from error
        raise Unreachable(
            host.name,
            f"{host.name} and deskprov share no safe way to encrypt.",
            hint="Update the SSH server on it.",
        ) from error
    except (paramiko.SSHException, EOFError, OSError) as error:
        if not transport.remote_version:
            message = f"something answers at {where(host)}, but it does not greet as an SSH server does"
            hint = "Check ansible_host and ansible_port in the inventory."
        elif time.monotonic() - began >= limits.greeting:
            message = f"its SSH server did not finish the key exchange within {limits.greeting:.0f} seconds"
            hint = "It may be overloaded: try again later."
        else:
            message = f"its SSH server broke off the key exchange ({one_line(str(error) or 'connection closed', 120)})"
            hint = "It may be overloaded, or it blocks this controller (MaxStartups, fail2ban): see its log."
        raise Unreachable(host.name, f"{host.name} cannot be reached: {message}.", hint=hint) from error


def connected(host: Host, limits: Limits) -> socket.socket:
    """A connection to the first of the machine's addresses that answers; nothing is sent. Raises `Unreachable`."""
    addresses = resolved(host, limits)
    seconds = max(limits.connect / max(1, len(addresses)), LEAST_CONNECT)
    failure: OSError = TimeoutError()
    for family, address in addresses:
        sock = socket.socket(family, socket.SOCK_STREAM)
        try:
            sock.settimeout(seconds)
            sock.connect(address)
            sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            if hasattr(socket, "TCP_USER_TIMEOUT"):
                sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_USER_TIMEOUT, int(limits.silence * 1000))
        except OSError as error:
            sock.close()
            failure = error
        else:
            return sock
    raise _not_connected(host, failure, limits) from failure


def _not_connected(host: Host, error: OSError, limits: Limits) -> Unreachable:
    match error:
        case ConnectionRefusedError():
            message = f"{host.connection.address} refuses connections on port {host.connection.port}"
            hint = "Is the SSH server installed and running on it, and is the port right?"
        case TimeoutError():
            message = f"{where(host)} did not answer within {limits.connect:.0f} seconds"
            hint = "Is it switched on and on the network? A firewall between here and there also looks like this."
        case _:
            message = f"no connection to {where(host)} ({one_line(error.strerror or str(error), 120)})"
            hint = "Is it switched on, and is there a route to its network from here?"
    return Unreachable(host.name, f"{host.name} cannot be reached: {message}.", hint=hint)


def resolved(host: Host, limits: Limits) -> list[Address]:
    """The addresses behind what the inventory states. Raises `Unreachable` when it is a name that nobody knows."""
    address = host.connection.address
    try:
        ipaddress.ip_address(address)
    except ValueError:
        return _look_up(host, limits)
    return _addresses(host)


def _look_up(host: Host, limits: Limits) -> list[Address]:
    address = host.connection.address
    try:
        return within(limits.resolve, lambda: _addresses(host))  # the C library gives the resolver no time limit
    except TimeoutError as error:
        raise Unreachable(
            host.name,
            f"{host.name} cannot be reached: no name server answered within {limits.resolve:.0f} seconds.",
            hint="Check this controller's network and name servers.",
        ) from error
    except (OSError, UnicodeError) as error:
        raise Unreachable(
            host.name,
            f"{host.name} cannot be reached: the address {address} is not known here.",
            hint=f"Check ansible_host in the inventory, and: getent hosts {address}",
        ) from error


def _addresses(host: Host) -> list[Address]:
    found = socket.getaddrinfo(host.connection.address, host.connection.port, type=socket.SOCK_STREAM)
    return [(family, address) for family, _, _, _, address in found if isinstance(address[0], str)]


def _as_host_key(key: paramiko.PKey) -> HostKey:
    line = f"{key.get_name()} {key.get_base64()}"
    return HostKey(line, fingerprint(line))


def _unknown(host: Host, shown: HostKey) -> IdentityNotTrusted:
    return IdentityNotTrusted(
        host.name,
        f"Nobody has confirmed the identity of {host.name} yet. {where(host)} shows {_words(shown.line)}.",
        hint="Compare it with the machine's own (there: ssh-keygen -lf /etc/ssh/ssh_host_ed25519_key.pub), then: "
        f"deskprov host trust {host.name}",
    )


def _changed(host: Host, shown: HostKey) -> IdentityNotTrusted:
    return IdentityNotTrusted(
        host.name,
        f"The identity of {host.name} has changed: {where(host)} shows {_words(shown.line)}, "
        f"but {_words(host.known_host)} is pinned. Nothing was sent to it.",
        hint=_trust_hint(host),
    )


def _trust_hint(host: Host) -> str:
    return (
        f"If it was installed again or replaced, confirm the new identity: deskprov host trust {host.name}. "
        "If not, another machine may be posing as it: find out first."
    )


def _words(key: str) -> str:
    return f"the {key.partition(' ')[0]} key {fingerprint(key)}"


def where(host: Host) -> str:
    """Address and port, as people write them."""
    address = host.connection.address
    return f"[{address}]:{host.connection.port}" if ":" in address else f"{address}:{host.connection.port}"
