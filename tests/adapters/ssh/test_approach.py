"""The way to a machine, step by step: its name, what answers at its port, its identity."""

import socket
from contextlib import suppress

import pytest
from msgspec.structs import replace

from deskprov.adapters.ssh.approach import SshApproach
from deskprov.errors import IdentityNotTrusted, Unreachable
from deskprov.model.inventory import Connection, Host
from tests.adapters.ssh.conftest import LIMITS
from tests.adapters.ssh.servers import Script, a_host, new_key, plain_server, public_line, recording_server


def approach() -> SshApproach:
    return SshApproach(LIMITS)


def reason(port: int) -> str:
    with pytest.raises(Unreachable) as caught:
        approach().greeting(a_host(port))
    assert caught.value.hint
    return caught.value.message


def test_an_address_is_its_own() -> None:
    assert approach().addresses(a_host(22)) == ["127.0.0.1"]


def test_a_name_has_addresses() -> None:
    assert "127.0.0.1" in approach().addresses(Host("lab-01", Connection("localhost")))


def test_a_name_that_nobody_knows() -> None:
    with pytest.raises(Unreachable, match=r"no-such-machine\.invalid is not known here"):
        approach().addresses(Host("lab-01", Connection("no-such-machine.invalid")))


def test_the_greeting_of_a_real_server_and_nothing_is_sent() -> None:
    with recording_server(Script(), new_key()) as (port, recorded):
        greeting = approach().greeting(a_host(port))
    assert greeting.address == "127.0.0.1"
    assert greeting.line.startswith("SSH-2.0-paramiko")
    assert recorded.attempts == []


def test_words_before_the_greeting_are_allowed() -> None:
    """RFC 4253, 4.2: a server may say something first."""

    def welcome(connection: socket.socket) -> None:
        connection.sendall(b"Authorised use only\r\nSSH-2.0-Own")
        connection.sendall(b"_1.0 \x1b[2J\xe2\x80\xae\r\n")

    with plain_server(welcome) as port:
        assert approach().greeting(a_host(port)).line == "SSH-2.0-Own_1.0 [2J"


def test_a_web_server_is_named_for_what_it_says() -> None:
    def welcome(connection: socket.socket) -> None:
        connection.sendall(b"HTTP/1.1 400 Bad Request\r\n\r\n")
        connection.close()

    with plain_server(welcome) as port:
        assert "something else than an SSH server" in reason(port)
        assert "HTTP/1.1 400 Bad Request" in reason(port)


def test_a_silent_server() -> None:
    with plain_server(lambda connection: connection.close()) as port:
        assert "takes the connection and says nothing" in reason(port)


def test_noise_is_not_listened_to_for_ever() -> None:
    """A greeting behind 20 kB of noise is not heard any more."""

    def welcome(connection: socket.socket) -> None:
        with suppress(OSError):
            connection.sendall(b"x" * 20_000 + b"\r\nSSH-2.0-late\r\n")

    with plain_server(welcome) as port:
        assert "something else than an SSH server" in reason(port)


def test_nobody_at_the_port() -> None:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port = listener.getsockname()[1]
    assert "refuses connections" in reason(port)


def test_identity_is_the_pinned_one_or_not_trusted() -> None:
    key = new_key()
    with recording_server(Script(), key, new_key("ecdsa-sha2-nistp256")) as (port, recorded):
        pinned = a_host(port, public_line(key))
        assert approach().identity(pinned).line == public_line(key)
        for other in ("", public_line(new_key())):
            with pytest.raises(IdentityNotTrusted):
                approach().identity(replace(pinned, known_host=other))
    assert recorded.attempts == []
