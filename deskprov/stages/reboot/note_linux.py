"""Runs on the machine: writes down what it must reboot for, where the reboot itself takes it away; none removes it."""

import json
import os

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

NOTE = "/run/deskprov-reboot.json"


def look(argument: "list[Any]") -> bool:
    if not argument:
        if os.path.exists(NOTE):
            os.unlink(NOTE)
        return True
    descriptor = os.open(NOTE, os.O_WRONLY | os.O_CREAT | os.O_TRUNC | os.O_NOFOLLOW, 0o600)
    with os.fdopen(descriptor, "w") as file:
        json.dump(argument, file)
    return True
