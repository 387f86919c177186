"""Runs one program over WinRM (WinRS): opens a shell, starts PowerShell, hands it the program, takes the answer.

Nothing is tried a second time: what was sent may have been begun.
"""

import time
from contextlib import suppress

from requests.exceptions import RequestException
from requests.utils import DEFAULT_CA_BUNDLE_PATH
from winrm.exceptions import (
    InvalidCredentialsError,
    WinRMError,
    WinRMOperationTimeoutError,
    WinRMTransportError,
    WSManFaultError,
)
from winrm.protocol import Protocol

from deskprov.adapters.limits import Limits
from deskprov.adapters.powershell import BOOTSTRAP
from deskprov.adapters.winrm.certificate import Compared
from deskprov.adapters.winrm.pinned import pin
from deskprov.adapters.winrm.waiting import OPERATION_SECONDS, READ_SECONDS, not_done, too_long
from deskprov.adapters.winrm.words import NOISE, Library, in_words, not_run
from deskprov.formats.clixml import complaints
from deskprov.formats.powershell import COMMAND, arguments
from deskprov.model.inventory import Host

LIBRARY = Library(
    refused=InvalidCredentialsError,
    timed_out=(WinRMOperationTimeoutError,),
    fault=WSManFaultError,
    others=(WinRMTransportError, WinRMError),
    fault_of=lambda error: (error.wsman_fault_code, error.reason),
)

UTF_8 = 65001
PIECE = 200_000
"""Bytes of the program in one envelope, which has at most 500 KB; as Ansible has it."""


class Shell:
    """One program and its answer. `digest` is that of the pinned certificate, in hexadecimal; `compared` a connection
    that leads to it, if there is one.
    """

    def __init__(
        self, host: Host, digest: str, password: str, limits: Limits, compared: Compared | None = None
    ) -> None:
        self._host = host
        self._limits = limits
        address = f"[{host.connection.address}]" if ":" in host.connection.address else host.connection.address
        self._protocol = Protocol(
            f"https://{address}:{host.connection.port}/wsman",
            transport="ntlm",
            username=host.connection.user,
            password=password,
            ca_trust_path=DEFAULT_CA_BUNDLE_PATH,
            proxy=None,
            read_timeout_sec=READ_SECONDS,
            operation_timeout_sec=OPERATION_SECONDS,
        )
        self._way_out = pin(self._protocol.transport.build_session(), digest, compared)
        self._shell = ""

    def log_on(self) -> None:
        """Opens the shell, which is when the machine sees who we are. Raises what `in_words` raises."""
        with in_words(self._host, self._way_out, LIBRARY):
            self._shell = self._protocol.open_shell(codepage=UTF_8, noprofile=True)

    def run(self, program: bytes) -> bytes:
        """The program's standard output. Raises what `in_words` raises, and `ProbeFailed`."""
        deadline, start = time.monotonic() + self._limits.answer, arguments(BOOTSTRAP)
        with in_words(self._host, self._way_out, LIBRARY):
            command = self._protocol.run_command(self._shell, COMMAND, start, console_mode_stdin=False)
        for begin in range(0, len(program), PIECE):
            piece, last = program[begin : begin + PIECE], begin + PIECE >= len(program)
            with in_words(self._host, self._way_out, LIBRARY):
                self._protocol.send_command_input(self._shell, command, piece, end=last)
        output, errors, status = self._answer(command, deadline)
        if status != 0:
            raise not_run(self._host, f"ended with exit status {status}", complaints(errors))
        return output

    def leave(self) -> None:
        """Closes the shell as far as that is possible, and all connections."""
        with suppress(RequestException, WinRMError, WinRMOperationTimeoutError, WinRMTransportError, OSError, *NOISE):
            if self._shell:
                self._protocol.close_shell(self._shell)
        self._protocol.transport.close_session()

    def _answer(self, command: str, deadline: float) -> tuple[bytes, bytes, int]:
        output, errors = bytearray(), bytearray()
        while time.monotonic() < deadline:
            with in_words(self._host, self._way_out, LIBRARY):
                try:
                    out, err, status, done = self._protocol.get_command_output_raw(self._shell, command)
                except WinRMOperationTimeoutError:
                    continue  # there is nothing new yet
            output += out
            errors += err
            if len(output) + len(errors) > self._limits.output:
                raise too_long(self._host, self._limits)
            if done:
                return bytes(output), bytes(errors), status
        raise not_done(self._host, self._limits)
