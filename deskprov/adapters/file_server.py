"""Hands files of the site to the machines of a run, over HTTPS: each file once, to the one machine that it is for.

There is a server only while something is on offer, with a key and a certificate of its own, on the address by which the
machine reaches this controller. What is on offer has an address that nobody can guess, and is gone when it was asked
for or the playbook has ended; there is no list of it.
"""

import os
import secrets as random_tokens
import socket
import ssl
import sys
import threading
import time
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager, suppress
from datetime import UTC, datetime, timedelta
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler
from pathlib import Path
from socketserver import TCPServer, ThreadingMixIn
from tempfile import TemporaryDirectory
from typing import Any

from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import BestAvailableEncryption, Encoding, PrivateFormat
from msgspec import Struct

from deskprov.adapters.limits import Limits
from deskprov.adapters.tcp import resolved
from deskprov.errors import HostError
from deskprov.formats.self_signed import Validity, self_signed
from deskprov.model.inventory import Host
from deskprov.model.serving import Offer

BLOCK = 256 * 1024
"""Bytes that are held of a file under way."""

SILENT_SECONDS = 60.0
"""After which a connection is given up on which nothing moves."""

HEAD_SECONDS = 30.0
"""How long a connection may take to say what it wants, all in all."""

MOST_CONNECTIONS = 4
"""Of one machine at a time. It fetches one file after the other."""

TOKEN_BYTES = 32

POLL_SECONDS = 0.1
"""How long closing may take."""


class FileServer:
    """One for all runs of this process. `port` is where it listens; 0 for any that is free. `patience` is how many
    seconds a connection may take to say what it wants.
    """

    def __init__(self, port: int = 0, *, patience: float = HEAD_SECONDS) -> None:
        self._port = port
        self._patience = patience
        self._lock = threading.Lock()
        self._doors: dict[str, _Door] = {}

    @contextmanager
    def offering(self, host: Host, files: Mapping[str, Path]) -> Iterator[Mapping[str, Offer]]:
        """The offers for this machine, by the tickets of the files, while the context lasts.

        Where there can be no server, they say why.
        """
        offers: Mapping[str, Offer]
        with ExitStack() as stack:
            try:
                ends = _ends(host)
                door = stack.enter_context(self._door(ends.here))
            except HostError as error:
                offers = dict.fromkeys(files, Offer(trouble=error.message))
            except OSError as error:
                why = error.strerror or str(error)
                offers = dict.fromkeys(files, Offer(trouble=f"deskprov's file server could not be opened ({why})"))
            else:
                offers = stack.enter_context(door.offering(ends.there, files))
            yield offers

    @contextmanager
    def _door(self, address: str) -> "Iterator[_Door]":
        """The door on this address, which closes behind the last who uses it. Raises `OSError`."""
        with self._lock:
            if address not in self._doors:
                self._doors[address] = _Door(address, self._port, self._patience)
            door = self._doors[address]
            door.users += 1
        try:
            yield door
        finally:
            with self._lock:
                door.users -= 1
                if not door.users:
                    del self._doors[address]
                    door.close()


class _Ends(Struct, frozen=True):
    """Of the way to a machine: our address, and all of its own."""

    here: str
    there: frozenset[str]


def _ends(host: Host) -> _Ends:
    """Raises `Unreachable` for a name that nobody knows, and `OSError` where no way leads."""
    addresses = resolved(host, Limits())
    family, first = addresses[0]
    with socket.socket(family, socket.SOCK_DGRAM) as way:
        way.connect(first)  # asks the kernel for the way, and sends nothing
        here = str(way.getsockname()[0])
    return _Ends(here, frozenset(str(address[0]) for _, address in addresses))


class _Kept(Struct):
    """A file on offer, and for whom. `asked` once somebody has asked for it, `over` once it may not go on."""

    path: Path
    machine: frozenset[str]
    asked: bool = False
    over: bool = False


class _Connection(Struct):
    """Somebody who was let in. `way` is a descriptor of ours, whatever the connection's thread does with its own; it is
    cut at the time `until`, unless its question has come before.
    """

    way: socket.socket
    until: float
    asked: bool = False

    def cut(self) -> None:
        """Wakes its thread, which then ends."""
        with suppress(OSError):  # the other side was quicker
            self.way.shutdown(socket.SHUT_RDWR)


class _Door(ThreadingMixIn, TCPServer):
    """Listens on one address, from the start. Raises `OSError`."""

    allow_reuse_address = True
    daemon_threads = True
    block_on_close = False
    request_queue_size = 64

    def __init__(self, address: str, port: int, patience: float) -> None:
        self.users = 0
        self._patience = patience
        self._kept: dict[str, _Kept] = {}
        self._machines: list[frozenset[str]] = []
        self._connections: dict[Any, _Connection] = {}
        self._guard = threading.Lock()
        self.address_family = socket.AF_INET6 if ":" in address else socket.AF_INET
        self._tls, self._pin = _identity(address)
        super().__init__((address, port), _Request)
        threading.Thread(target=self.serve_forever, args=(POLL_SECONDS,), name="file server", daemon=True).start()

    @contextmanager
    def offering(self, machine: frozenset[str], files: Mapping[str, Path]) -> Iterator[Mapping[str, Offer]]:
        """Offers them; afterwards nothing of them goes on, either."""
        kept = {name: (random_tokens.token_urlsafe(TOKEN_BYTES), _Kept(path, machine)) for name, path in files.items()}
        with self._guard:
            self._kept.update(kept.values())
            self._machines.append(machine)
        try:
            yield {name: Offer(self._url(token), self._pin) for name, (token, _) in kept.items()}
        finally:
            with self._guard:
                self._machines.remove(machine)
                for token, entry in kept.values():
                    entry.over = True
                    del self._kept[token]

    def taken(self, token: str, machine: str) -> _Kept | HTTPStatus:
        """What is on offer there, for the first who asks; or why not."""
        with self._guard:
            kept = self._kept.get(token)
            if kept is None:
                return HTTPStatus.NOT_FOUND
            if machine not in kept.machine:
                return HTTPStatus.FORBIDDEN
            if kept.asked:
                return HTTPStatus.GONE
            kept.asked = True
            return kept

    def heard(self, client_address: Any) -> None:
        """It has said what it wants."""
        with self._guard:
            self._connections[client_address].asked = True

    def close(self) -> None:
        """Nobody is let in any more, and who is in is sent away."""
        self.shutdown()
        self.server_close()
        with self._guard:
            for connection in self._connections.values():
                connection.cut()

    def verify_request(self, request: Any, client_address: Any) -> bool:
        """Whoever is none of the machines of the run, or has too many connections, does not even come to a handshake.

        Several machines may have one address: practice PCs, and whatever is behind a router.
        """
        with self._guard:
            machines = sum(client_address[0] in machine for machine in self._machines)
            connections = sum(address[0] == client_address[0] for address in self._connections)
            return bool(connections < machines * MOST_CONNECTIONS)

    def process_request(self, request: Any, client_address: Any) -> None:
        """Lets it in."""
        with self._guard:
            self._connections[client_address] = _Connection(request.dup(), time.monotonic() + self._patience)
        super().process_request(request, client_address)

    def process_request_thread(self, request: Any, client_address: Any) -> None:
        """Its own thread, from the handshake to the end."""
        try:
            super().process_request_thread(request, client_address)
        finally:
            with self._guard:
                self._connections.pop(client_address).way.close()

    def service_actions(self) -> None:
        """Sends those away who take too long."""
        now = time.monotonic()
        with self._guard:
            for connection in self._connections.values():
                if not connection.asked and connection.until < now:
                    connection.cut()

    def finish_request(self, request: Any, client_address: Any) -> None:
        """The handshake is for the connection's own thread, so that nobody can keep the others out."""
        request.settimeout(SILENT_SECONDS)
        with self._tls.wrap_socket(request, server_side=True) as sealed:
            super().finish_request(sealed, client_address)

    def handle_error(self, request: Any, client_address: Any) -> None:
        """A connection that broke off is the other side's affair; every real mistake of ours is shown."""
        if not isinstance(sys.exc_info()[1], OSError):
            super().handle_error(request, client_address)

    def _url(self, token: str) -> str:
        address, port = self.socket.getsockname()[:2]
        return f"https://{f'[{address}]' if ':' in address else address}:{port}/{token}"


class _Request(BaseHTTPRequestHandler):
    """One question, one answer."""

    timeout = SILENT_SECONDS
    server_version = "deskprov"
    sys_version = ""
    server: _Door

    def do_GET(self) -> None:
        self.server.heard(self.client_address)
        kept = self.server.taken(self.path.removeprefix("/"), self.client_address[0])
        if isinstance(kept, HTTPStatus):
            self._head(kept, 0)
            return
        try:
            file = kept.path.open("rb")
        except OSError:
            self._head(HTTPStatus.INTERNAL_SERVER_ERROR, 0)
            return
        with file:
            self._head(HTTPStatus.OK, os.fstat(file.fileno()).st_size)
            while not kept.over and (block := file.read(BLOCK)):
                self.wfile.write(block)

    def _head(self, status: HTTPStatus, length: int) -> None:
        self.send_response(status)
        self.send_header("Content-Type", "application/octet-stream")
        self.send_header("Content-Length", str(length))
        self.end_headers()

    def log_message(self, format: str, *args: Any) -> None:  # noqa: A002 - named by the base class
        """Addresses on offer stand in no log."""


def _identity(address: str) -> tuple[ssl.SSLContext, str]:
    """A key and a certificate that nobody has had before, and its SHA-256."""
    now = datetime.now(UTC)
    key = ec.generate_private_key(ec.SECP256R1())
    certificate = self_signed(key, "deskprov", address, Validity(now - timedelta(days=2), now + timedelta(days=30)))
    password = random_tokens.token_bytes(TOKEN_BYTES).hex().encode()
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    with TemporaryDirectory(prefix="deskprov-") as folder:  # OpenSSL reads files only; this one is of no use to anyone
        file = Path(folder) / "identity"
        sealed = key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, BestAvailableEncryption(password))
        file.write_bytes(sealed + certificate.public_bytes(Encoding.PEM))
        context.load_cert_chain(file, password=password)
    return context, certificate.fingerprint(SHA256()).hex()
