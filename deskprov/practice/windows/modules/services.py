"""win_service on services that are there or are made; nothing runs under them."""

from collections.abc import Mapping
from typing import Any

from deskprov.practice.windows.computer import State
from deskprov.practice.windows.modules.refusal import ModuleFailed

SETTINGS = ("description", "display_name", "path", "start_mode", "username")
KNOWN = {*SETTINGS, "name", "state", "password", "update_password", "force_dependent_services", "desktop_interact"}


def win_service(state: State, arguments: Mapping[str, Any]) -> Mapping[str, Any]:
    """Makes, changes, starts, stops and takes away a service."""
    if unknown := sorted(arguments.keys() - KNOWN):
        raise ModuleFailed(f"practice PC: no model of {', '.join(unknown)} of win_service")
    name = arguments["name"]
    found = state["services"].get(name.lower())
    wanted = arguments.get("state")
    if wanted == "absent":
        state["services"].pop(name.lower(), None)
        return {"changed": found is not None, "exists": False}
    if found is None and len(arguments) == 1:
        return {"exists": False}
    if found is None and not arguments.get("path"):
        raise ModuleFailed(f"Service '{name}' is not installed, need to set 'path' to create a new service")
    changed = found is None
    if found is None:
        found = {"name": name, "display_name": name, "description": "", "start_mode": "manual", "state": "stopped"}
        found |= {"path": arguments["path"], "username": "LocalSystem"}
        state["services"][name.lower()] = found
    for option in SETTINGS:
        value = arguments.get(option)
        if value is not None and value != found[option]:
            found[option] = value
            changed = True
    return {"changed": _turn(found, wanted) or changed, "exists": True, **found} | {"state": _word(found["state"])}


def _turn(service: dict[str, Any], wanted: str | None) -> bool:
    if wanted in ("started", "restarted") and service["start_mode"] == "disabled":
        raise ModuleFailed(f"Cannot start service '{service['name']}': it is disabled (Win32ErrorCode 1058)")
    if wanted == "restarted":
        service["state"] = "started"
        return True
    changed = wanted is not None and wanted != service["state"]
    service["state"] = wanted or service["state"]
    return changed


def _word(state: str) -> str:
    return "running" if state == "started" else state
