"""The firewall of a practice PC: a switch for each kind of network. What comes in is seen to by its door."""

from collections.abc import Mapping
from typing import Any

from deskprov.model.practice_models import ModuleFailed, PracticeModels, State


def win_firewall(state: State, arguments: Mapping[str, Any]) -> Mapping[str, Any]:
    """Switches it on and off."""
    if unknown := sorted(arguments.keys() - {"profiles", "state"}):
        raise ModuleFailed(f"practice PC: no model of {', '.join(unknown)} of win_firewall")
    wanted = {name.lower(): arguments["state"] == "enabled" for name in arguments["profiles"]}
    changed = any(state["firewall"][name] != on for name, on in wanted.items())
    state["firewall"] |= wanted
    return {"changed": changed, "profiles": arguments["profiles"], "state": arguments["state"]}


def look(state: State, argument: Any) -> Any:
    """In the form of probe_windows.ps1."""
    return dict(state["firewall"])


MODELS = PracticeModels(
    modules={"ansible.windows.win_firewall": win_firewall},
    probes={"probe_windows.ps1": look},
    fresh={"firewall": {"domain": True, "private": True, "public": True}},
)
