"""Looks for a secret everywhere it must not be, on the controller and on the machine, while a run goes on and after."""

import base64
import json
import threading
import urllib.parse
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

PAUSE_SECONDS = 0.02


def forms(secret: str) -> Mapping[str, bytes]:
    """The secret as it might be found."""
    raw = secret.encode()
    return {
        "raw": raw,
        "base64": base64.b64encode(raw).rstrip(b"="),
        "url": urllib.parse.quote(secret, safe="").encode(),
        "json": json.dumps(secret)[1:-1].encode(),
        "utf-16le": secret.encode("utf-16-le"),
    }


def in_files(root: Path, secret: str) -> list[str]:
    """Every file below a folder that holds the secret, with the form found."""
    found = []
    for file in sorted(root.rglob("*")):
        if not file.is_file() or file.is_symlink():
            continue
        try:
            data = file.read_bytes()
        except (FileNotFoundError, PermissionError, OSError):
            continue  # it went away, or is no ordinary file
        found += [f"{file} ({name})" for name, form in forms(secret).items() if form in data]
    return found


@contextmanager
def watched_processes(secret: str, but: frozenset[int] = frozenset()) -> Iterator[set[str]]:
    """Samples arguments and environment of all processes, those on practice machines included; yields what it finds.

    `but` are processes that have the secret by right: the caller, which is where the user put it.
    """
    found: set[str] = set()
    ended = threading.Event()
    needles = list(forms(secret).values())

    def sample() -> None:
        while not ended.wait(PAUSE_SECONDS):
            for folder in Path("/proc").glob("[0-9]*"):
                if int(folder.name) in but:
                    continue
                for kind in ("cmdline", "environ"):
                    try:
                        data = (folder / kind).read_bytes()
                    except OSError:
                        continue
                    if any(needle in data for needle in needles):
                        found.add(f"{kind} of {_name(folder)}")

    thread = threading.Thread(target=sample)
    thread.start()
    try:
        yield found
    finally:
        ended.set()
        thread.join()


def _name(folder: Path) -> str:
    try:
        return (folder / "cmdline").read_bytes().replace(b"\0", b" ").decode("utf-8", "replace")[:200]
    except OSError:
        return folder.name
