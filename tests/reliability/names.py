"""A name server's answers, that can be changed in the middle of a run, without touching the controller's own names."""

import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress

Target = Callable[[], tuple[str, int]]


@contextmanager
def answering(target: Target) -> Iterator[int]:
    """A port of the controller; each connection to it goes to the address and port that `target` gives then."""
    ended = threading.Event()
    connections: list[threading.Thread] = []

    def serve(server: socket.socket) -> None:
        while not ended.is_set():
            with suppress(TimeoutError):
                incoming, _ = server.accept()
                connections.append(threading.Thread(target=_connect, args=(incoming, target(), ended)))
                connections[-1].start()

    with socket.create_server(("127.0.0.1", 0)) as server:
        server.settimeout(0.1)
        serving = threading.Thread(target=serve, args=(server,))
        serving.start()
        try:
            yield server.getsockname()[1]
        finally:
            ended.set()
            serving.join()
            for connection in connections:
                connection.join()


def _connect(incoming: socket.socket, address: tuple[str, int], ended: threading.Event) -> None:
    with incoming, suppress(OSError), socket.create_connection(address) as outgoing:
        back = threading.Thread(target=_pump, args=(outgoing, incoming, ended))
        back.start()
        _pump(incoming, outgoing, ended)
        back.join()


def _pump(one: socket.socket, other: socket.socket, ended: threading.Event) -> None:
    one.settimeout(0.2)
    with suppress(OSError):
        while not ended.is_set():
            try:
                data = one.recv(65536)
            except TimeoutError:
                continue
            if not data:
                break
            other.sendall(data)
    with suppress(OSError):
        other.shutdown(socket.SHUT_WR)
