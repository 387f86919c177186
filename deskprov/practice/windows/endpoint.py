"""The door of a practice PC: HTTPS with its own certificate, one log-on per connection, and envelopes behind it.

Without a certificate it is plain HTTP, where each message has to be sealed with the key of the log-on.
"""

import ssl
import sys
import threading
from collections.abc import Mapping
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from socket import socket
from typing import Any, Protocol

from spnego.channel_bindings import GssChannelBindings

from deskprov.model.inventory import WINRM
from deskprov.practice.windows import soap
from deskprov.practice.windows.faults import Fault, Faults
from deskprov.practice.windows.journal import Journal
from deskprov.practice.windows.logon import Accounts, Logon, channel_bindings
from deskprov.practice.windows.port import listen
from deskprov.practice.windows.sealing import Seal
from deskprov.practice.windows.shells import UNKNOWN_OPERATION, Disturbance

LARGEST = 512 * 1024
"""Bytes of an envelope, which is `MaxEnvelopeSizekb` of a fresh Windows 11 (500) and a little."""

NOISE = b"WARNING: a profile on this PC has something to say\r\n"
REFUSALS = {"deny": soap.ACCESS_DENIED, "quota": soap.QUOTA, "timeout": soap.OPERATION_TIMEOUT}
DISTURBANCES = {"noise": lambda said: NOISE + said, "garbage": lambda said: NOISE}

SOAP_TYPE = "application/soap+xml;charset=UTF-8"


class Service(Protocol):
    """What stands behind a resource's address."""

    def answer(self, request: soap.Request, disturb: Disturbance = ...) -> bytes:
        """The answering envelope, with what `disturb` makes of a program's output. Raises `soap.Refused`."""


class Endpoint(ThreadingHTTPServer):
    """Listens at a port and answers until it is shut down.

    `services` are by the addresses of their resources, `tls` are the files of certificate and key.
    """

    daemon_threads = True
    request_queue_size = 64

    def __init__(
        self,
        port: socket,
        tls: tuple[Path, Path] | None,
        accounts: Accounts,
        services: Mapping[str, Service],
        journal: Journal,
        faults: Faults,
    ) -> None:
        self.tls: ssl.SSLContext | None = None
        self._bindings: GssChannelBindings | None = None
        if tls is not None:
            certificate, key = tls
            self.tls = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
            self.tls.load_cert_chain(certificate, key)
            self._bindings = channel_bindings(certificate.read_text("ascii"))
        self.ended = threading.Event()
        self.accounts = accounts
        self.services = services
        self.journal = journal
        self.faults = faults
        super().__init__(port.getsockname(), _Connection, bind_and_activate=False)
        listen(self, port)

    def get_request(self) -> tuple[socket, Any]:
        """A connection; its handshake is for its own thread, so that none can keep the others out."""
        plain, address = super().get_request()
        if self.tls is None:
            return plain, address
        return self.tls.wrap_socket(plain, server_side=True, do_handshake_on_connect=False), address

    def verify_request(self, request: object, client_address: tuple[str, int]) -> bool:
        """Whether the connection is taken: one that is there already goes on, whatever becomes of the firewall."""
        return self.accounts.reach(WINRM, self.server_address[1], client_address[0])

    def shutdown(self) -> None:
        """Ends `serve_forever`, and what hangs on purpose."""
        self.ended.set()
        super().shutdown()

    def new_logon(self) -> Logon:
        """The log-on of a new connection."""
        return Logon(self.accounts, self._bindings)

    def handle_error(self, request: Any, client_address: Any) -> None:
        """A connection that broke off is the other side's affair; every real mistake of ours is in the log."""
        error = sys.exc_info()[1]
        if not isinstance(error, OSError):
            super().handle_error(request, client_address)


class _Connection(BaseHTTPRequestHandler):
    """One connection, which may bring many requests."""

    protocol_version = "HTTP/1.1"
    server_version = "deskprov-practice"
    sys_version = ""
    disable_nagle_algorithm = True
    wbufsize = -1  # one packet for heads and body
    timeout = 300
    server: Endpoint

    def setup(self) -> None:
        if asleep := self.server.faults.at_connect():
            self.server.ended.wait(asleep.seconds)
            raise ConnectionAbortedError
        super().setup()
        self._logon = self.server.new_logon()
        self._seal: Seal | None = None

    def do_POST(self) -> None:
        length = self.headers.get("Content-Length", "")
        if not length.isascii() or not length.isdecimal() or int(length) > LARGEST:
            self.close_connection = True
            self._answer(HTTPStatus.REQUEST_ENTITY_TOO_LARGE)
            return
        body = self.rfile.read(int(length))
        if self.server.ended.is_set():
            self.close_connection = True
            return
        if self.path != "/wsman":
            self._answer(HTTPStatus.NOT_FOUND)
        elif not self._logon.user:
            self._let_in(body)
        else:
            self._serve(body)

    def _let_in(self, body: bytes) -> None:
        token = self._logon.step(self.headers.get("Authorization", ""))
        if self._logon.user:
            self.server.journal.logon(self._logon.user, taken=True)
            self._serve(body, token or "")
            return
        if token is None and "Authorization" in self.headers:
            self.server.journal.logon("", taken=False)
        self._answer(HTTPStatus.UNAUTHORIZED, authenticate=token or self._logon.offers)

    def _serve(self, body: bytes, token: str = "") -> None:
        if not body:
            self._answer(HTTPStatus.OK, authenticate=token)
            return
        try:
            request = soap.read(self._opened(body))
        except ValueError:
            self._answer(HTTPStatus.BAD_REQUEST)
            return
        fault = self.server.faults.next(request.action)
        try:
            if request.action == "Create" and self.server.accounts.is_filtered(self._logon.user):
                raise soap.Refused(soap.ACCESS_DENIED)
            if request.resource not in self.server.services:
                raise soap.Refused(UNKNOWN_OPERATION)
            service = self.server.services[request.resource]
            answer = self._with_fault(service, request, fault) if fault else service.answer(request)
        except soap.Refused as refused:
            self._answer(HTTPStatus.INTERNAL_SERVER_ERROR, soap.refused(request, refused.fault), authenticate=token)
            return
        if answer is None:
            self.close_connection = True
        else:
            self._answer(HTTPStatus.OK, answer, authenticate=token)

    def _opened(self, body: bytes) -> bytes:
        """The message in a body. Raises `ValueError` for one that should be sealed and is not."""
        self._seal = None
        if self.server.tls is not None:
            return body
        if self._logon.seal and self.headers.get("Content-Type", "").startswith("multipart/"):
            self._seal = self._logon.seal
            return self._seal.opened(self.headers["Content-Type"], body)
        if self.server.accounts.service_allows("allow_unencrypted"):
            return body
        raise ValueError("what is not encrypted is not taken")

    def _with_fault(self, service: Service, request: soap.Request, fault: Fault) -> bytes | None:
        """The answer as the fault leaves it; None when the connection ends without one."""
        if fault.do in REFUSALS:
            raise soap.Refused(REFUSALS[fault.do])
        if fault.do in DISTURBANCES:
            return service.answer(request, DISTURBANCES[fault.do])
        if fault.do == "break":
            service.answer(request)
        if fault.do == "hang":
            self.server.ended.wait(fault.seconds)
        return None

    def _answer(self, status: HTTPStatus, body: bytes = b"", *, authenticate: str = "") -> None:
        self.send_response(status)
        if authenticate:
            self.send_header("WWW-Authenticate", authenticate)
        kind, body = self._seal.closed(body) if self._seal and body else (SOAP_TYPE, body)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)
        self.wfile.flush()

    def log_message(self, format: str, *args: Any) -> None:  # noqa: A002 - named by the base class
        """The journal says what matters."""
