"""Runs on the machine: whom a symbolic link itself belongs to, or None."""

import grp
import os
import pwd
import stat


def look(path: str) -> "dict[str, str] | None":
    try:
        about = os.lstat(path)
    except (FileNotFoundError, NotADirectoryError):
        return None
    if not stat.S_ISLNK(about.st_mode):
        return None
    return {"owner": _owner(about.st_uid), "group": _group(about.st_gid)}


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
