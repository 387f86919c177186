"""Services of a practice PC: they are there or are made; only the door asks whether its own runs."""

from collections.abc import Mapping
from typing import Any

from deskprov.model.practice_models import ModuleFailed, PracticeModels, State

SETTINGS = ("description", "display_name", "path", "start_mode", "username")
KNOWN = {*SETTINGS, "name", "state", "password", "update_password", "force_dependent_services", "desktop_interact"}
START_MODES = {"auto": "Auto", "delayed": "Auto", "manual": "Manual", "disabled": "Disabled"}
STATES = {"started": "Running", "stopped": "Stopped", "paused": "Paused"}


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


def look(state: State, argument: Any) -> Any:
    """A service in the words of Win32_Service, in the form of probe_windows.ps1."""
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


def _there(title: str, about: str, path: str, start_mode: str, state: str, account: str) -> dict[str, str]:
    words = {"display_name": title, "description": about, "path": f"C:\\Windows\\{path}"}
    return words | {"start_mode": start_mode, "state": state, "username": account}


_NETWORK = r"NT AUTHORITY\NetworkService"
_ABOUT_SPOOLER = "Spools print jobs and handles interaction with the printer."
_WINRM, _ABOUT_WINRM = "Windows Remote Management (WS-Management)", "Carries out remote management."
_SHARED = r"System32\svchost.exe -k"

_LOCAL, _SYSTEM = r"NT AUTHORITY\LocalService", "LocalSystem"
_USUAL = {
    "BITS": ("Background Intelligent Transfer Service", f"{_SHARED} netsvcs -p", "manual", _SYSTEM),
    "bthserv": ("Bluetooth Support Service", f"{_SHARED} LocalService -p", "manual", _LOCAL),
    "DiagTrack": ("Connected User Experiences and Telemetry", f"{_SHARED} utcsvc -p", "auto", _SYSTEM),
    "Dnscache": ("DNS Client", f"{_SHARED} NetworkService -p", "auto", _NETWORK),
    "MapsBroker": ("Downloaded Maps Manager", f"{_SHARED} NetworkService -p", "delayed", _NETWORK),
    "RemoteRegistry": ("Remote Registry", f"{_SHARED} localService -p", "disabled", _LOCAL),
    "TermService": ("Remote Desktop Services", f"{_SHARED} NetworkService", "manual", _NETWORK),
    "W32Time": ("Windows Time", f"{_SHARED} LocalService", "manual", _LOCAL),
    "Wlansvc": ("WLAN AutoConfig", f"{_SHARED} LocalSystemNetworkRestricted -p", "auto", _SYSTEM),
    "WSearch": ("Windows Search", r"system32\SearchIndexer.exe /Embedding", "delayed", _SYSTEM),
    "wuauserv": ("Windows Update", f"{_SHARED} netsvcs -p", "manual", _SYSTEM),
}
_STATE_OF = {"auto": "started", "delayed": "started", "manual": "stopped", "disabled": "stopped"}
_SERVICES = {
    name: _there(title, "", path, start_mode, _STATE_OF[start_mode], account)
    for name, (title, path, start_mode, account) in _USUAL.items()
} | {
    "Fax": _there("Fax", "Sends and receives faxes.", r"system32\fxssvc.exe", "manual", "stopped", _NETWORK),
    "Spooler": _there("Print Spooler", _ABOUT_SPOOLER, r"System32\spoolsv.exe", "auto", "started", "LocalSystem"),
    "WinRM": _there(_WINRM, _ABOUT_WINRM, f"{_SHARED} NetworkService -p", "auto", "started", _NETWORK),
}
_FRESH: State = {name.lower(): {"name": name, **service} for name, service in _SERVICES.items()}
"""Services that profiles and the models of other types speak of, as on a PC that has Wi-Fi."""


def start(state: State) -> None:
    """Those run that start with the computer."""
    for service in state["services"].values():
        service["state"] = _STATE_OF[service["start_mode"]]


MODELS = PracticeModels(
    modules={"ansible.windows.win_service": win_service},
    probes={"probe_windows.ps1": look},
    starts=(start,),
    fresh={"services": _FRESH},
)
