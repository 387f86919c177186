"""Runs on the machine: an account, without its password or hash, or None; a value that is not known is None.

Keys are not known when the way to them leads over a symbolic link: Ansible, as root, would follow it to wherever the
account's owner likes.
"""

import grp
import os
import pwd
import time

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

SHADOW = "/etc/shadow"
ADMINISTRATORS = "sudo"
NO_PASSWORD = ("", "!", "!!", "*", "!*")
SECONDS_OF_A_DAY = 86400
LARGEST_KEY_FILE = 65536


def look(argument: "list[Any]") -> "dict[str, Any] | None":
    name, asks_for_keys = argument
    try:
        account = pwd.getpwnam(name)
    except KeyError:
        return None
    group = _group(account.pw_gid)
    groups = [group] + [other.gr_name for other in grp.getgrall() if name in other.gr_mem]
    administers = account.pw_uid == 0 or ADMINISTRATORS in groups
    about = {
        "uid": account.pw_uid,
        "group": group,
        "groups": groups,
        "role": "administrator" if administers else "standard",
        "full_name": os.fsencode(account.pw_gecos).decode("utf-8", "replace").rstrip(","),
        "home": account.pw_dir,
        "shell": account.pw_shell,
        "authorized_keys": _keys(account.pw_dir + "/.ssh") if asks_for_keys else None,
    }
    about.update(_shadow(name))
    return about


def _group(gid: int) -> str:
    try:
        return grp.getgrgid(gid).gr_name
    except KeyError:
        return str(gid)


def _shadow(name: str) -> "dict[str, Any]":
    """What shadow(5) says: whether there is a password, and the day from which on nobody can log in."""
    with open(SHADOW, encoding="utf-8", errors="replace") as file:
        for line in file:
            fields = line.rstrip("\n").split(":")
            if fields[0] == name and len(fields) == 9:
                return {"has_password": fields[1] not in NO_PASSWORD, "expires": _day(fields[7])}
    return {}


def _day(days: str) -> str:
    if not days or int(days) < 0:
        return "never"
    return time.strftime("%Y-%m-%d", time.gmtime(int(days) * SECONDS_OF_A_DAY))


def _keys(folder: str) -> "list[str] | None":
    path = folder + "/authorized_keys"
    if os.path.islink(folder) or os.path.islink(path):
        return None
    if not os.path.exists(path):
        return []
    with open(path, encoding="utf-8", errors="replace") as file:
        text = file.read(LARGEST_KEY_FILE + 1)
    if len(text) > LARGEST_KEY_FILE:
        return None
    lines = [" ".join(line.split()) for line in text.splitlines()]
    return [line for line in lines if line and not line.startswith("#")]
