"""Row 10: a package file that is not the one which the reviewed profile states starts no process, however it got there.

A real HTTP server, a real machine, real packages whose scripts leave a trace when they run.
"""

import hashlib
import http.server
import json
import threading
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.end_to_end.bench import Bench, statuses
from tests.reliability.deb import package

pytestmark = pytest.mark.practice

PRIVATE = "/var/cache/deskprov"
SWAPPED = "/root/swapped"
SWAPS_FIRST = f"""#!/bin/sh
if [ -e {PRIVATE}/bad-swapped.deb ]; then
    cp /root/other.deb {PRIVATE}/bad-swapped.deb && touch {SWAPPED}
fi
exec /usr/bin/python3.real "$@"
"""
"""In place of the machine's Python, with which Ansible does every step: once fetched, the file is another one before
whatever comes next, however that looks at it."""


@dataclass(frozen=True)
class Download:
    """What the server sends under a name, and what the profile states of it."""

    sent: bytes
    stated: str
    version: str = ""


def downloads(folder: Path) -> dict[str, Download]:
    """Every way to send another file than the one that was reviewed, and last the right one."""

    def sha256(content: bytes) -> str:
        return hashlib.sha256(content).hexdigest()

    right = {
        name: package(folder, name) for name in ("bad-flipped", "bad-shorter", "bad-redirect", "bad-swapped", "good")
    }
    flipped = bytearray(right["bad-flipped"])
    flipped[-1] ^= 1
    older = package(folder, "bad-older", "1.0")
    newer = package(folder, "bad-older", "2.0")
    another = package(folder, "another")
    return {
        "bad-flipped": Download(bytes(flipped), sha256(right["bad-flipped"])),
        "bad-shorter": Download(right["bad-shorter"][:-1], sha256(right["bad-shorter"])),
        "bad-redirect": Download(b"", sha256(right["bad-redirect"])),
        "bad-older": Download(older, sha256(newer)),
        "bad-version": Download(package(folder, "bad-version", "1.0"), sha256_of(folder, "bad-version-1.0"), "2.0"),
        "bad-name": Download(another, sha256(another)),
        "bad-swapped": Download(right["bad-swapped"], sha256(right["bad-swapped"])),
        "good": Download(right["good"], sha256(right["good"]), "2.0"),
    }


def sha256_of(folder: Path, name: str) -> str:
    """The hash of a package made before."""
    return hashlib.sha256((folder / f"{name}.deb").read_bytes()).hexdigest()


@pytest.fixture(scope="module")
def offered(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[int, dict[str, Download]]]:
    """An HTTP server on the loopback address, which the machine shares; its port, and what it sends."""
    there = downloads(tmp_path_factory.mktemp("packages"))

    class Handler(http.server.BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            name = self.path.strip("/").removesuffix(".deb")
            if name == "bad-redirect":
                self.send_response(302)
                self.send_header("Location", "/bad-older.deb")
                self.end_headers()
                return
            self.send_response(200)
            self.send_header("Content-Length", str(len(there[name].sent)))
            self.end_headers()
            self.wfile.write(there[name].sent)

        def log_message(self, *arguments: object) -> None:
            pass

    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield server.server_address[1], there
        server.shutdown()


def test_only_the_reviewed_file_is_started(
    bench: Bench, offered: tuple[int, dict[str, Download]], tmp_path: Path
) -> None:
    port, there = offered
    software = [
        {
            "name": name,
            "url": f"http://127.0.0.1:{port}/{name}.deb",
            "sha256": download.stated,
            **({"version": download.version} if download.version else {}),
        }
        for name, download in there.items()
    ]
    bench.profile("lab", f"software: {json.dumps(software)}\n")
    bench.on("practice-1", "sh", "-c", "cat > /root/other.deb", stdin=package(tmp_path, "bad-swapped", "6.6"))
    bench.on("practice-1", "mv", "/usr/bin/python3", "/usr/bin/python3.real")
    wrapper = "cat > /usr/bin/python3; chmod 755 /usr/bin/python3"
    bench.on("practice-1", "sh", "-c", wrapper, stdin=SWAPS_FIRST.encode())
    run = bench.data("setup", "practice-1", "--profile", "lab", "--yes", "--json", status=1)
    found = statuses(run, "practice-1")
    assert found == {f"software/{name}": "failed" if name != "good" else "changed" for name in there}
    assert bench.on("practice-1", "sh", "-c", "ls /var/tmp | grep ran-").split() == [b"ran-good"]
    bench.on("practice-1", "test", "-e", SWAPPED)
    messages = {r["resource"]: r["message"] for r in run["hosts"][0]["results"]}
    assert "another SHA-256" in messages["software/bad-swapped"]
    assert "another version" in messages["software/bad-version"]
    assert "another package" in messages["software/bad-name"]
    assert bench.on("practice-1", "stat", "-c", "%U %a", PRIVATE) == b"root 700\n"
