"""Runs one program over PSRP: opens a runspace pool, gives it the program as a script, takes what it writes.

The protocol is pypsrp's. There is no command line here and no standard input: the program is the pipeline's script, and
each line of its output comes as a text. Nothing is tried a second time: what was sent may have been begun.
"""

import time
from contextlib import suppress
from importlib.util import find_spec
from typing import Any

from pypsrp.complex_objects import PSInvocationState
from pypsrp.exceptions import AuthenticationError, WinRMError, WinRMTransportError, WSManFaultError
from pypsrp.powershell import PowerShell, RunspacePool
from pypsrp.wsman import WSMan
from requests import Session
from requests.exceptions import RequestException

from deskprov.adapters.limits import Limits
from deskprov.adapters.winrm.certificate import Compared
from deskprov.adapters.winrm.pinned import pin
from deskprov.adapters.winrm.waiting import OPERATION_SECONDS, READ_SECONDS, not_done, too_long
from deskprov.adapters.winrm.words import NOISE, Library, in_words, not_run
from deskprov.errors import LoginRefused
from deskprov.model.inventory import BASIC, HTTPS, KERBEROS, Host

_KERBEROS = find_spec("gssapi") is not None and find_spec("krb5") is not None
"""Whether the libraries of the extra `kerberos` are there."""


def _of_kerberos() -> tuple[type[Exception], ...]:
    """What they raise when there is no ticket to be had."""
    if not _KERBEROS:
        return ()
    from krb5 import Krb5Error

    return (Krb5Error,)


LIBRARY = Library(
    refused=AuthenticationError,
    timed_out=(),  # pypsrp asks again by itself when there is nothing new yet
    fault=WSManFaultError,
    others=(WinRMTransportError, WinRMError, *_of_kerberos()),
    fault_of=lambda error: (error.code, error.reason or ""),
)


class Runspace:
    """One program and its answer. `digest` is that of the pinned certificate, in hexadecimal; empty where the machine
    has none, and every message is sealed with the key of the log-on (unless that is Basic, which has none). `compared`
    is a connection that leads to it, if there is one.
    """

    def __init__(
        self, host: Host, digest: str, password: str, limits: Limits, compared: Compared | None = None
    ) -> None:
        _refuse_what_is_missing(host)
        self._host = host
        self._limits = limits
        log_on = host.connection.log_on
        self._connection = Once(
            f"[{host.connection.address}]" if ":" in host.connection.address else host.connection.address,
            port=host.connection.port,
            username=host.connection.user,
            password=password,
            ssl=host.connection.scheme == HTTPS,
            auth=log_on,
            encryption="auto" if digest else "never" if log_on == BASIC else "always",
            negotiate_service="WSMAN",
            operation_timeout=OPERATION_SECONDS,
            connection_timeout=READ_SECONDS,
            read_timeout=READ_SECONDS,
        )
        self._way_out = pin(self._connection.new_session(), digest, compared)
        self._pool = RunspacePool(self._connection, no_profile=True)

    def log_on(self) -> None:
        """Opens the pool, which is when the machine sees who we are. Raises what `in_words` raises."""
        with in_words(self._host, self._way_out, LIBRARY):
            self._pool.open()

    def run(self, program: bytes) -> bytes:
        """What the program wrote. Raises what `in_words` raises, and `ProbeFailed`."""
        deadline = time.monotonic() + self._limits.answer
        script = program.decode("ascii")
        with in_words(self._host, self._way_out, LIBRARY):
            pipeline = PowerShell(self._pool)
            pipeline.add_script(script)
            pipeline.begin_invoke()
        output = self._answer(pipeline, deadline)
        if pipeline.state != PSInvocationState.COMPLETED or not output:
            raise not_run(self._host, "was broken off", "; ".join(map(str, pipeline.streams.error)))
        return output

    def leave(self) -> None:
        """Closes the pool as far as that is possible, and all connections."""
        with suppress(RequestException, WinRMError, OSError, *NOISE):
            self._pool.close()
        self._connection.close()

    def _answer(self, pipeline: PowerShell, deadline: float) -> bytes:
        """The lines that the program wrote. Others than texts are none of our program's."""
        while pipeline.state == PSInvocationState.RUNNING:
            if time.monotonic() >= deadline:
                raise not_done(self._host, self._limits)
            with in_words(self._host, self._way_out, LIBRARY):
                pipeline.poll_invoke()
            if sum(len(line) for line in pipeline.output if isinstance(line, str)) > self._limits.output:
                raise too_long(self._host, self._limits)
        return "".join(f"{line}\r\n" for line in pipeline.output if isinstance(line, str)).encode()


def _refuse_what_is_missing(host: Host) -> None:
    if host.connection.log_on == KERBEROS and not _KERBEROS:
        raise LoginRefused(
            host.name,
            f"{host.name} is to be logged on to by Kerberos, and its libraries are not installed here.",
            hint='Install them: apt-get install gcc python3-dev libkrb5-dev, and pip install "deskprov[kerberos]"',
        )


class Once(WSMan):
    """pypsrp's connection, which sends nothing twice: by itself it asks five times more for output that is late."""

    def new_session(self) -> Session:
        """The session through which all goes; to be pinned before anything is sent."""
        session: Session = self.transport._build_session()
        self.transport.session = session
        return session

    def invoke(self, *arguments: Any, **options: Any) -> Any:
        """One request and its answer."""
        return super().invoke(*arguments, **{**options, "retries_on_read_timeout": 0})
