"""Runs one program over a logged-in connection: starts the interpreter, hands it the program, takes the answer."""

import selectors
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager

import paramiko

from deskprov.adapters.limits import Limits
from deskprov.adapters.passwords import Passwords
from deskprov.adapters.ssh.elevation import asks, complaint, password_missing, password_refused
from deskprov.adapters.ssh.start import Start
from deskprov.errors import ElevationRefused, ProbeFailed, Unreachable
from deskprov.formats.clixml import complaints
from deskprov.formats.endpoint_text import last_lines
from deskprov.formats.ssh_command import by_hand
from deskprov.model.inventory import Host

PIECE = 32 * 1024
NOISE = 256 * 1024
"""What a login shell may print before Python is ready; more than any message of the day."""


class Exchange:
    """One program and its answer on one logged-in connection."""

    def __init__(self, transport: paramiko.Transport, host: Host, start: Start, limits: Limits) -> None:
        self._transport = transport
        self._host = host
        self._start = start
        self._limits = limits
        self._out = bytearray()
        self._errors = bytearray()
        self._password = b""

    def run(self, program: bytes, passwords: Passwords) -> bytes:
        """The program's standard output.

        Raises `ElevationRefused`, `ProbeFailed`, `SecretUnavailable`, `LoginRefused` (the account may not work), and
        `Unreachable` when the connection breaks.
        """
        try:
            with self._session() as channel, selectors.DefaultSelector() as selector:
                selector.register(channel, selectors.EVENT_READ)
                if self._start.ready:
                    self._become_root(channel, selector, passwords)
                deadline = time.monotonic() + self._limits.answer
                self._send(channel, program, deadline)
                channel.shutdown_write()
                while self._read(channel, selector, deadline, self._limits.output):
                    pass
                status = self._exit_status(channel)
        except (paramiko.SSHException, EOFError, OSError) as error:
            raise self._broken_off() from error
        if status != 0:
            raise self._failed(f"The look at {self._host.name} ended with exit status {status}")
        return bytes(self._out)

    @contextmanager
    def _session(self) -> Iterator[paramiko.Channel]:
        """A channel on which the start command runs."""
        name = self._host.name
        # exec_command has no time limit of its own; a closed connection wakes it
        watchdog = threading.Timer(self._limits.start, self._transport.close)
        watchdog.start()
        try:
            channel = self._transport.open_session(timeout=self._limits.start)
            channel.exec_command(self._start.command)
        except paramiko.SSHException as error:
            if not self._transport.is_active():
                raise
            raise ProbeFailed(
                name,
                f"{name} lets {self._host.connection.user} in, but refuses to run commands.",
                hint="Look at MaxSessions and ForceCommand in its sshd_config.",
            ) from error
        finally:
            watchdog.cancel()
        with channel:
            yield channel

    def _become_root(self, channel: paramiko.Channel, selector: selectors.BaseSelector, passwords: Passwords) -> None:
        deadline = time.monotonic() + self._limits.start
        if self._is_ready(channel, selector, deadline):
            return
        secret = self._host.connection.become_secret
        if not secret:
            raise password_missing(self._host)
        with passwords.use(self._host.name, secret, ElevationRefused) as password:
            self._password = password.encode()
            self._errors.clear()  # this question is answered; the next one is a refusal
            self._send(channel, self._password + b"\n", deadline)
            if not self._is_ready(channel, selector, deadline):
                raise password_refused(self._host)

    def _is_ready(self, channel: paramiko.Channel, selector: selectors.BaseSelector, deadline: float) -> bool:
        """True when Python waits for its program, False when sudo asks for a password. Raises what else happened."""
        while True:
            noise, ready, rest = self._out.partition(self._start.ready)
            if ready:
                self._out = rest
                return True
            if asks(self._start, bytes(self._errors[-PIECE:])):
                return False
            if not self._read(channel, selector, deadline, NOISE):
                self._errors[:0] = noise[-PIECE:] + b"\n"
                status = self._exit_status(channel)
                raise complaint(self._host, status, self._said(), password_given=bool(self._password))

    def _read(self, channel: paramiko.Channel, selector: selectors.BaseSelector, deadline: float, most: int) -> bool:
        """Takes what has come, or waits for it; False when nothing more will come."""
        ended = channel.closed or channel.eof_received
        remaining = deadline - time.monotonic()
        if remaining <= 0 or not (ended or selector.select(remaining)):
            raise self._failed(f"{self._host.name} was not done in time, and was left")
        arrived = False
        if channel.recv_ready():
            self._out += channel.recv(PIECE)
            arrived = True
        if channel.recv_stderr_ready():
            self._errors += channel.recv_stderr(PIECE)
            arrived = True
        if len(self._out) + len(self._errors) > most:
            raise ProbeFailed(
                self._host.name,
                f"{self._host.name} answers with more than {most // 1024} KiB, and was left.",
                hint="Its answer is not what deskprov asked for; look for what its login scripts print.",
            )
        return arrived or not ended

    def _send(self, channel: paramiko.Channel, data: bytes, deadline: float) -> None:
        """Sends all; stops early when the other side has ended, which its exit status will explain."""
        for begin in range(0, len(data), PIECE):
            rest = data[begin : begin + PIECE]
            while rest and not channel.closed:
                channel.settimeout(max(0.1, deadline - time.monotonic()))
                try:
                    rest = rest[channel.send(rest) :]
                except TimeoutError as error:
                    raise self._failed(f"{self._host.name} does not take its program") from error
                except OSError:
                    return

    def _exit_status(self, channel: paramiko.Channel) -> int:
        channel.status_event.wait(self._limits.farewell)
        if not self._transport.is_active():
            raise self._broken_off()
        if not channel.status_event.is_set() or channel.exit_status == -1:
            raise self._failed(f"The look at {self._host.name} ended without an exit status")
        return channel.exit_status

    def _said(self) -> bytes:
        errors = bytes(self._errors)
        return errors.replace(self._password, b"***") if self._password else errors

    def _failed(self, what: str) -> ProbeFailed:
        said = " | ".join(last_lines(complaints(self._said()).encode()))
        return ProbeFailed(
            self._host.name,
            f"{what}; its last words: {said}" if said else f"{what}.",
            hint=f"Log in by hand and see whether the machine is healthy: {by_hand(self._host.connection)}",
        )

    def _broken_off(self) -> Unreachable:
        return Unreachable(
            self._host.name,
            f"The connection to {self._host.name} broke off.",
            hint="The machine or the network between went down, or is restarting. Try again in a minute.",
        )
