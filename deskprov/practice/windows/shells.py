"""Shells and the commands in them, as WinRS keeps them: opened, told, fed, heard, ended."""

import base64
import binascii
import threading
import uuid
from collections.abc import Callable

from msgspec import Struct, field

from deskprov.practice.windows import soap
from deskprov.practice.windows.soap import Refused, Request

CMD = "http://schemas.microsoft.com/wbem/wsman/1/windows/shell/cmd"
UNKNOWN_OPERATION = soap.Fault("ActionNotSupported", 2150858763, "A practice PC knows nothing of this operation.")
BAD_INPUT = soap.Fault("SchemaValidationError", 2150858817, "The message is not of the form that is expected.")


class Output(Struct, frozen=True):
    """What a command said and ended with."""

    stdout: bytes
    stderr: bytes = b""
    exit_code: int = 0


Run = Callable[[str, bytes], Output]
"""From a command line and its standard input to what it said."""

Disturbance = Callable[[bytes], bytes]


class _Command(Struct):
    line: str
    stdin: bytearray = field(default_factory=bytearray)


class Shells:
    """The shells of all connections. A command runs when it is first asked for its output, and once."""

    def __init__(self, run: Run) -> None:
        self._run = run
        self._shells: dict[str, dict[str, _Command]] = {}
        self._lock = threading.Lock()

    def answer(self, request: Request, disturb: Disturbance = lambda said: said) -> bytes:
        """The answering envelope. `disturb` makes of a command's standard output what is sent. Raises `Refused`."""
        match request.action:
            case "Create":
                return self._create(request)
            case "Command":
                return self._command(request)
            case "Send":
                return self._send(request)
            case "Receive":
                return self._receive(request, disturb)
            case "Signal":
                self._shell(request).pop(request.command_id("Signal"), None)
                return soap.done(request)
            case "Delete":
                self._shell(request)
                with self._lock:
                    self._shells.pop(request.shell_id, None)
                return soap.done(request)
            case _:
                raise Refused(UNKNOWN_OPERATION)

    def _create(self, request: Request) -> bytes:
        shell_id = str(uuid.uuid4()).upper()
        with self._lock:
            self._shells[shell_id] = {}
        return soap.shell_created(request, shell_id)

    def _command(self, request: Request) -> bytes:
        command_id = str(uuid.uuid4()).upper()
        line = f"{request.text('Command')} {request.text('Arguments')}".strip()
        self._shell(request)[command_id] = _Command(line)
        return soap.command_started(request, command_id)

    def _send(self, request: Request) -> bytes:
        command = self._find(request, "Stream")
        try:
            command.stdin += base64.b64decode(request.text("Stream"), validate=True)
        except binascii.Error as error:
            raise Refused(BAD_INPUT) from error
        return soap.done(request)

    def _receive(self, request: Request, disturb: Disturbance) -> bytes:
        command = self._find(request, "DesiredStream")
        said = self._run(command.line, bytes(command.stdin))
        streams = (("stdout", disturb(said.stdout)), ("stderr", said.stderr))
        return soap.output(request, request.command_id("DesiredStream"), streams, said.exit_code)

    def _shell(self, request: Request) -> dict[str, _Command]:
        with self._lock:
            if request.shell_id not in self._shells:
                raise Refused(soap.NO_SUCH_SHELL)
            return self._shells[request.shell_id]

    def _find(self, request: Request, name: str) -> _Command:
        command = self._shell(request).get(request.command_id(name))
        if command is None:
            raise Refused(soap.NO_SUCH_SHELL)
        return command
