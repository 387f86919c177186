"""Removing a group on a practice PC."""

from collections.abc import Mapping
from typing import Any

from deskprov.model.practice_models import ModuleFailed, PracticeModels, State

_BUILT_IN = "S-1-5-32-"


def remove(state: State, parameters: Mapping[str, Any]) -> Mapping[str, Any]:
    """As change_windows.ps1."""
    name = parameters["Name"]
    found = state["groups"].get(name.lower())
    if found and found["sid"].startswith(_BUILT_IN):
        raise ModuleFailed(f"The group {name} is part of Windows and stays. Take it out of the profile.")
    state["groups"].pop(name.lower(), None)
    return {"changed": found is not None}


def add_members(state: State, parameters: Mapping[str, Any]) -> Mapping[str, Any]:
    """As change_members_windows.ps1. The table `domain_accounts` has the names that a domain controller would know."""
    name, sid = parameters["Name"], parameters.get("Sid")
    groups = state["groups"].values()
    found = next((g for g in groups if (g["sid"] == sid if sid else g["name"].lower() == name.lower())), None)
    if found is None:
        raise ModuleFailed(f"There is no group {name}.")
    others = found.setdefault("others", [])
    there = {member.casefold() for member in others}
    missing = [member for member in parameters["Members"] if member.casefold() not in there]
    for member in missing:
        if member.casefold() not in state.get("domain_accounts", {}):
            raise ModuleFailed(f"Windows knows no {member}. Is this computer in that domain, and does it reach it now?")
        others.append(member)
    return {"changed": bool(missing)}


MODELS = PracticeModels(
    fresh={"domain_accounts": {}}, scripts={"change_windows.ps1": remove, "change_members_windows.ps1": add_members}
)
