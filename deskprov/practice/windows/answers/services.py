"""A service in the words of Win32_Service."""

from typing import Any

from deskprov.practice.windows.computer import State

START_MODES = {"auto": "Auto", "delayed": "Auto", "manual": "Manual", "disabled": "Disabled"}
STATES = {"started": "Running", "stopped": "Stopped", "paused": "Paused"}


def look(state: State, argument: Any) -> Any:
    """In the form of resources/services/probe_windows.ps1."""
    found = state["services"].get(argument.lower())
    if found is None:
        return None
    return {
        "start_mode": START_MODES[found["start_mode"]],
        "delayed": found["start_mode"] == "delayed",
        "state": STATES[found["state"]],
        "path": found["path"],
        "title": found["display_name"],
        "description": found["description"],
    }
