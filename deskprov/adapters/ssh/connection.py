"""Opens a connection and proves the machine's identity; not one byte of a credential is sent here."""

import logging
import time
from collections.abc import Iterator
from contextlib import contextmanager

import paramiko

from deskprov.adapters.limits import Limits
from deskprov.adapters.tcp import connected, where
from deskprov.errors import IdentityNotTrusted, Unreachable
from deskprov.formats.endpoint_text import one_line
from deskprov.formats.known_hosts import KEY_TYPES, fingerprint, key_blob
from deskprov.model.inventory import Host
from deskprov.model.platform import Platform
from deskprov.model.ports.machine import HostKey

# without a handler Python would print paramiko's own complaints, tracebacks included, on standard error
logging.getLogger("paramiko").addHandler(logging.NullHandler())

_FIRST = ("mlkem768x25519", "curve25519")
"""Key exchanges that cost both ends least, in paramiko's order: the first also holds against a later quantum computer
and costs no more (measured: 7 ms of our CPU for a whole look with either); OpenSSH has it since 9.9, the other since
6.5."""

SSH = "SSH server"

_PUBLIC_KEY = {
    Platform.LINUX: "/etc/ssh/ssh_host_ed25519_key.pub",
    Platform.WINDOWS: r"C:\ProgramData\ssh\ssh_host_ed25519_key.pub",
}

_ALGORITHMS = {"ssh-rsa": ("rsa-sha2-512", "rsa-sha2-256")}


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
    transport = paramiko.Transport(connected(host, limits, SSH))
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


def _as_host_key(key: paramiko.PKey) -> HostKey:
    line = f"{key.get_name()} {key.get_base64()}"
    return HostKey(line, fingerprint(line))


def _unknown(host: Host, shown: HostKey) -> IdentityNotTrusted:
    own = _PUBLIC_KEY[host.connection.platform]
    return IdentityNotTrusted(
        host.name,
        f"Nobody has confirmed the identity of {host.name} yet. {where(host)} shows {_words(shown.line)}.",
        hint=f"Compare it with the machine's own (there: ssh-keygen -lf {own}), then: deskprov host trust {host.name}",
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
