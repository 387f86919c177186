"""The way to a machine step by step, for whoever asks where it ends: name, port, identity. Nobody logs in here."""

import ipaddress
import socket
import time
from collections.abc import Sequence

from deskprov.adapters.limits import Limits
from deskprov.adapters.ssh.connection import SSH, trusted_connection
from deskprov.adapters.tcp import connected, resolved, where
from deskprov.errors import Unreachable
from deskprov.formats.endpoint_text import one_line
from deskprov.formats.known_hosts import fingerprint
from deskprov.model.inventory import Host
from deskprov.model.ports.machine import Greeting, HostKey

MOST = 8192
"""Bytes before the version line; an SSH server may say something else first (RFC 4253, 4.2)."""

QUIET_SECONDS = 5.0
"""How long a server may be silent: sshd speaks first, at once, and most others wait for the client."""


class SshApproach:
    """The port `Approach` for machines that are reached by SSH."""

    def __init__(self, limits: Limits | None = None) -> None:
        self._limits = limits or Limits()

    def addresses(self, host: Host) -> Sequence[str]:
        """The addresses behind the one that the inventory states, in the order in which they are tried."""
        return list(dict.fromkeys(address[0] for _, address in resolved(host, self._limits)))

    def greeting(self, host: Host) -> Greeting:
        """The version line of the SSH server. Raises `Unreachable` when nothing answers, or something else."""
        with connected(host, self._limits, SSH) as sock:
            address = str(ipaddress.ip_address(sock.getpeername()[0].partition("%")[0]))
            said = self._first_words(sock)
        for line in said.splitlines():
            if line.startswith(b"SSH-"):
                return Greeting(address, one_line(line, 120))
        raise _no_ssh(host, one_line(said, 80))

    def identity(self, host: Host) -> HostKey:
        """The key that the machine shows, if it is the pinned one."""
        with trusted_connection(host, self._limits):
            return HostKey(host.known_host, fingerprint(host.known_host))

    def _first_words(self, sock: socket.socket) -> bytes:
        """What comes until the end of a line that begins with SSH-, or until it is too much or takes too long."""
        said = b""
        deadline = time.monotonic() + QUIET_SECONDS
        try:
            while len(said) < MOST and not _has_version(said):
                sock.settimeout(max(0.01, deadline - time.monotonic()))
                piece = sock.recv(MOST)
                if not piece:
                    break
                said += piece
                if time.monotonic() >= deadline:
                    break
        except OSError:
            pass  # what came so far is what it said
        return said


def _has_version(said: bytes) -> bool:
    whole, _, _ = said.rpartition(b"\n")
    return any(line.startswith(b"SSH-") for line in whole.splitlines())


def _no_ssh(host: Host, said: str) -> Unreachable:
    if said:
        message = f"something else than an SSH server answers at {where(host)}: it says “{said}”"
        hint = "Check ansible_host and ansible_port in the inventory."
    else:
        message = f"{where(host)} takes the connection and says nothing"
        hint = "It is no SSH server, or one that is overloaded or blocks this computer (MaxStartups, fail2ban)."
    return Unreachable(host.name, f"{host.name} cannot be reached: {message}.", hint=hint)
