"""Runs on the machine: which life it is in, and what is left for the next; asked for, whether this one is ending."""

import json
import os

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

BOOT = "/proc/sys/kernel/random/boot_id"
NOTE = "/run/deskprov-reboot.json"
UNDO = "/var/lib/deskprov/undo/saved.json"
UNDONE = "/var/lib/deskprov/undo/undone.json"


def look(asks_for_end: bool) -> "dict[str, Any]":
    return {
        "boot": _text(BOOT),
        "state": _state() if asks_for_end else "",
        "left_to_do": json.loads(_text(NOTE) or "[]"),
        "unconfirmed": os.path.exists(UNDO),
        "taken_back": json.loads(_text(UNDONE) or "{}").get("changes", []),
    }


def _state() -> str:
    import subprocess

    return subprocess.run(["systemctl", "is-system-running"], stdout=subprocess.PIPE, text=True).stdout.strip()


def _text(path: str) -> str:
    try:
        with open(path, encoding="utf-8", errors="replace") as file:
            return file.read(65536).strip()
    except OSError:
        return ""
