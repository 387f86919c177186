"""The script by which a PC fetches a large file, really run, against the real file server and against others."""

import hashlib
import socket
import ssl
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from msgspec.structs import replace

from deskprov.adapters.file_server import FileServer
from deskprov.formats.self_signed import Validity, self_signed
from deskprov.formats.windows_fetch import fetch_task
from deskprov.model.inventory import Connection, Host
from deskprov.model.profile import ShippedContent
from deskprov.model.serving import Offer
from tests.powershell.change import Changed, change

pytestmark = pytest.mark.powershell

HERE = Host("pc-1", Connection("127.0.0.1"))
CONTENT = bytes(range(256)) * 1000
SHA256 = hashlib.sha256(CONTENT).hexdigest()
NOBODY = "00" * 32
KEY = ec.generate_private_key(ec.SECP256R1())
CERTIFICATE = self_signed(
    KEY, "impostor", "127.0.0.1", Validity(datetime(2020, 1, 1, tzinfo=UTC), datetime(2090, 1, 1, tzinfo=UTC))
)

OF_ANOTHER = ".deskprov-0123456789ABCDEF"
PIN = hashlib.sha256(CERTIFICATE.public_bytes(Encoding.DER)).hexdigest()


@pytest.fixture
def source(tmp_path: Path) -> Path:
    file = tmp_path / "source.bin"
    file.write_bytes(CONTENT)
    return file


@pytest.fixture
def place(tmp_path: Path) -> Path:
    (tmp_path / "there it's [1]").mkdir()
    return tmp_path / "there it's [1]" / "file $(x).bin"


def fetch(folder: Path, place: Path, offer: Offer, *, check: bool = False, **more: Any) -> Changed:
    task = fetch_task("Write the file", ("a", "001-1"), ShippedContent(SHA256, None, len(CONTENT)), str(place))
    given = {"Url": offer.url, "Pin": offer.pin, "Trouble": offer.trouble, "SilentSeconds": 2, "ConnectSeconds": 2}
    parameters = {**task.arguments["parameters"], **given, **more}
    before = under_way(place).exists()
    done = change(folder, replace(task, arguments={**task.arguments, "parameters": parameters}), check=check)
    left = [path.name for path in place.parent.iterdir() if path != place and path.name != OF_ANOTHER]
    assert left == ([under_way(place).name] if check and before else []), "nothing else stays beside it"
    return done


def under_way(place: Path) -> Path:
    """Where the file is until it is whole."""
    name = hashlib.sha256(str(place).lower().encode("utf-16-le")).hexdigest().upper()[:16]
    return place.parent / f".deskprov-{name}"


def slow(done: Changed) -> str:
    """Why it did not come, which is no failure and no change."""
    assert (done.changed, done.failed) == (False, "")
    said: str = done.result["slow"]
    return said


def test_it_comes_takes_its_place_and_is_not_asked_for_again(tmp_path: Path, source: Path, place: Path) -> None:
    place.write_bytes(b"old")
    place.chmod(0o400)
    with FileServer().offering(HERE, {"a": source, "b": source}) as offers:
        before = fetch(tmp_path, place, offers["a"], check=True)
        assert (before.changed, before.failed, place.read_bytes()) == (True, "", b"old")
        done = fetch(tmp_path, place, offers["a"])
        assert (done.changed, done.failed, done.result) == (True, "", {})
        assert place.read_bytes() == CONTENT
        again = fetch(tmp_path, place, offers["b"])
        assert (again.changed, again.failed, again.result) == (False, "", {})
        place.unlink()
        assert slow(fetch(tmp_path, place, offers["a"])) == "deskprov's file server refuses it (410)"
        assert not place.exists()
        assert fetch(tmp_path, place, offers["b"]).changed, "it had not been asked for"


def test_another_content_is_a_failure_and_leaves_all_as_it_was(tmp_path: Path, source: Path, place: Path) -> None:
    source.write_bytes(CONTENT[:-1] + b"!")
    with FileServer().offering(HERE, {"a": source, "b": source}) as offers:
        place.write_bytes(b"old")
        done = fetch(tmp_path, place, offers["a"])
        assert (done.changed, place.read_bytes()) == (False, b"old")
        assert done.failed.startswith("What came is not the file that was planned (another SHA-256).")
        place.unlink()
        assert fetch(tmp_path, place, offers["b"]).failed
        assert not place.exists()


def test_to_another_certificate_nothing_is_sent(tmp_path: Path, place: Path) -> None:
    heard: list[bytes] = []
    with impostor(tmp_path, lambda sealed: heard.append(sealed.recv(1))) as url:
        why = slow(fetch(tmp_path, place, Offer(url, NOBODY)))
    assert why.endswith("is not deskprov: it shows another certificate")
    assert heard == [b""]
    assert not place.exists()


def test_what_breaks_off_or_says_nothing_or_nonsense_does_not_come(tmp_path: Path, place: Path) -> None:
    half = b"HTTP/1.0 200 OK\r\nContent-Length: 256000\r\n\r\n" + CONTENT[:1000]
    silent = threading.Event()
    with impostor(tmp_path, lambda sealed: sealed.sendall(half)) as url:
        assert slow(fetch(tmp_path, place, Offer(url, PIN))) == "it broke off after 1000 of 256000 bytes"
    with impostor(tmp_path, lambda sealed: sealed.sendall(b"x" * 5000)) as url:
        assert "is not understood" in slow(fetch(tmp_path, place, Offer(url, PIN)))
    with impostor(tmp_path, lambda sealed: silent.wait(20)) as url:
        assert slow(fetch(tmp_path, place, Offer(url, PIN))) == "Connection timed out", "in the words of Linux"
        silent.set()
    assert not place.exists()


def test_what_a_killed_fetch_has_left_goes_with_the_next(tmp_path: Path, source: Path, place: Path) -> None:
    (place.parent / OF_ANOTHER).write_bytes(b"is being fetched")
    with FileServer().offering(HERE, {"a": source}) as offers:
        under_way(place).write_bytes(CONTENT[:1000])
        assert fetch(tmp_path, place, offers["a"], check=True).changed
        assert fetch(tmp_path, place, offers["a"]).changed
    for offer in (Offer(trouble="no port"), Offer("https://127.0.0.1:1/x", PIN)):
        under_way(place).write_bytes(CONTENT[:1000])
        assert not fetch(tmp_path, place, offer).changed, "it is there"
    assert place.read_bytes() == CONTENT
    assert (place.parent / OF_ANOTHER).read_bytes() == b"is being fetched"


def test_nobody_there_no_server_and_a_missing_folder_are_said(tmp_path: Path, place: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
    why = slow(fetch(tmp_path, place, Offer(f"https://127.0.0.1:{port}/x", NOBODY)))
    assert why.startswith(f"the PC does not reach deskprov's file server at 127.0.0.1:{port} (")
    assert slow(fetch(tmp_path, place, Offer(trouble="no port"))) == "no port"
    nowhere = fetch(tmp_path, place, Offer(trouble="x"), Path=str(place.parent / "none" / "a"))
    assert nowhere.failed == f"Destination directory '{place.parent / 'none'}' does not exist"
    folder = fetch(tmp_path, place, Offer(trouble="x"), Path=str(place.parent))
    assert folder.failed == f"path {place.parent} is a folder"


@contextmanager
def impostor(folder: Path, then: Callable[[ssl.SSLSocket], Any]) -> Iterator[str]:
    """A server for one connection, which does `then` after the handshake and ends."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    pem = KEY.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()) + CERTIFICATE.public_bytes(Encoding.PEM)
    (folder / "impostor.pem").write_bytes(pem)
    context.load_cert_chain(folder / "impostor.pem")
    with socket.create_server(("127.0.0.1", 0)) as listener:

        def serve() -> None:
            with listener.accept()[0] as plain, context.wrap_socket(plain, server_side=True) as sealed:
                then(sealed)

        server = threading.Thread(target=serve, daemon=True)
        server.start()
        yield f"https://127.0.0.1:{listener.getsockname()[1]}/x"
        server.join(30)
