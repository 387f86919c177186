"""A machine that poses as another: it answers in its place, and writes down what it is told."""

import io
import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field

import paramiko

from deskprov.practice.keys import new_key_pair

Address = tuple[str, int]


class _Recorder(paramiko.ServerInterface):
    """Refuses every log-in and writes down that there was one."""

    def __init__(self, log: list[str]) -> None:
        self._log = log

    def get_allowed_auths(self, username: str) -> str:
        self._log.append(f"asked for methods as {username}")
        return "password,publickey"

    def check_auth_none(self, username: str) -> int:
        self._log.append(f"none as {username}")
        return paramiko.AUTH_FAILED

    def check_auth_password(self, username: str, password: str) -> int:
        self._log.append(f"password of {username}")
        return paramiko.AUTH_FAILED

    def check_auth_publickey(self, username: str, key: paramiko.PKey) -> int:
        self._log.append(f"key of {username}")
        return paramiko.AUTH_FAILED


@dataclass
class Impostor:
    """An SSH server on loopback with a key of its own. `log` is what it was told, `met` who came at all."""

    port: int
    log: list[str] = field(default_factory=list)
    met: list[Address] = field(default_factory=list)


@contextmanager
def impostor(in_place_of: Callable[[], Address | None] = lambda: None) -> Iterator[Impostor]:
    """Serves until the context ends. A connection goes on to the machine that `in_place_of` names, if it names one."""
    key = paramiko.Ed25519Key.from_private_key(io.StringIO(new_key_pair().private))
    with socket.create_server(("127.0.0.1", 0)) as server:
        server.settimeout(0.1)
        found = Impostor(server.getsockname()[1])
        ended = threading.Event()
        at_work: list[threading.Thread] = []

        def serve() -> None:
            while not ended.is_set():
                try:
                    connection, peer = server.accept()
                except TimeoutError:
                    continue
                real = in_place_of()
                if real is not None:
                    work = threading.Thread(target=_pass_on, args=(connection, real))
                else:
                    found.met.append(peer)
                    work = threading.Thread(target=_pose, args=(connection, key, found.log))
                work.start()
                at_work.append(work)

        thread = threading.Thread(target=serve)
        thread.start()
        try:
            yield found
        finally:
            ended.set()
            for each in (thread, *at_work):
                each.join()


def _pose(connection: socket.socket, key: paramiko.PKey, log: list[str]) -> None:
    transport = paramiko.Transport(connection)
    transport.add_server_key(key)
    try:
        transport.start_server(server=_Recorder(log))
        transport.join(10)
    except (paramiko.SSHException, EOFError, OSError):
        pass  # the client hung up, as it should
    finally:
        transport.close()


def _pass_on(connection: socket.socket, real: Address) -> None:
    with connection, socket.create_connection(real) as other:
        back = threading.Thread(target=_copy, args=(other, connection), daemon=True)
        back.start()
        _copy(connection, other)
        back.join()


def _copy(source: socket.socket, target: socket.socket) -> None:
    with suppress(OSError):
        while data := source.recv(65536):
            target.sendall(data)
    with suppress(OSError):
        target.shutdown(socket.SHUT_WR)
