"""The files and folders in a state: from the folded path to what is there. A file's content is in base64, and what is
large is compressed before.

Folders on the way to one that is there are there, too. Only drive C exists.
"""

import base64
import hashlib
import re
import zlib
from collections.abc import Mapping
from typing import Any

from deskprov.model.practice_models import State
from deskprov.model.serving import LARGE

TEMPORARY = r"C:\Users\deskprov\AppData\Local\Temp"
_OF_EVERYONE = ("Desktop", "Documents", "Downloads", "Music", "Pictures", "Videos")
_START_MENU = r"C:\ProgramData\Microsoft\Windows\Start Menu"
ROOTS = {
    path.lower()
    for path in (
        "C:",
        r"C:\Windows",
        r"C:\Windows\System32",
        r"C:\Windows\Temp",
        r"C:\Windows\Web\Wallpaper",
        r"C:\Program Files",
        r"C:\Program Files (x86)",
        r"C:\ProgramData",
        _START_MENU,
        rf"{_START_MENU}\Programs",
        rf"{_START_MENU}\Programs\StartUp",
        r"C:\Users",
        r"C:\Users\Default",
        r"C:\Users\Public",
        *(rf"C:\Users\Public\{name}" for name in _OF_EVERYONE),
        TEMPORARY,
    )
}
"""Folders that every Windows has."""
NAME = re.compile(r'[^<>:"/\\|?*\x00-\x1f]{1,255}\Z')
"""What a part of a path may be (learn.microsoft.com: Naming files, paths, and namespaces)."""

VARIABLES = {
    "temp": TEMPORARY,
    "tmp": TEMPORARY,
    "systemroot": r"C:\Windows",
    "windir": r"C:\Windows",
    "systemdrive": "C:",
    "programfiles": r"C:\Program Files",
    "programdata": r"C:\ProgramData",
    "allusersprofile": r"C:\ProgramData",
    "public": r"C:\Users\Public",
    "userprofile": r"C:\Users\deskprov",
}


def normal(path: str) -> str:
    """The path without variables, with backslashes, and without one at its end. Raises `ValueError`."""
    whole = re.sub(r"%([^%]+)%", lambda found: VARIABLES.get(found[1].lower(), found[0]), path)
    drive, *parts = [part for part in whole.replace("/", "\\").split("\\") if part not in ("", ".")]
    if drive.lower() != "c:":
        raise ValueError(f"Cannot find drive. A drive with the name '{drive.removesuffix(':')}' does not exist.")
    for part in parts:
        if not NAME.match(part) or part.endswith((" ", ".")):
            raise ValueError(f"The given path's format is not supported: {path}")
    return "\\".join(["C:", *parts])


def find(state: State, path: str) -> Mapping[str, Any] | None:
    """What is at a normal path."""
    found: Mapping[str, Any] | None = state["files"].get(path.lower())
    return found or ({"path": path, "folder": True} if path.lower() in ROOTS else None)


def is_folder(state: State, path: str) -> bool:
    """True for a folder."""
    found = find(state, path)
    return found is not None and found["folder"]


def make_folder(state: State, path: str) -> None:
    """Makes the folder and those above it. Raises `ValueError` when a file is in the way."""
    parts = path.split("\\")
    for length in range(1, len(parts) + 1):
        part = "\\".join(parts[:length])
        if find(state, part) is None:
            state["files"][part.lower()] = {"path": part, "folder": True}
        elif not is_folder(state, part):
            raise ValueError(f"path {part} is not a directory")


def write(state: State, path: str, content: bytes) -> None:
    """Puts a file there, in place of an earlier one. Raises `ValueError` when there is no room for it."""
    if not has_room(state, len(content)):
        raise ValueError(f"There is not enough space on the disk. : '{path}'")
    before = state["files"].get(path.lower())
    kept = {name: value for name, value in (before or {}).items() if name not in ("content", "compressed")}
    small = len(content) < LARGE
    text = base64.b64encode(content if small else zlib.compress(content, 1)).decode("ascii")
    state["files"][path.lower()] = {"path": path, "folder": False, **kept, "content" if small else "compressed": text}


def has_room(state: State, size: int) -> bool:
    """True when so many bytes fit onto the disk, which is nearly empty unless the state says how many are free."""
    return bool(size <= state["machine"].get("free", 2**40))


def read(entry: Mapping[str, Any]) -> bytes:
    """The content of a file."""
    if "compressed" in entry:
        return zlib.decompress(base64.b64decode(entry["compressed"]))
    return base64.b64decode(entry["content"])


def checksum(entry: Mapping[str, Any]) -> str:
    """The SHA-1 by which Ansible compares files."""
    return hashlib.sha1(read(entry), usedforsecurity=False).hexdigest()


def remove(state: State, path: str) -> bool:
    """Takes away what is there and all below; True when there was something."""
    below = path.lower() + "\\"
    gone = [each for each in state["files"] if each == path.lower() or each.startswith(below)]
    for each in gone:
        del state["files"][each]
    return bool(gone)


def entries(state: State, path: str) -> int:
    """How many files and folders are right in a folder."""
    return sum(parent(each) == path.lower() for each in state["files"])


def parent(path: str) -> str:
    """The folder above."""
    return path.rpartition("\\")[0]
