"""Scripts for accounts on a practice PC: nobody logs in there at the screen, so that no profile is ever loaded."""

from collections.abc import Mapping
from typing import Any

from passlib.hash import nthash

from deskprov.model.practice_models import ModuleFailed, PracticeModels, State

_FIRST_OF_PEOPLE = 1000
_FIELDS = {"FullName": "fullname", "Disabled": "account_disabled", "PasswordNeverExpires": "password_never_expires"}


def remove(state: State, parameters: Mapping[str, Any]) -> Mapping[str, Any]:
    """As change_removal_windows.ps1."""
    name = parameters["Name"]
    found = state["users"].get(name.lower())
    if found is None:
        return {"changed": False}
    if int(found["sid"].rpartition("-")[2]) < _FIRST_OF_PEOPLE:
        raise ModuleFailed(f"The account {name} is part of Windows and stays. Take it out of the profile.")
    del state["users"][name.lower()]
    for group in state["groups"].values():
        group["members"] = [sid for sid in group["members"] if sid != found["sid"]]
    return {"changed": True}


def first_login(state: State, parameters: Mapping[str, Any]) -> Mapping[str, Any]:
    """As change_first_login_windows.ps1; nobody has logged in."""
    found = state["users"].get(parameters["Name"].lower())
    if found is None:
        raise ModuleFailed(f"There is no account {parameters['Name']}.")
    changed = not found.get("password_expired", False)
    found["password_expired"] = True
    return {"changed": changed}


def of_windows(state: State, parameters: Mapping[str, Any]) -> Mapping[str, Any]:
    """As change_own_windows.ps1."""
    found = next((user for user in state["users"].values() if user["sid"].endswith(parameters["End"])), None)
    if found is None:
        raise ModuleFailed(f"This computer has no account that is Windows' own {parameters['Name']}.")
    before = dict(found)
    for parameter, field in _FIELDS.items():
        if parameter in parameters:
            found[field] = parameters[parameter]
    if "Password" in parameters and (parameters.get("Always") or not found["nt_hash"]):
        found["nt_hash"] = str(nthash.hash(parameters["Password"]))
    return {"changed": found != before}


MODELS = PracticeModels(
    scripts={
        "change_removal_windows.ps1": remove,
        "change_first_login_windows.ps1": first_login,
        "change_own_windows.ps1": of_windows,
    }
)
