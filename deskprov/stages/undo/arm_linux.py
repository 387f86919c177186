"""Runs on the machine: saves what our way in is made of, and sets a timer that brings it back; nothing else changes.

The timer is a unit of its own, with files, so that it outlives a power cut: after a boot it begins anew. Fails, and
leaves nothing armed, when anything cannot be saved.
"""

import base64
import json
import os
import pwd
import shutil
import stat
import subprocess

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

FOLDER = "/var/lib/deskprov/undo"
SAVED = FOLDER + "/saved.json"
UNITS = "/etc/systemd/system"
TIMER = "deskprov-undo.timer"
SERVICE = "deskprov-undo.service"
SSH_UNITS = ("ssh.socket", "ssh.service")
LARGEST = 32 * 1024 * 1024

SERVICE_TEXT = """\
[Unit]
Description=Takes back a change by deskprov that nobody has confirmed

[Service]
Type=oneshot
ExecStart=/usr/bin/python3 -I -S %s/undo.py
"""
TIMER_TEXT = """\
[Unit]
Description=Takes back a change by deskprov unless deskprov confirms it

[Timer]
OnActiveSec=%ds
AccuracySec=1s

[Install]
WantedBy=timers.target
"""


def look(argument: "list[Any]") -> "dict[str, str]":
    token, seconds, undo, login, reboots, changes, places, paths = argument
    if os.path.exists(SAVED):
        return {"problem": "another change of the way in is not confirmed yet"}
    account = pwd.getpwnam(login)
    roots = [*places, account.pw_dir + "/.ssh"]
    saved = {
        "token": token,
        "login": login,
        "reboots": reboots,
        "changes": changes,
        "roots": roots,
        "things": _things(roots, [account.pw_dir, *paths]),
        "accounts": {name: _lines("/etc/" + name) for name in ("passwd", "shadow", "group", "gshadow")},
        "ruleset": _output(["nft", "list", "ruleset"]),
        "active": [unit for unit in SSH_UNITS if _succeeds(["systemctl", "is-active", unit])],
    }
    shutil.rmtree(FOLDER, ignore_errors=True)
    os.makedirs(FOLDER, 0o700)
    os.chmod(FOLDER, 0o700)
    _write(FOLDER + "/undo.py", undo, 0o600)
    _write(UNITS + "/" + SERVICE, SERVICE_TEXT % FOLDER, 0o644)
    _write(UNITS + "/" + TIMER, TIMER_TEXT % seconds, 0o644)
    os.makedirs(UNITS + "/timers.target.wants", 0o755, exist_ok=True)
    wanted = UNITS + "/timers.target.wants/" + TIMER
    if not os.path.islink(wanted):
        os.symlink("../" + TIMER, wanted)
    _write(SAVED, json.dumps(saved), 0o600)
    for command in (["systemctl", "daemon-reload"], ["systemctl", "start", TIMER]):
        subprocess.run(command, check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    if not _succeeds(["systemctl", "is-active", TIMER]):
        os.unlink(SAVED)
        return {"problem": "the machine does not start the timer of the undo"}
    return {"problem": ""}


def _things(roots: "list[str]", paths: "list[str]") -> "list[dict[str, Any]]":
    """Every root with all that is below it, and every path by itself."""
    found = {}
    for root in roots:
        found[root] = _thing(root)
        for folder, folders, files in os.walk(root):
            for name in folders + files:
                found[folder + "/" + name] = _thing(folder + "/" + name)
    for path in paths:
        found.setdefault(path, _thing(path))
    if sum(len(thing.get("content", "")) for thing in found.values()) > LARGEST:
        raise OSError(f"there is more to save than {LARGEST // 1024 // 1024} MiB")
    return list(found.values())


def _thing(path: str) -> "dict[str, Any]":
    try:
        about = os.lstat(path)
    except (FileNotFoundError, NotADirectoryError):
        return {"path": path, "kind": "absent"}
    rights = {"path": path, "mode": stat.S_IMODE(about.st_mode), "uid": about.st_uid, "gid": about.st_gid}
    if stat.S_ISLNK(about.st_mode):
        return {**rights, "kind": "link", "target": os.readlink(path)}
    if stat.S_ISDIR(about.st_mode):
        return {**rights, "kind": "folder"}
    if not stat.S_ISREG(about.st_mode):
        return {**rights, "kind": "other"}
    if about.st_size > LARGEST:
        raise OSError(path + " is too large to be saved")
    with open(os.open(path, os.O_RDONLY | os.O_NOFOLLOW), "rb") as file:
        return {**rights, "kind": "file", "content": base64.b64encode(file.read(LARGEST)).decode("ascii")}


def _lines(path: str) -> "list[str]":
    """The lines of an account file; the undo restores only those of one account."""
    if not os.path.exists(path):
        return []
    with open(path, encoding="utf-8", errors="surrogateescape") as file:
        return file.read().splitlines()


def _output(command: "list[str]") -> "str | None":
    if shutil.which(command[0]) is None:
        return None
    done = subprocess.run(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True)
    return None if done.returncode else done.stdout


def _succeeds(command: "list[str]") -> bool:
    return subprocess.run(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL).returncode == 0


def _write(path: str, text: str, mode: int) -> None:
    """All or nothing, and on the disk before anything is changed."""
    new = path + ".new"
    with open(os.open(new, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, mode), "w", encoding="utf-8") as file:
        file.write(text)
        file.flush()
        os.fsync(file.fileno())
    os.chmod(new, mode)
    os.rename(new, path)
