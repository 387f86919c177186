"""win_hostname: a name that is in force after the next reboot."""

import re
from collections.abc import Mapping
from typing import Any

from deskprov.model.practice_models import ModuleFailed, State

NAME = re.compile(r"(?![0-9]+\Z)[A-Za-z0-9-]{1,15}\Z")
"""What NetBIOS and DNS both take (learn.microsoft.com: Naming conventions in Active Directory)."""


def win_hostname(state: State, arguments: Mapping[str, Any]) -> Mapping[str, Any]:
    """Notes the new name; `old_name` is the one in force."""
    name = arguments["name"]
    before = state["name"]
    if name.lower() == before.lower():
        return {"old_name": before, "reboot_required": False}
    if not NAME.match(name):
        raise ModuleFailed(f"Failed to rename computer to '{name}': the new name is not valid on Windows")
    state["pending_name"] = name
    return {"changed": True, "old_name": before, "reboot_required": True}
