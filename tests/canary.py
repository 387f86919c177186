"""Secrets made to be looked for: a run must leave them nowhere, in no form, on the controller or on the machine.

Whoever adds something that handles secrets takes the fixture `canaries`, gives each kind of secret a value of it, and
ends with `nowhere`. What a person must be able to trust is that the search would find it; `test_canary.py` shows that.
"""

import base64
import hashlib
import json
import os
import re
import secrets
import threading
import time
import urllib.parse
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from deskprov.adapters.secrets import HASH_ROUNDS

PAUSE_SECONDS = 0.02
CHUNK = 1 << 22
OVERLAP = 1 << 12

CONTROLLER = (
    *(Path("/dev/shm"), Path("/tmp"), Path("/var/tmp"), Path("/run/lock")),
    *(
        Path.home() / name
        for name in (".ansible", ".ssh", ".config", ".local/state", ".local/share", ".cache/deskprov")
    ),
)
"""Where a program of this user may leave something, besides the site."""

OURS = f"$6$rounds={HASH_ROUNDS}$".encode()
"""How a hash begins that was made here and not by the machine; with a random salt it cannot be known beforehand."""

ON_MACHINE = """
import json, os, re, sys
order = json.load(sys.stdin)
needle = re.compile(bytes.fromhex(order["pattern"]))
for base, folders, files in os.walk(order["root"]):
    folders[:] = [f for f in folders if os.path.join(base, f) not in ("/proc", "/sys") and not os.path.islink(f)]
    for name in files:
        path = os.path.join(base, name)
        try:
            if os.path.islink(path) or not os.path.isfile(path) or os.stat(path).st_ctime < order["since"]:
                continue
            if path in order["but"]:
                continue
            with open(path, "rb") as file:
                if needle.search(file.read()):
                    print(path)
        except OSError:
            continue
"""


def forms(secret: str) -> Mapping[str, bytes]:
    """The secret as it might be found, by the name of the form; base64 at each of its three alignments."""
    raw, wide = secret.encode(), secret.encode("utf-16-le")
    return {
        "raw": raw,
        "url": urllib.parse.quote(secret, safe="").encode(),
        "json": json.dumps(secret)[1:-1].encode(),
        "utf-16le": wide,
        "hex": raw.hex().encode(),
        **{f"base64+{shift}": _inner_base64(raw, shift) for shift in range(3)},
        **{f"base64 of utf-16le+{shift}": _inner_base64(wide, shift) for shift in range(3)},
        **{name: hashlib.new(name, raw).hexdigest().encode() for name in ("md5", "sha1", "sha256", "sha512")},
    }


def _inner_base64(data: bytes, shift: int) -> bytes:
    """What is seen of the data in base64 when it begins `shift` bytes into a group of three, whatever is around it."""
    text = base64.b64encode(b"\0" * shift + data).rstrip(b"=")
    return text[4 if shift else 0 : -2]


@dataclass(frozen=True)
class Canaries:
    """Values to be used as secrets, by purpose. Only files that changed since they were made can hold them."""

    values: Mapping[str, str]
    since: float = field(default_factory=time.time)

    @property
    def pattern(self) -> "re.Pattern[bytes]":
        """Matches any form of any of the values, and any hash made here."""
        needles = [needle for value in self.values.values() for needle in forms(value).values()]
        return re.compile(b"|".join(map(re.escape, [*needles, OURS])))

    def what(self, data: bytes) -> list[str]:
        """Which secrets are in the data, and in which form."""
        return [
            f"{purpose} ({form})"
            for purpose, value in self.values.items()
            for form, needle in forms(value).items()
            if needle in data
        ] + (["a hash made here"] if OURS in data else [])

    def in_files(self, folders: Iterable[Path], but: Callable[[Path], bool] = lambda path: False) -> list[str]:
        """Every file below the folders that holds one, with what it holds; `but` says where they lie by right."""
        pattern = self.pattern
        found = []
        for path in self._changed(folders):
            if not but(path) and _matches(path, pattern):
                found.append(f"{path}: {', '.join(self.what(path.read_bytes()))}")
        return found

    def _changed(self, folders: Iterable[Path]) -> Iterator[Path]:
        for folder in folders:
            for base, _, names in os.walk(folder):  # which bears what goes away meanwhile
                for path in (Path(base, name) for name in names):
                    try:
                        if path.is_file() and not path.is_symlink() and path.stat().st_ctime >= self.since - 1:
                            yield path
                    except OSError:
                        continue

    def in_processes(self, but: frozenset[int] = frozenset()) -> set[str]:
        """Arguments and environments of processes that hold one, those on practice machines included."""
        pattern = self.pattern
        found = set()
        for folder in Path("/proc").glob("[0-9]*"):
            if int(folder.name) in but:
                continue
            for kind in ("cmdline", "environ"):
                if pattern.search(data := _read(folder / kind)):
                    name = _read(folder / "comm").decode("utf-8", "replace").strip()
                    found.add(f"{kind} of {name}: {', '.join(self.what(data))}")
        return found

    @contextmanager
    def watched(self, but: frozenset[int] = frozenset()) -> Iterator[set[str]]:
        """Samples all processes and the shared memory as long as it lasts; yields what it finds."""
        found: set[str] = set()
        ended = threading.Event()

        def look() -> None:
            while not ended.wait(PAUSE_SECONDS):
                found.update(self.in_processes(but), self.in_files([Path("/dev/shm")]))

        thread = threading.Thread(target=look)
        thread.start()
        try:
            yield found
        finally:
            ended.set()
            thread.join()

    def search_on_machine(self, root: str = "/", but: Sequence[str] = ()) -> tuple[str, bytes]:
        """A Python program that prints the files of a machine that hold one, and what it wants on standard input.

        `but` are files in which one lies by right.
        """
        order = {"root": root, "pattern": self.pattern.pattern.hex(), "since": self.since - 1, "but": list(but)}
        return ON_MACHINE, json.dumps(order).encode()


def new_canaries(purposes: Sequence[str]) -> Canaries:
    """Fresh values with what programs stumble over: spaces, quotes, letters that each encoding writes its own way."""
    return Canaries({purpose: f"{purpose} canary {secrets.token_hex(8)}/é+ß&\"'$" for purpose in purposes})


def _matches(path: Path, pattern: "re.Pattern[bytes]") -> bool:
    try:
        with path.open("rb") as file:
            tail = b""
            while chunk := file.read(CHUNK):
                if pattern.search(tail + chunk):
                    return True
                tail = chunk[-OVERLAP:]
    except OSError:  # it went away, or is no ordinary file
        return False
    return False


def _read(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError:
        return b""
