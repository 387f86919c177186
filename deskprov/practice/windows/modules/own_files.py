"""Our own scripts for files and folders: they are removed, and it is said who may use them."""

from collections.abc import Mapping
from typing import Any

from deskprov.model.practice_models import ModuleFailed, State
from deskprov.practice.windows import file_system
from deskprov.practice.windows.local_accounts import sid_of


def remove_folder(state: State, parameters: Mapping[str, Any]) -> Mapping[str, Any]:
    """As change_windows.ps1 of folders."""
    path = file_system.normal(parameters["Path"])
    found = file_system.find(state, path)
    if found is None:
        return {"changed": False}
    if not found["folder"]:
        raise ModuleFailed(f"{path} is no folder, but a file or a link. Look what it is, and remove it yourself.")
    entries = file_system.entries(state, path)
    if entries and not parameters["WithContent"]:
        raise ModuleFailed(f"{path} holds {entries} files or folders. Empty it, or state remove_content: true.")
    return {"changed": file_system.remove(state, path)}


def remove_file(state: State, parameters: Mapping[str, Any]) -> Mapping[str, Any]:
    """As change_windows.ps1 of files."""
    path = file_system.normal(parameters["Path"])
    if file_system.is_folder(state, path):
        raise ModuleFailed(f"{path} is a folder, and no file. Look what it is, and remove it yourself.")
    return {"changed": file_system.remove(state, path)}


def say_who_may(state: State, parameters: Mapping[str, Any]) -> Mapping[str, Any]:
    """As change_windows.ps1 of formats/windows_access. An entry keeps `rules`, its own in SDDL, and `closed`."""
    path = file_system.normal(parameters["Path"])
    entry = state["files"].get(path.lower())
    if entry is None:
        raise ModuleFailed(f"Cannot find path '{path}' because it does not exist.")
    before = (entry.get("rules", []), entry.get("closed", False))
    if parameters["Replace"]:
        below = "OICI" if entry["folder"] else ""
        asked = zip(parameters["Who"], parameters["Known"], parameters["Masks"], strict=True)
        entry["rules"] = [f"(A;{below};{mask};;;{known or _sid(state, who)})" for who, known, mask in asked]
    if parameters["Inherit"] != "as it is":
        entry["closed"] = parameters["Inherit"] == "off"
    return {"changed": before != (entry.get("rules", []), entry.get("closed", False))}


def _sid(state: State, name: str) -> str:
    sid = sid_of(state, name)
    if sid is None:
        raise ModuleFailed(f"There is no account or group {name} on this computer.")
    return sid
