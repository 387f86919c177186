"""Machines that cannot be reached: each reason in words, each within its time."""

import socket
import time
from collections.abc import Callable
from pathlib import Path

import pytest
from msgspec.structs import replace

from deskprov.adapters.known_hosts import KnownHosts
from deskprov.adapters.ssh import SshTransport
from deskprov.errors import ProbeFailed, Unreachable
from deskprov.model.inventory import Connection, Host
from tests.adapters.ssh.conftest import LIMITS, Limited
from tests.adapters.ssh.servers import Script, a_host, new_key, plain_server, public_line, recording_server

PIN = public_line(new_key())


def reason(ssh: SshTransport, host: Host) -> str:
    with pytest.raises(Unreachable) as caught:
        ssh.ask(host, b"")
    assert caught.value.exit_status == 4
    assert caught.value.hint
    return caught.value.message


def test_refused(ssh: SshTransport) -> None:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port = listener.getsockname()[1]
    assert f"127.0.0.1 refuses connections on port {port}" in reason(ssh, a_host(port, PIN))


def test_every_address_of_a_name_is_tried(ssh: SshTransport) -> None:
    """`localhost` is ::1 first, where nobody listens."""
    key = new_key()
    with recording_server(Script(password="pass-word", methods="password"), key) as (port, recorded):
        host = a_host(port, public_line(key), password="login")
        with pytest.raises(ProbeFailed):  # the server runs nothing
            ssh.ask(replace(host, connection=replace(host.connection, address="localhost")), b"")
    assert len(recorded.attempts) == 1


def test_unknown_name(ssh: SshTransport) -> None:
    host = Host("lab-01", Connection("no-such-machine.invalid"), known_host=PIN)
    assert "the address no-such-machine.invalid is not known here" in reason(ssh, host)


def test_name_that_cannot_be_one(ssh: SshTransport) -> None:
    host = Host("lab-01", Connection("a" * 300), known_host=PIN)
    assert "is not known here" in reason(ssh, host)


def test_no_route(ssh: SshTransport) -> None:
    host = Host("lab-01", Connection("240.0.0.1"), known_host=PIN)
    assert "lab-01 cannot be reached" in reason(ssh, host)


def test_full_queue_looks_like_a_machine_that_is_off_or_asleep(limited: Limited) -> None:
    with socket.create_server(("127.0.0.1", 0), backlog=0) as listener:
        port = listener.getsockname()[1]
        waiting = [socket.socket() for _ in range(4)]
        for sock in waiting:
            sock.setblocking(False)
            sock.connect_ex(("127.0.0.1", port))
        with pytest.raises(Unreachable, match="did not answer within 1 second") as caught:
            limited(connect=1).ask(a_host(port, PIN), b"")
        assert "Is it switched on, awake and on the network?" in caught.value.hint
        for sock in waiting:
            sock.close()


def _hold(connection: socket.socket) -> None:
    time.sleep(8)


def _say_http(connection: socket.socket) -> None:
    connection.sendall(b"HTTP/1.1 400 Bad Request\r\n\r\n")
    connection.close()


def _hang_up(connection: socket.socket) -> None:
    connection.close()


def _endless_preamble(connection: socket.socket) -> None:
    while True:
        connection.sendall(b"welcome to the machine\r\n" * 100)


def _one_endless_line(connection: socket.socket) -> None:
    while True:
        connection.sendall(b"x" * 65536)


def _drip(connection: socket.socket) -> None:
    for byte in b"SSH-2.0-" + b"x" * 1000:
        connection.sendall(bytes([byte]))
        time.sleep(0.1)


@pytest.mark.parametrize("welcome", [_hold, _say_http, _hang_up, _endless_preamble, _one_endless_line, _drip])
def test_something_else_than_ssh(limited: Limited, welcome: Callable[[socket.socket], None]) -> None:
    def quietly(connection: socket.socket) -> None:
        try:
            welcome(connection)
        except OSError:
            connection.close()

    with plain_server(quietly) as port:
        assert "does not greet as an SSH server does" in reason(limited(greeting=1), a_host(port, PIN))


def test_greets_and_then_says_nothing(limited: Limited) -> None:
    def welcome(connection: socket.socket) -> None:
        connection.sendall(b"SSH-2.0-Silence\r\n")
        time.sleep(8)

    with plain_server(welcome) as port:
        assert "did not finish the key exchange within 1 second" in reason(limited(greeting=1), a_host(port, PIN))


def test_breaks_off_the_key_exchange(ssh: SshTransport) -> None:
    def welcome(connection: socket.socket) -> None:
        connection.sendall(b"SSH-2.0-Brief\r\n")
        connection.recv(10)
        connection.close()

    with plain_server(welcome) as port:
        assert "broke off the key exchange" in reason(ssh, a_host(port, PIN))


def test_sends_rubbish_instead_of_a_key_exchange(ssh: SshTransport) -> None:
    def welcome(connection: socket.socket) -> None:
        connection.sendall(b"SSH-2.0-Rubbish\r\n" + b"\xff" * 4096)
        time.sleep(8)

    with plain_server(welcome) as port:
        assert "broke off the key exchange" in reason(ssh, a_host(port, PIN))


def test_log_in_without_an_answer(limited: Limited) -> None:
    key = new_key()
    with recording_server(Script(password="pass-word", methods="password", login_pause=8), key) as (port, _):
        message = reason(limited(login=1), a_host(port, public_line(key), password="login"))
    assert "did not answer the log-in within 1 second" in message


def test_offered_says_the_same(tmp_path: Path) -> None:
    with plain_server(_hang_up) as port, pytest.raises(Unreachable, match="does not greet"):
        KnownHosts(tmp_path, limits=LIMITS).offered(a_host(port))
