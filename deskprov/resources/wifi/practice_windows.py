"""Wi-Fi networks of a practice PC: lines in its state. Passwords are kept nowhere."""

from collections.abc import Mapping
from typing import Any

from deskprov.model.practice_models import ModuleFailed, PracticeModels, State


def look(state: State, argument: Any) -> Any:
    """In the form of probe_windows.ps1."""
    return [
        [ssid, each["authentication"], each["hidden"], each["automatic"]]
        for ssid, each in state["wifi"]["networks"].items()
    ]


def change(state: State, parameters: Mapping[str, Any]) -> Mapping[str, Any]:
    """As change_windows.ps1 does it."""
    networks, ssid = state["wifi"]["networks"], parameters["Ssid"]
    gone = bool(parameters.get("Forget"))
    unguarded = gone or (parameters.get("Replace") and "saved" not in state["undo"])
    if unguarded and state["wifi"]["connected_by"] == ssid:
        raise ModuleFailed(f"This computer is connected by the network '{ssid}' alone.")
    if not state["wifi"]["adapters"]:
        raise ModuleFailed("This computer has no Wi-Fi adapter.")
    networks.pop(ssid, None)
    if not gone:
        networks[ssid] = {
            "authentication": parameters["Authentication"],
            "hidden": parameters["Hidden"],
            "automatic": parameters["Automatic"],
        }
    return {"changed": True}


MODELS = PracticeModels(
    probes={"probe_windows.ps1": look},
    scripts={"change_windows.ps1": change},
    fresh={"wifi": {"networks": {}, "adapters": 1, "connected_by": ""}},
)
