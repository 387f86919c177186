"""Runs on the machine, over a fresh log-in: ends a timed undo. What was changed stays, or is taken back at once.

The lock is the undo's own: while it is being undone, this waits, and then finds that it was.
"""

import fcntl
import json
import os
import shutil
import subprocess
import time

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

FOLDER = "/var/lib/deskprov/undo"
SAVED = FOLDER + "/saved.json"
UNDONE = FOLDER + "/undone.json"
LOCK = "/run/deskprov-undo.lock"
TIMER = "deskprov-undo.timer"
SERVICE = "deskprov-undo.service"
UNITS = (TIMER, "timers.target.wants/" + TIMER, SERVICE)
PATIENCE = 15
PAUSE = 0.1


def look(argument: "list[Any]") -> "dict[str, Any]":
    token, keep = argument
    if not keep and os.path.exists(SAVED):
        _undo_now()
    with open(LOCK, "w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if os.path.exists(SAVED):
            return _kept(token)
        if os.path.exists(UNDONE):
            return _undone(token)
    return {"kept": False, "problems": ["the machine knows nothing of it"]}


def _undo_now() -> None:
    """By the service, so that the end of this connection is not the end of it."""
    subprocess.run(["systemctl", "start", "--no-block", SERVICE], check=True)
    end = time.monotonic() + PATIENCE
    while os.path.exists(SAVED):
        if time.monotonic() > end:
            raise TimeoutError("it is still being taken back")
        time.sleep(PAUSE)


def _kept(token: str) -> "dict[str, Any]":
    with open(SAVED, encoding="utf-8") as file:
        if json.load(file)["token"] != token:
            raise ValueError("another change of the way in is not confirmed yet")
    os.unlink(SAVED)
    subprocess.run(["systemctl", "stop", TIMER], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    for unit in UNITS:
        if os.path.lexists("/etc/systemd/system/" + unit):
            os.unlink("/etc/systemd/system/" + unit)
    subprocess.run(["systemctl", "daemon-reload"], check=True)
    _tidy()
    return {"kept": True, "problems": []}


def _undone(token: str) -> "dict[str, Any]":
    with open(UNDONE, encoding="utf-8") as file:
        undone = json.load(file)
    if token and undone["token"] != token:
        raise ValueError("another change of the way in was taken back")
    _tidy()
    return {"kept": False, "problems": undone["problems"]}


def _tidy() -> None:
    shutil.rmtree(FOLDER)
    for folder in (os.path.dirname(FOLDER), "/etc/systemd/system/timers.target.wants"):
        if not os.listdir(folder):
            os.rmdir(folder)
