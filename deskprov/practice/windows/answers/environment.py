"""An environment variable of the computer."""

from typing import Any

from deskprov.practice.windows.computer import State


def look(state: State, argument: Any) -> Any:
    """In the form of resources/environment/probe_windows.ps1."""
    found = state["environment"].get(argument.lower())
    return {"value": found["value"]} if found else None
