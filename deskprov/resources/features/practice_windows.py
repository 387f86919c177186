"""Optional features of a practice PC: a few that exist, each on or off at once and with no reboot."""

from collections.abc import Mapping
from typing import Any

from deskprov.model.practice_models import ModuleFailed, PracticeModels, State

ON, OFF, FILES_REMOVED = 1, 2, 3


def win_optional_feature(state: State, arguments: Mapping[str, Any]) -> Mapping[str, Any]:
    """Switches features on and off; all must exist before any is touched."""
    if unknown := sorted(arguments.keys() - {"name", "state", "include_parent"}):
        raise ModuleFailed(f"practice PC: no model of {', '.join(unknown)} of win_optional_feature")
    features = state["features"]
    for name in arguments["name"]:
        if name.lower() not in features:
            raise ModuleFailed(f"Failed to find feature '{name}'")
    found = [features[name.lower()] for name in arguments["name"]]
    wrong = [each for each in found if (each["state"] == ON) == (arguments.get("state") == "absent")]
    for feature in wrong:
        feature["state"] = OFF if arguments.get("state") == "absent" else ON
    return {"changed": bool(wrong), "reboot_required": False}


def look(state: State, argument: Any) -> Any:
    """In the form of probe_windows.ps1."""
    return {feature["name"]: feature["state"] for feature in state["features"].values()}


_FEATURES = {"TelnetClient": OFF, "TFTP": OFF, "SMB1Protocol": OFF, "NetFx3": FILES_REMOVED, "WindowsMediaPlayer": ON}

MODELS = PracticeModels(
    modules={"ansible.windows.win_optional_feature": win_optional_feature},
    probes={"probe_windows.ps1": look},
    fresh={"features": {name.lower(): {"name": name, "state": state} for name, state in _FEATURES.items()}},
)
