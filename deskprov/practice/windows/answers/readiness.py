"""What a practice PC says when it is examined. Its clock is that of the controller, `clock_off` seconds ahead."""

import time
from typing import Any

from deskprov.model.practice_models import State
from deskprov.practice.windows.local_accounts import token_filter

GIB = 2**30
TICKS_1970 = 621_355_968_000_000_000

CURRENT = r"hklm\software\microsoft\windows\currentversion"


def look(state: State, argument: Any) -> Any:
    """In the form of stages/examine/probe_windows.ps1."""
    machine = state["machine"]
    return {
        "ticks": TICKS_1970 + int((time.time() + machine.get("clock_off", 0)) * 10**7),
        "zone": "UTC",
        "powershell": "5.1.26100.4061",
        "language_mode": "FullLanguage",
        "disks": [{"DeviceID": "C:", "Size": 128 * GIB, "FreeSpace": machine.get("free", 96 * GIB)}],
        "system_drive": "C:",
        "installing": rf"{CURRENT}\installer\inprogress" in state["registry"],
        "batteries": machine.get("batteries", []),
        "token_filter": token_filter(state),
        "failed": {},
    }
