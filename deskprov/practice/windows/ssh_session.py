"""One SSH connection to a practice PC: who may come in, and what is done about each command.

An administrator comes in with the password of the account, or with a key of those that Windows keeps for them in one
file (learn.microsoft.com, Key-based authentication in OpenSSH for Windows). There are no terminals and no forwardings.
"""

import threading
from collections.abc import Callable
from contextlib import suppress

import paramiko
from paramiko.common import (
    AUTH_FAILED,
    AUTH_SUCCESSFUL,
    OPEN_FAILED_ADMINISTRATIVELY_PROHIBITED,
    OPEN_FAILED_RESOURCE_SHORTAGE,
    OPEN_SUCCEEDED,
)

from deskprov.practice.windows.endpoint import DISTURBANCES
from deskprov.practice.windows.faults import Fault, Faults
from deskprov.practice.windows.journal import Journal
from deskprov.practice.windows.logon import Accounts
from deskprov.practice.windows.powershell import reads_input
from deskprov.practice.windows.shells import Disturbance, Output

LARGEST = 64 * 1024 * 1024
"""Bytes of a command's input, which is kept in memory."""

START_SECONDS = 0.05
"""What a command without input takes to start: the request has been answered before it speaks."""

_REFUSED_SESSIONS = {
    "quota": OPEN_FAILED_RESOURCE_SHORTAGE,
    "deny": OPEN_FAILED_ADMINISTRATIVELY_PROHIBITED,
}

Run = Callable[[str, bytes], Output]


class Session(paramiko.ServerInterface):
    """What paramiko asks about a connection; it asks in one thread, so that commands have their own."""

    def __init__(
        self,
        transport: paramiko.Transport,
        accounts: Accounts,
        run: Run,
        journal: Journal,
        faults: Faults,
        ended: threading.Event,
    ) -> None:
        self._transport = transport
        self._accounts = accounts
        self._run = run
        self._journal = journal
        self._faults = faults
        self._ended = ended

    def get_allowed_auths(self, username: str) -> str:
        """Those of a fresh OpenSSH Server on Windows that there is a model of."""
        return "publickey,password"

    def check_auth_password(self, username: str, password: str) -> int:
        """Notes each attempt."""
        taken = self._accounts.takes_password(username, password)
        self._journal.logon(username if taken else "", taken=taken)
        return AUTH_SUCCESSFUL if taken else AUTH_FAILED

    def check_auth_publickey(self, username: str, key: paramiko.PKey) -> int:
        """Asked for the offer as well as for the proof, which paramiko checks, so that nothing is noted here."""
        known = self._accounts.takes_key(username, f"{key.get_name()} {key.get_base64()}")
        return AUTH_SUCCESSFUL if known else AUTH_FAILED

    def check_channel_request(self, kind: str, chanid: int) -> int:
        """Sessions only."""
        if kind != "session":
            return OPEN_FAILED_ADMINISTRATIVELY_PROHIBITED
        fault = self._faults.next("Create")
        return _REFUSED_SESSIONS.get(fault.do, OPEN_SUCCEEDED) if fault else OPEN_SUCCEEDED

    def check_channel_exec_request(self, channel: paramiko.Channel, command: bytes) -> bool:
        """Starts the command; what it says comes later."""
        fault = self._faults.next("Command")
        if fault and fault.do == "deny":
            return False
        line = command.decode("utf-8", "replace")
        threading.Thread(target=self._serve, args=(channel, line, fault), daemon=True).start()
        return True

    def _serve(self, channel: paramiko.Channel, line: str, fault: Fault | None) -> None:
        with suppress(OSError, EOFError, paramiko.SSHException), channel:
            said = self._outcome(line, self._input(channel, line), fault)
            if said is None:
                self._transport.close()
                return
            channel.sendall(said.stdout)
            channel.sendall_stderr(said.stderr)
            channel.send_exit_status(said.exit_code)
            channel.shutdown_write()

    def _input(self, channel: paramiko.Channel, line: str) -> bytes:
        if not reads_input(line):
            self._ended.wait(START_SECONDS)
            return b""
        stdin = bytearray()
        while piece := channel.recv(65536):
            stdin += piece
            if len(stdin) > LARGEST:
                raise OSError("more input than a practice PC keeps")
        return bytes(stdin)

    def _outcome(self, line: str, stdin: bytes, fault: Fault | None) -> Output | None:
        """What the command said, as the fault leaves it; None when the connection ends without a word."""
        if fault is None:
            return self._run(line, stdin)
        if fault.do in DISTURBANCES:
            disturb: Disturbance = DISTURBANCES[fault.do]
            said = self._run(line, stdin)
            return Output(disturb(said.stdout), said.stderr, said.exit_code)
        if fault.do == "break":
            self._run(line, stdin)
        if fault.do == "hang":
            self._ended.wait(fault.seconds)
        if fault.do in ("quota", "timeout"):
            return Output(b"", f"practice PC: no model of {fault.do} at a command over SSH\r\n".encode(), 1)
        return None
