"""Runs on the machine, by its own timer: brings back what was saved of our way in, and says so.

A lock decides between this and a confirmation that comes at the same moment: whoever has it first finds what was saved.
Whatever fails, the rest is brought back all the same.
"""

import base64
import fcntl
import json
import os
import shutil
import subprocess

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Any

FOLDER = "/var/lib/deskprov/undo"
SAVED = FOLDER + "/saved.json"
UNDONE = FOLDER + "/undone.json"
LOCK = "/run/deskprov-undo.lock"
UNITS = ("deskprov-undo.timer", "timers.target.wants/deskprov-undo.timer", "deskprov-undo.service")
ACCOUNTS_LOCK = "/etc/.pwd.lock"


def main() -> None:
    with open(LOCK, "w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not os.path.exists(SAVED):
            return
        with open(SAVED, encoding="utf-8") as file:
            saved = json.load(file)
        problems: list[str] = []
        for step in (_things, _accounts, _ruleset, _services):
            _attempt(step, saved, problems)
        undone = {"token": saved["token"], "changes": saved["changes"], "problems": problems}
        _write(UNDONE, json.dumps(undone).encode(), 0o600, 0, 0)
        os.unlink(SAVED)
        for unit in UNITS:
            if os.path.lexists("/etc/systemd/system/" + unit):
                os.unlink("/etc/systemd/system/" + unit)
    subprocess.run(["systemctl", "daemon-reload"])
    if saved["reboots"]:
        subprocess.run(["systemctl", "--no-block", "reboot"])


def _attempt(
    step: "Callable[[dict[str, Any], list[str]], None]", saved: "dict[str, Any]", problems: "list[str]"
) -> None:
    try:
        step(saved, problems)
    except Exception as error:  # what comes after it must be brought back all the same
        problems.append(f"{type(error).__name__}: {error}")


def _things(saved: "dict[str, Any]", problems: "list[str]") -> None:
    known = {thing["path"] for thing in saved["things"]}
    for root in saved["roots"]:
        for folder, folders, files in os.walk(root, topdown=False):
            for path in (folder + "/" + name for name in files + folders):
                if path not in known:
                    _remove(path)
    for thing in saved["things"]:
        try:
            _restore(thing)
        except OSError as error:
            problems.append("{}: {}".format(thing["path"], error.strerror or error))


def _restore(thing: "dict[str, Any]") -> None:
    path, kind = thing["path"], thing["kind"]
    if kind == "absent":
        _remove(path)
    elif kind == "folder":
        if os.path.islink(path) or not os.path.isdir(path):
            _remove(path)
            os.makedirs(path)
        os.chown(path, thing["uid"], thing["gid"])
        os.chmod(path, thing["mode"])
    elif kind == "link":
        if not (os.path.islink(path) and os.readlink(path) == thing["target"]):
            _remove(path)
            os.symlink(thing["target"], path)
    elif kind == "file" and not _is_as_before(thing):
        _write(path, base64.b64decode(thing["content"]), thing["mode"], thing["uid"], thing["gid"])


def _is_as_before(thing: "dict[str, Any]") -> bool:
    path = thing["path"]
    if os.path.islink(path) or not os.path.isfile(path):
        return False
    about = os.lstat(path)
    with open(path, "rb") as file:
        same = file.read() == base64.b64decode(thing["content"])
    return same and (about.st_mode & 0o7777, about.st_uid, about.st_gid) == (thing["mode"], thing["uid"], thing["gid"])


def _remove(path: str) -> None:
    """A folder goes only when it is empty: what is in it is not ours."""
    if os.path.isdir(path) and not os.path.islink(path):
        if not os.listdir(path):
            os.rmdir(path)
    elif os.path.lexists(path):
        os.unlink(path)


def _write(path: str, content: bytes, mode: int, uid: int, gid: int) -> None:
    if os.path.isdir(path) and not os.path.islink(path):
        os.rename(path, path + ".taken-back")
    new = path + ".deskprov-undo"
    with open(os.open(new, os.O_WRONLY | os.O_CREAT | os.O_TRUNC | os.O_NOFOLLOW, 0o600), "wb") as file:
        os.fchown(file.fileno(), uid, gid)
        os.fchmod(file.fileno(), mode)
        file.write(content)
        file.flush()
        os.fsync(file.fileno())
    os.rename(new, path)


def _accounts(saved: "dict[str, Any]", problems: "list[str]") -> None:
    """The account's own lines, its memberships, and the groups that make an administrator; all others stay."""
    login, before = saved["login"], saved["accounts"]
    with open(ACCOUNTS_LOCK, "w") as lock:
        fcntl.lockf(lock, fcntl.LOCK_EX)
        for name, restored in (("passwd", _account), ("shadow", _account), ("group", _groups), ("gshadow", _groups)):
            _change("/etc/" + name, before[name], login, restored)


def _change(
    path: str, before: "list[str]", login: str, restored: "Callable[[list[str], list[str], str], list[str]]"
) -> None:
    if not os.path.exists(path):
        return
    with open(path, encoding="utf-8", errors="surrogateescape") as file:
        now = file.read().splitlines()
    after = restored(now, before, login)
    if after != now:
        about = os.stat(path)
        content = "".join(line + "\n" for line in after).encode("utf-8", "surrogateescape")
        _write(path, content, about.st_mode & 0o7777, about.st_uid, about.st_gid)


def _account(now: "list[str]", before: "list[str]", login: str) -> "list[str]":
    return _own_line(now, before, (login,))


def _own_line(now: "list[str]", before: "list[str]", names: "tuple[str, ...]") -> "list[str]":
    """The lines of these names as they were, in place; those of others as they are."""
    old = {line.split(":")[0]: line for line in before}
    here = [line.split(":")[0] for line in now]
    kept = [old.get(name, "") if name in names else line for name, line in zip(here, now)]
    return [line for line in kept if line] + [old[name] for name in names if name in old and name not in here]


def _groups(now: "list[str]", before: "list[str]", login: str) -> "list[str]":
    old = {line.split(":")[0]: line for line in before}
    result = []
    for line in _own_line(now, before, (login, "sudo")):
        fields = line.split(":")
        members = [member for member in fields[-1].split(",") if member and member != login]
        if fields[0] in old and login in old[fields[0]].split(":")[-1].split(","):
            members.append(login)
        same = set(members) == set(filter(None, fields[-1].split(",")))
        result.append(line if same else ":".join([*fields[:-1], ",".join(members)]))
    return result


def _ruleset(saved: "dict[str, Any]", problems: "list[str]") -> None:
    if saved["ruleset"] is None or shutil.which("nft") is None:
        return
    now = subprocess.run(["nft", "list", "ruleset"], stdout=subprocess.PIPE, text=True).stdout
    if now != saved["ruleset"]:
        subprocess.run(["nft", "-f", "-"], input="flush ruleset\n" + saved["ruleset"], text=True, check=True)


def _services(saved: "dict[str, Any]", problems: "list[str]") -> None:
    subprocess.run(["systemctl", "daemon-reload"], check=True)
    for unit in saved["active"]:
        subprocess.run(["systemctl", "reset-failed", unit], stderr=subprocess.DEVNULL)
        subprocess.run(["systemctl", "restart", unit], check=True)


if __name__ == "__main__":
    main()
