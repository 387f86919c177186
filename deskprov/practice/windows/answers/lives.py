"""The lives of a practice PC: what it says of the one it is in, how it is told to begin another, and what that changes.

`going_down` stands in `machine` from the moment at which it is told; the process (power.py) sees to the rest. `busy` is
for how many answers it is still at updates; `reboot_wanted` are words of formats/windows_reboot.
"""

from typing import Any

from deskprov.model.practice_models import State


def look(state: State, argument: Any) -> Any:
    """In the form of formats/windows_reboot/probe_windows.ps1."""
    machine = state["machine"]
    busy = ["components"] if machine["busy"] > 0 else []
    machine["busy"] -= len(busy)
    name = ["name"] if state["pending_name"] else []
    return {"boot": str(machine["boot_id"]), "wanted": [*state["reboot_wanted"], *name], "busy": busy, "failed": {}}


def ours(state: State, argument: Any) -> Any:
    """In the form of stages/reboot/probe_windows.ps1."""
    return {"noted_in": state["noted"]["in"], "noted": state["noted"]["reasons"], **_undo(state)}


def _undo(state: State) -> dict[str, Any]:
    undo = state["undo"]
    return {"unconfirmed": "saved" in undo, "taken_back": undo["changes"] if "undone" in undo else []}


def note(state: State, argument: Any) -> Any:
    """What is to be rebooted for, and in which life that was noted."""
    state["noted"] = {"in": str(state["machine"]["boot_id"]) if argument else "", "reasons": argument}
    return True


def reboot(state: State, argument: Any) -> Any:
    """`shutdown /r`: it answers, and goes down a moment later."""
    state["machine"]["going_down"] = True
    return str(state["machine"]["boot_id"])


def release(state: State, argument: Any) -> Any:
    """In the form of stages/hand_over/release_windows.ps1."""
    state["kept_awake"] = False
    return {"released": True}


def start(state: State) -> None:
    """Nothing is left of what only waited for this."""
    state["machine"]["going_down"] = False
    state["reboot_wanted"] = []
    if state["pending_name"]:
        state["name"], state["pending_name"] = state["pending_name"], ""
