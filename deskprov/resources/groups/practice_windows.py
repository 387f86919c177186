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


MODELS = PracticeModels(scripts={"change_windows.ps1": remove})
