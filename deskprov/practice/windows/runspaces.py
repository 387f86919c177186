"""Runspace pools and the pipelines in them, as PSRP keeps them: PowerShell without a command line.

The messages are psrpcore's (MS-PSRP); here is what a pool is told through WS-Man (MS-PSRP 3.1.5.4): `Create` brings the
client's capabilities, `Command` the first fragment of a pipeline, `Send` the rest of it and its input, `Receive` takes
what there is to say. A pipeline runs when it is first asked for its output, and once.
"""

import base64
import binascii
import threading
import uuid
from collections import defaultdict, deque
from collections.abc import Callable, Sequence

from msgspec import Struct, field
from psrpcore import (
    PipelineInputEvent,
    PowerShell,
    PSRPCoreError,
    PSRPPayload,
    ServerPipeline,
    ServerRunspacePool,
    StreamType,
)
from psrpcore.types import HostMethodIdentifier, NETException

from deskprov.practice.windows import soap
from deskprov.practice.windows.shells import BAD_INPUT, UNKNOWN_OPERATION, Disturbance, Output
from deskprov.practice.windows.soap import Refused, Request

POWERSHELL = "http://schemas.microsoft.com/powershell/Microsoft.PowerShell"
CREATION = "{http://schemas.microsoft.com/powershell}creationXml"

PIECE = 100_000
"""Bytes of what is said at once, so that its envelope stays below the 150 KB that clients ask for."""

Run = Callable[[str, bytes], Output]
"""From a script and the lines of its input to what it said."""


class _Pipeline(Struct):
    server: ServerPipeline
    input: list[str] = field(default_factory=list)
    ran: bool = False


class _Pool(Struct):
    """`unsent` is what waits to be asked for, of each pipeline, and under None of the pool itself."""

    server: ServerRunspacePool = field(default_factory=ServerRunspacePool)
    pipelines: dict[uuid.UUID, _Pipeline] = field(default_factory=dict)
    unsent: dict[uuid.UUID | None, deque[bytes]] = field(default_factory=lambda: defaultdict(deque))
    lock: threading.Lock = field(default_factory=threading.Lock)


class Runspaces:
    """The pools of all connections."""

    def __init__(self, run: Run) -> None:
        self._run = run
        self._pools: dict[str, _Pool] = {}
        self._lock = threading.Lock()

    def answer(self, request: Request, disturb: Disturbance = lambda said: said) -> bytes:
        """The answering envelope. `disturb` makes of a pipeline's output what is sent. Raises `Refused`."""
        try:
            if request.action == "Create":
                return self._create(request)
            pool = self._pool(request)
            with pool.lock:
                return self._of_pool(pool, request, disturb)
        except (PSRPCoreError, binascii.Error, ValueError) as error:
            raise Refused(BAD_INPUT) from error

    def _of_pool(self, pool: _Pool, request: Request, disturb: Disturbance) -> bytes:
        match request.action:
            case "Command":
                return self._command(pool, request)
            case "Send":
                _take(pool, request.text("Stream"), request.command_id("Stream"))
                return soap.done(request)
            case "Receive":
                return self._receive(pool, request, disturb)
            case "Signal":
                pool.pipelines.pop(uuid.UUID(request.command_id("Signal")), None)
                return soap.done(request)
            case "Delete":
                with self._lock:
                    self._pools.pop(request.shell_id, None)
                return soap.done(request)
            case _:
                raise Refused(UNKNOWN_OPERATION)

    def _create(self, request: Request) -> bytes:
        asked = request.element("Shell")
        content = request.body.find(f".//{CREATION}")
        if asked is None or content is None:
            raise Refused(BAD_INPUT)
        shell_id = asked.get("ShellId") or str(uuid.uuid4()).upper()
        pool = _Pool()
        _take(pool, content.text or "", "")
        with self._lock:
            self._pools[shell_id] = pool
        return soap.shell_created(request, shell_id)

    def _command(self, pool: _Pool, request: Request) -> bytes:
        command_id = request.command_id("CommandLine")
        pipeline_id = uuid.UUID(command_id)
        # psrpcore knows a pipeline before it hears of it, or it would not take its fragments
        pool.pipelines[pipeline_id] = _Pipeline(ServerPipeline(pool.server, pipeline_id))
        _take(pool, request.text("Arguments"), command_id)
        return soap.command_started(request, command_id)

    def _receive(self, pool: _Pool, request: Request, disturb: Disturbance) -> bytes:
        command_id = request.command_id("DesiredStream")
        target = uuid.UUID(command_id) if command_id else None
        if target is not None:
            self._run_once(pool, target, disturb)
        _collect(pool)
        if not pool.unsent[target]:
            raise Refused(soap.OPERATION_TIMEOUT)
        return soap.spoken(request, command_id, pool.unsent[target].popleft())

    def _run_once(self, pool: _Pool, target: uuid.UUID, disturb: Disturbance) -> None:
        pipeline = pool.pipelines.get(target)
        if pipeline is None:
            raise Refused(soap.NO_SUCH_SHELL)
        if not pipeline.ran:
            pipeline.ran = True
            _tell(pipeline.server, self._run(_script(pipeline.server), "\n".join(pipeline.input).encode()), disturb)

    def _pool(self, request: Request) -> _Pool:
        with self._lock:
            if request.shell_id not in self._pools:
                raise Refused(soap.NO_SUCH_SHELL)
            return self._pools[request.shell_id]


def _take(pool: _Pool, fragments: str, command_id: str) -> None:
    """Hands psrpcore what came, and keeps what it makes of it."""
    pipeline_id = uuid.UUID(command_id) if command_id else None
    data = base64.b64decode(fragments, validate=True)
    pool.server.receive_data(PSRPPayload(data, StreamType.default, pipeline_id))
    while event := pool.server.next_event():
        if isinstance(event, PipelineInputEvent) and event.pipeline_id in pool.pipelines:
            pool.pipelines[event.pipeline_id].input.append(str(event.data))


def _collect(pool: _Pool) -> None:
    """What psrpcore wants to send, in pieces, for whoever asks for it."""
    while payload := pool.server.data_to_send(PIECE):
        pool.unsent[payload.pipeline_id].append(payload.data)


def _script(pipeline: ServerPipeline) -> str:
    """The text of the only command in it. Raises `ValueError` when it is not a script."""
    described = pipeline.metadata
    if isinstance(described, PowerShell) and len(described.commands) == 1 and described.commands[0].is_script:
        return described.commands[0].command_text
    raise ValueError("the pipeline is no script")


def _tell(pipeline: ServerPipeline, output: Output, disturb: Disturbance) -> None:
    """Standard output is a text per line, standard error a record per line, and an exit status goes to the host."""
    pipeline.start()
    for line in _lines(disturb(output.stdout)):
        pipeline.write_output(line)
    for line in _lines(output.stderr):
        pipeline.write_error(NETException(Message=line))
    if output.exit_code:
        pipeline.host_call(HostMethodIdentifier.SetShouldExit, [output.exit_code])
    pipeline.complete()


def _lines(text: bytes) -> Sequence[str]:
    return text.decode("utf-8", "replace").splitlines()
