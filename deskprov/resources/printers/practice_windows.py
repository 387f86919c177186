"""Printers of a practice PC: lines in its state; nothing is ever printed."""

from collections.abc import Mapping
from typing import Any

from deskprov.model.practice_models import ModuleFailed, PracticeModels, State

OF_WINDOWS = "Microsoft IPP Class Driver"


def look(state: State, argument: Any) -> Any:
    """In the form of probe_windows.ps1."""
    printers = state["printers"]["printers"].values()
    return [[each["name"], each["driver"], each["address"], each["port"]] for each in printers]


def look_for_driver(state: State, argument: Any) -> Any:
    """In the form of probe_driver_windows.ps1."""
    return {"there": argument in state["printers"]["drivers"], "protected": state["printers"]["protected"]}


def set_up(state: State, parameters: Mapping[str, Any]) -> Mapping[str, Any]:
    """As change_windows.ps1 does it."""
    driver = parameters["Driver"]
    if driver != OF_WINDOWS and state["printers"]["protected"]:
        raise ModuleFailed(
            f"This computer is in Windows protected print mode, which takes no driver but '{OF_WINDOWS}'."
        )
    if driver not in state["printers"]["drivers"]:
        raise ModuleFailed(f"There is no driver '{driver}' on this computer.")
    wanted = {name.lower(): parameters[name] for name in ("Name", "Driver", "Address", "Port")}
    before = state["printers"]["printers"].get(parameters["Name"].lower())
    state["printers"]["printers"][parameters["Name"].lower()] = wanted
    return {"changed": before != wanted}


def remove(state: State, parameters: Mapping[str, Any]) -> Mapping[str, Any]:
    """As change_removal_windows.ps1 does it."""
    return {"changed": state["printers"]["printers"].pop(parameters["Name"].lower(), None) is not None}


MODELS = PracticeModels(
    probes={"probe_windows.ps1": look, "probe_driver_windows.ps1": look_for_driver},
    scripts={"change_windows.ps1": set_up, "change_removal_windows.ps1": remove},
    fresh={"printers": {"printers": {}, "drivers": [OF_WINDOWS], "protected": False}},
)
