"""Endpoints on the loopback address that are no WinRM: they write down what they are sent, and answer as told."""

import socket
import ssl
import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path

from deskprov.practice.windows.certificate import new_certificate

NO_TLS = b"\0no TLS"
SILENCE = b"\0silence"


@dataclass
class Endpoint:
    """One that takes connections; `heard` has what came on each, decrypted."""

    port: int
    heard: list[bytes] = field(default_factory=list)


@contextmanager
def endpoint(folder: Path, now: datetime, answers: Sequence[bytes]) -> Iterator[Endpoint]:
    """Answers the n-th request of a connection with the n-th of `answers`, and then breaks off.

    `SILENCE` keeps the connection and says nothing; a first answer `NO_TLS` does so before TLS begins.
    """
    made = new_certificate("somebody-else", "192.0.2.99", now)
    (folder / "endpoint.pem").write_text(made.certificate + made.key)
    tls = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    tls.load_cert_chain(folder / "endpoint.pem")
    ended = threading.Event()
    with socket.create_server(("127.0.0.1", 0)) as server:
        server.settimeout(0.05)
        found = Endpoint(server.getsockname()[1])
        at_work: list[threading.Thread] = []

        def serve(plain: socket.socket) -> None:
            with plain, suppress(OSError):
                if answers and answers[0] == NO_TLS:
                    ended.wait(30)
                    return
                with tls.wrap_socket(plain, server_side=True) as connection:
                    place = len(found.heard)
                    found.heard.append(b"")
                    for answer in answers:
                        request = _request(connection)
                        found.heard[place] += request
                        if not request:
                            return
                        if answer == SILENCE:
                            ended.wait(30)
                            return
                        connection.sendall(answer)

        def accept() -> None:
            while not ended.is_set():
                with suppress(TimeoutError):
                    plain, _ = server.accept()
                    plain.settimeout(10)
                    at_work.append(threading.Thread(target=serve, args=(plain,), daemon=True))
                    at_work[-1].start()

        thread = threading.Thread(target=accept, daemon=True)
        thread.start()
        try:
            yield found
        finally:
            ended.set()
            for each in (thread, *at_work):  # what came is written down to its end
                each.join()


def _request(connection: ssl.SSLSocket) -> bytes:
    data = b""
    while b"\r\n\r\n" not in data:
        piece = connection.recv(65536)
        if not piece:
            return data
        data += piece
    head, _, body = data.partition(b"\r\n\r\n")
    length = next(
        (int(line.split(b":")[1]) for line in head.lower().split(b"\r\n") if line.startswith(b"content-l")), 0
    )
    while len(body) < length:
        piece = connection.recv(65536)
        if not piece:
            break
        body += piece
    return head + b"\r\n\r\n" + body


def http(status: str, body: bytes = b"", **headers: str) -> bytes:
    """An answer; `headers` go before the length of the body, which they may overrule."""
    lines = {"Content-Length": str(len(body)), **{name.replace("_", "-"): value for name, value in headers.items()}}
    head = "".join(f"{name}: {value}\r\n" for name, value in lines.items() if value)
    return f"HTTP/1.1 {status}\r\n{head}\r\n".encode() + body
