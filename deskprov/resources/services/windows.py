"""Services on Windows: CIM to look, ansible.windows.win_service to change."""

from collections.abc import Mapping, Sequence
from typing import Any

from deskprov.formats.answers import observed
from deskprov.model.facts import Answer, Observation, Sight
from deskprov.model.plan import Change, Obstacle
from deskprov.model.probe import Probe, script_beside
from deskprov.model.task import Task
from deskprov.resources.services import Options

_LOOK = script_beside(__package__, "probe_windows.ps1")
_MODULE = "ansible.windows.win_service"
_SECONDS = 3.0

_STARTUP = {"auto": "automatic", "manual": "manual", "disabled": "disabled", "boot": "boot", "system": "system"}
"""StartMode of Win32_Service, learn.microsoft.com/windows/win32/cimwin32prov/win32-service."""

_START_MODE = {"automatic": "auto", "delayed": "delayed", "manual": "manual", "disabled": "disabled"}
_RUNNING = {"running": True, "stopped": False}


def probes(options: Options) -> Sequence[Probe]:
    """One question per service."""
    return [Probe(_LOOK, options.name)]


def observe(options: Options, answers: Sequence[Answer]) -> Observation:
    """What the type states, or absent. A service that is about to start or stop does neither yet."""
    match answers:
        case [None]:
            return Sight.ABSENT
        case [dict(found)]:
            texts = observed(found, {"path": str, "title": str, "description": str})
            return {"startup": _startup(found), "running": _running(found), **texts}
        case _:
            return Sight.NOT_REPORTED


def obstacles(options: Options, answers: Sequence[Answer]) -> Sequence[Obstacle]:
    """That there is no service of the name, and nothing says what it would start; programs and features bring some."""
    if options.path is None and list(answers) == [None]:
        words = f"there is no service {options.name} (the short name, as Get-Service shows it)"
        return [Obstacle(words, unless=("software", "features"))]
    return []


def tasks(change: Change) -> Sequence[Task]:
    """One task of ansible.windows.win_service. One that is not there is made only if its command line is stated."""
    options: Options = change.resource.options
    if change.resource.absent:
        gone = {"name": options.name, "state": "absent"}
        return [Task("Remove the service", _MODULE, gone, seconds=_SECONDS)]
    stated: Mapping[str, Any] = {
        "start_mode": _START_MODE.get(options.startup or ""),
        "state": None if options.running is None else "started" if options.running else "stopped",
        "path": options.path,
        "display_name": options.title,
        "description": options.description,
    }
    given = {name: value for name, value in stated.items() if value is not None}
    return [Task("Set up the service", _MODULE, {"name": options.name, **given}, seconds=_SECONDS)]


def _startup(found: Mapping[Any, Any]) -> Any:
    mode = _STARTUP.get(str(found.get("start_mode")).casefold(), Sight.NOT_REPORTED)
    return "delayed" if mode == "automatic" and found.get("delayed") is True else mode


def _running(found: Mapping[Any, Any]) -> Any:
    state = found.get("state")
    return _RUNNING.get(state.casefold(), state) if isinstance(state, str) and state else Sight.NOT_REPORTED
