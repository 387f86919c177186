"""Runs on the machine: what is at a path, or None; a symbolic link is a link, wherever it leads."""

import grp
import os
import pwd
import stat

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any


def look(path: str) -> "dict[str, Any] | None":
    try:
        about = os.lstat(path)
    except (FileNotFoundError, NotADirectoryError):
        return None
    kind = _kind(about.st_mode)
    is_link = kind == "link"
    return {
        "kind": kind,
        "mode": None if is_link else f"{stat.S_IMODE(about.st_mode):04o}",
        "owner": _owner(about.st_uid),
        "group": _group(about.st_gid),
        "size": about.st_size if kind == "file" else None,
        "entries": len(os.listdir(path)) if kind == "folder" else None,
        "target": os.fsencode(os.readlink(path)).decode("utf-8", "replace") if is_link else None,
    }


def _kind(mode: int) -> str:
    for is_kind, kind in ((stat.S_ISREG, "file"), (stat.S_ISDIR, "folder"), (stat.S_ISLNK, "link")):
        if is_kind(mode):
            return kind
    return "other"


def _owner(uid: int) -> str:
    try:
        return pwd.getpwuid(uid).pw_name
    except KeyError:
        return str(uid)


def _group(gid: int) -> str:
    try:
        return grp.getgrgid(gid).gr_name
    except KeyError:
        return str(gid)
