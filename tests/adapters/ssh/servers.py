"""SSH servers on the loopback address for tests: one that records what it is sent, and sockets that misbehave."""

import socket
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field

import paramiko
from paramiko.common import AUTH_FAILED, AUTH_PARTIALLY_SUCCESSFUL, AUTH_SUCCESSFUL, OPEN_SUCCEEDED
from paramiko.server import InteractiveQuery

from deskprov.model.inventory import Connection, Host

USER = "tech"

Run = Callable[[paramiko.Channel, str], None]


def new_key(kind: str = "ssh-ed25519") -> paramiko.PKey:
    """A fresh private key of this type."""
    from io import StringIO

    from cryptography.hazmat.primitives import serialization
    from cryptography.hazmat.primitives.asymmetric import ec, ed25519, rsa

    private: ed25519.Ed25519PrivateKey | ec.EllipticCurvePrivateKey | rsa.RSAPrivateKey
    match kind:
        case "ssh-ed25519":
            private = ed25519.Ed25519PrivateKey.generate()
        case "ecdsa-sha2-nistp256":
            private = ec.generate_private_key(ec.SECP256R1())
        case _:
            private = rsa.generate_private_key(65537, 2048)
    text = private.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.OpenSSH, serialization.NoEncryption()
    ).decode()
    classes: dict[str, type[paramiko.PKey]] = {
        "ssh-ed25519": paramiko.Ed25519Key,
        "ecdsa-sha2-nistp256": paramiko.ECDSAKey,
        "ssh-rsa": paramiko.RSAKey,
    }
    return classes[kind].from_private_key(StringIO(text))


def public_line(key: paramiko.PKey) -> str:
    """The key as in a .pub file, without comment."""
    return f"{key.get_name()} {key.get_base64()}"


@dataclass
class Script:
    """How a recording server behaves: what lets someone in, and what happens to a command."""

    password: str | None = None
    key: paramiko.PKey | None = None
    methods: str = "publickey,password"
    second_method: str = ""
    prompts: Sequence[tuple[str, bool]] = (("Password: ", False),)
    run: Run = lambda channel, command: channel.close()
    login_pause: float = 0.0
    exec_answer: bool | None = True
    """None: never answers."""


@dataclass
class Recorded:
    """What a server was sent."""

    attempts: list[tuple[str, str, str]] = field(default_factory=list)
    connections: int = 0
    commands: list[str] = field(default_factory=list)


class _Server(paramiko.ServerInterface):
    def __init__(self, script: Script, recorded: Recorded) -> None:
        self._script = script
        self._recorded = recorded
        self._first_done = False

    def get_allowed_auths(self, username: str) -> str:
        return self._script.second_method if self._first_done else self._script.methods

    def check_auth_none(self, username: str) -> int:
        return AUTH_FAILED

    def check_auth_publickey(self, username: str, key: paramiko.PKey) -> int:
        return self._judge("publickey", username, public_line(key), right=key == self._script.key)

    def check_auth_password(self, username: str, password: str) -> int:
        time.sleep(self._script.login_pause)
        allowed = "password" in self.get_allowed_auths(username).split(",")
        return self._judge("password", username, password, right=allowed and password == self._script.password)

    def check_auth_interactive(self, username: str, submethods: str) -> int | InteractiveQuery:
        query = InteractiveQuery()
        for prompt, echo in self._script.prompts:
            query.add_prompt(prompt, echo)
        return query

    def check_auth_interactive_response(self, responses: list[str]) -> int | InteractiveQuery:
        right = list(responses) == [self._script.password]
        return self._judge("keyboard-interactive", USER, " ".join(responses), right=right)

    def _judge(self, method: str, user: str, what: str, *, right: bool) -> int:
        self._recorded.attempts.append((method, user, what))
        if not right:
            return AUTH_FAILED
        if self._script.second_method and not self._first_done:
            self._first_done = True
            return AUTH_PARTIALLY_SUCCESSFUL
        return AUTH_SUCCESSFUL

    def check_channel_request(self, kind: str, chanid: int) -> int:
        return OPEN_SUCCEEDED

    def check_channel_exec_request(self, channel: paramiko.Channel, command: bytes) -> bool:
        self._recorded.commands.append(command.decode())
        if self._script.exec_answer is None:
            threading.Event().wait(5)
        if self._script.exec_answer:
            # the thread must not speak before the request is answered, as a real server never would
            threading.Timer(0.05, self._run, args=(channel, command.decode())).start()
        return bool(self._script.exec_answer)

    def _run(self, channel: paramiko.Channel, command: str) -> None:
        with suppress(OSError, EOFError, paramiko.SSHException):
            self._script.run(channel, command)


@contextmanager
def recording_server(script: Script, *host_keys: paramiko.PKey) -> Iterator[tuple[int, Recorded]]:
    """A server with these host keys; gives its port and what it has recorded so far."""
    recorded = Recorded()
    transports: list[paramiko.Transport] = []

    def welcome(connection: socket.socket) -> None:
        recorded.connections += 1
        transport = paramiko.Transport(connection)
        transports.append(transport)
        for key in host_keys:
            transport.add_server_key(key)
        with suppress(OSError, EOFError, paramiko.SSHException):
            transport.start_server(server=_Server(script, recorded))

    with plain_server(welcome) as port:
        yield port, recorded
        for transport in transports:
            transport.close()


@contextmanager
def plain_server(welcome: Callable[[socket.socket], None]) -> Iterator[int]:
    """A listening socket; `welcome` is called in a thread of its own with each connection. Gives the port."""
    listener = socket.create_server(("127.0.0.1", 0))
    connections: list[socket.socket] = []

    def accept() -> None:
        with suppress(OSError):
            while True:
                connection, _ = listener.accept()
                connections.append(connection)
                threading.Thread(target=welcome, args=(connection,), daemon=True).start()

    thread = threading.Thread(target=accept, daemon=True)
    thread.start()
    try:
        yield listener.getsockname()[1]
    finally:
        with suppress(OSError):
            listener.shutdown(socket.SHUT_RDWR)
        listener.close()
        thread.join()
        for connection in connections:
            connection.close()


def a_host(port: int, known_host: str = "", *, name: str = "lab-01", **connection: str) -> Host:
    """The host at this port of the loopback address; `connection` gives further fields of its `Connection`."""
    return Host(name, Connection("127.0.0.1", port, **{"user": USER, **connection}), known_host=known_host)
