"""Which file system a folder is on, and what kind it is."""

import os
from pathlib import Path

from deskprov.model.workplace import Volume

MOUNTS = Path("/proc/self/mounts")


def volume(folder: Path) -> Volume:
    """The file system of a folder, or of the nearest folder above it that is there. Only Linux tells the kind."""
    there = next(place for place in (folder, *folder.parents) if place.exists())
    return Volume(str(folder), kind_of(there.resolve()), os.access(there, os.W_OK | os.X_OK))


def kind_of(folder: Path, mounts: Path = MOUNTS) -> str:
    """The kind of the innermost mount that holds the folder; of several on one place the last is the one seen."""
    try:
        lines = mounts.read_text("utf-8", "replace").splitlines()
    except OSError:
        return ""
    found, deepest = "", -1
    for line in lines:
        _, escaped, kind = line.split(" ")[:3]
        mount = Path(escaped.replace("\\040", " "))
        if folder.is_relative_to(mount) and len(mount.parts) >= deepest:
            found, deepest = kind, len(mount.parts)
    return found
