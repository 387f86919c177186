"""The file server of a run: one file once, to one machine, and nothing else to anybody; over real sockets."""

import hashlib
import http.client
import re
import socket
import ssl
import threading
import tracemalloc
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from deskprov.adapters.file_server import BLOCK, MOST_CONNECTIONS, FileServer
from deskprov.model.inventory import Connection, Host
from deskprov.model.serving import Offer

OURS, OTHERS = "127.0.0.1", "127.0.0.2"
CONTENT = b"installer" * 1000


def at(address: str) -> Host:
    return Host("pc-1", Connection(address))


@pytest.fixture
def file(tmp_path: Path) -> Path:
    (tmp_path / "a.bin").write_bytes(CONTENT)
    return tmp_path / "a.bin"


def connected(offer: Offer, source: str = OURS, most: ssl.TLSVersion | None = None) -> ssl.SSLSocket:
    server = urlsplit(offer.url)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
    if most:
        context.minimum_version, context.maximum_version = most, most
        context.set_ciphers("ALL:@SECLEVEL=0")
    plain = socket.create_connection((server.hostname, server.port), 10, source_address=(source, 0))
    return context.wrap_socket(plain)


def asked(offer: Offer, source: str = OURS, path: str = "") -> tuple[int, bytes]:
    with connected(offer, source) as sealed:
        sealed.sendall(f"GET {path or urlsplit(offer.url).path} HTTP/1.0\r\n\r\n".encode())
        answer = http.client.HTTPResponse(sealed)
        answer.begin()
        return answer.status, answer.read()


def test_a_file_comes_once_from_the_certificate_that_was_said_and_nothing_else_does(file: Path) -> None:
    with FileServer().offering(at(OURS), {"files/a": file, "files/b": file}) as offers:
        with connected(offers["files/a"]) as sealed:
            shown = sealed.getpeercert(binary_form=True) or b""
        assert {offer.pin for offer in offers.values()} == {hashlib.sha256(shown).hexdigest()}
        tokens = [urlsplit(offer.url).path for offer in offers.values()]
        assert len(set(tokens)) == 2
        assert all(re.fullmatch(r"/[A-Za-z0-9_-]{43}", token) for token in tokens), "32 random bytes"
        for elsewhere in ("/", "/files/a", "/a.bin", "/..%2fa.bin", tokens[0] + "/", tokens[0][:-1]):
            assert asked(offers["files/a"], path=elsewhere) == (404, b"")
        assert asked(offers["files/a"]) == (200, CONTENT)
        assert asked(offers["files/a"]) == (410, b"")
        assert asked(offers["files/b"]) == (200, CONTENT)


def test_only_the_machine_that_it_is_for_gets_it(file: Path) -> None:
    server = FileServer()
    with server.offering(at(OURS), {"a": file}) as ours:
        with pytest.raises(OSError):
            connected(ours["a"], OTHERS)
        with server.offering(at(OTHERS), {"a": file}) as others:
            assert urlsplit(others["a"].url).netloc == urlsplit(ours["a"].url).netloc
            assert asked(ours["a"], OTHERS) == (403, b"")
            assert asked(others["a"], OTHERS) == (200, CONTENT)
        assert asked(ours["a"]) == (200, CONTENT), "to be refused uses nothing up"


def test_it_is_closed_with_the_run_and_has_another_key_in_the_next(file: Path) -> None:
    server = FileServer()
    with server.offering(at(OURS), {"a": file}) as first:
        with server.offering(at(OURS), {"a": file}) as second:
            assert second["a"].pin == first["a"].pin
        assert asked(second["a"]) == (404, b""), "what was on offer is not any more"
        assert asked(first["a"])[0] == 200
    with pytest.raises(ConnectionRefusedError):
        connected(first["a"])
    with server.offering(at(OURS), {"a": file}) as later:
        assert later["a"].pin != first["a"].pin


def test_a_run_that_is_broken_off_closes_it_and_cuts_what_is_under_way(tmp_path: Path) -> None:
    size = 64 * 1024 * 1024
    with (tmp_path / "large").open("wb") as large:
        large.truncate(size)
    with pytest.raises(KeyboardInterrupt), FileServer().offering(at(OURS), {"a": tmp_path / "large"}) as offers:
        sealed = connected(offers["a"])
        sealed.sendall(f"GET {urlsplit(offers['a'].url).path} HTTP/1.0\r\n\r\n".encode())
        assert sealed.recv(1)
        raise KeyboardInterrupt
    got = 1
    while block := sealed.recv(BLOCK):
        got += len(block)
    sealed.close()
    assert got < size
    with pytest.raises(ConnectionRefusedError):
        connected(offers["a"])


def test_a_large_file_is_never_held_whole(tmp_path: Path) -> None:
    size = 64 * 1024 * 1024
    with (tmp_path / "large").open("wb") as large:
        large.truncate(size)
    with FileServer().offering(at(OURS), {"a": tmp_path / "large"}) as offers, connected(offers["a"]) as sealed:
        sealed.sendall(f"GET {urlsplit(offers['a'].url).path} HTTP/1.0\r\n\r\n".encode())
        tracemalloc.start()
        try:
            got = sum(len(block) for block in iter(lambda: sealed.recv(BLOCK), b""))
            _, most = tracemalloc.get_traced_memory()
        finally:
            tracemalloc.stop()
    assert got > size
    assert most < 8 * BLOCK


def test_old_tls_is_refused(file: Path) -> None:
    with FileServer().offering(at(OURS), {"a": file}) as offers:
        with pytest.raises(ssl.SSLError), pytest.warns(DeprecationWarning):
            connected(offers["a"], most=ssl.TLSVersion.TLSv1_1)
        with connected(offers["a"], most=ssl.TLSVersion.TLSv1_2) as sealed:
            assert sealed.version() == "TLSv1.2"


def test_who_says_nothing_keeps_nobody_out(file: Path) -> None:
    with FileServer().offering(at(OURS), {"a": file}) as offers:
        server = urlsplit(offers["a"].url)
        with socket.create_connection((server.hostname, server.port)):
            assert asked(offers["a"]) == (200, CONTENT)


def test_a_machine_has_a_few_connections_at_a_time_and_takes_none_from_the_others(file: Path) -> None:
    server = FileServer()
    with server.offering(at(OURS), {"a": file}) as ours, server.offering(at(OTHERS), {"a": file}) as others:
        silent = [silently(ours["a"]) for _ in range(MOST_CONNECTIONS)]
        with silently(ours["a"]) as one_more:
            assert one_more.recv(1) == b"", "it is sent away"
        assert asked(others["a"], OTHERS) == (200, CONTENT)
        with server.offering(at(OURS), {"a": file}) as second:
            assert asked(second["a"]) == (200, CONTENT), "of another machine at this address"
        for each in silent:
            each.close()
        assert let_in(ours["a"]) == (200, CONTENT), "who has gone counts no more"


def test_who_takes_too_long_to_say_what_it_wants_is_sent_away(file: Path) -> None:
    hello = ssl.MemoryBIO()
    client = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT).wrap_bio(ssl.MemoryBIO(), hello, server_hostname="x.example.org")
    with pytest.raises(ssl.SSLWantReadError):
        client.do_handshake()
    with FileServer(patience=2.0).offering(at(OURS), {"a": file}) as offers, ThreadPoolExecutor() as threads:
        slow = [silently(offers["a"]), silently(offers["a"]), connected(offers["a"])]
        words = [b"", hello.read(), b"GET " + urlsplit(offers["a"].url).path.encode()]
        assert list(threads.map(is_sent_away, slow, words)) == [True, True, True]
        assert asked(offers["a"]) == (200, CONTENT)


def test_a_file_under_way_may_take_longer_than_saying_what_one_wants(tmp_path: Path) -> None:
    size = 16 * 1024 * 1024
    with (tmp_path / "large").open("wb") as large:
        large.truncate(size)
    with FileServer(patience=2.0).offering(at(OURS), {"a": tmp_path / "large"}) as offers:
        fetching = connected(offers["a"])
        fetching.sendall(f"GET {urlsplit(offers['a'].url).path} HTTP/1.0\r\n\r\n".encode())
        assert fetching.recv(1)
        with silently(offers["a"]) as later:
            assert later.recv(1) == b"", "meanwhile who came later is sent away"
        with fetching:
            assert sum(len(block) for block in iter(lambda: fetching.recv(BLOCK), b"")) > size


def test_whoever_is_in_is_sent_away_when_the_door_closes(file: Path) -> None:
    with FileServer().offering(at(OURS), {"a": file}) as offers:
        silent, sealed = silently(offers["a"]), connected(offers["a"])
    with silent, sealed:
        assert (silent.recv(1), sealed.recv(1)) == (b"", b"")


def silently(offer: Offer) -> socket.socket:
    """A connection that has said nothing."""
    server = urlsplit(offer.url)
    return socket.create_connection((server.hostname, server.port), 10)


def is_sent_away(connection: socket.socket, words: bytes) -> bool:
    """Whether somebody who says a byte now and then, and never the last one, is sent away."""
    connection.settimeout(0.1)
    said = iter(words[:-1])
    with connection:
        for _ in range(100):
            try:
                return connection.recv(1) == b""
            except TimeoutError:
                connection.sendall(bytes([byte]) if (byte := next(said, None)) is not None else b"")
            except ConnectionError:
                return True
    return False


def let_in(offer: Offer) -> tuple[int, bytes]:
    """What is answered once the server has noticed that there is room again."""
    for _ in range(1000):
        with suppress(OSError):
            return asked(offer)
    pytest.fail("nobody was let in")


def test_where_there_can_be_no_server_the_offers_say_why(file: Path) -> None:
    with socket.create_server((OURS, 0)) as taken:
        port = taken.getsockname()[1]
        with FileServer(port).offering(at(OURS), {"a": file}) as offers:
            assert offers["a"] == Offer(trouble="deskprov's file server could not be opened (Address already in use)")
    with FileServer(port).offering(at(OURS), {"a": file}) as offers:
        assert urlsplit(offers["a"].url).port == port
    with FileServer().offering(at("nobody.invalid"), {"a": file}) as offers:
        assert (offers["a"].url, "cannot be reached" in offers["a"].trouble) == ("", True)


def test_many_machines_at_once_share_a_port_that_the_site_states(file: Path) -> None:
    with socket.create_server((OURS, 0)) as free:
        port = free.getsockname()[1]
    server, got = FileServer(port), []

    def run() -> None:
        with server.offering(at(OURS), {"a": file}) as offers:
            got.append(asked(offers["a"]))

    runs = [threading.Thread(target=run) for _ in range(8)]
    for each in runs:
        each.start()
    for each in runs:
        each.join()
    assert got == [(200, CONTENT)] * 8
