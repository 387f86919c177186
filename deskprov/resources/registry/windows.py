"""Registry values on Windows: the registry provider of PowerShell to look, ansible.windows.win_regedit to change."""

from collections.abc import Sequence
from typing import Any

from deskprov.model.facts import Answer, Observation, Sight
from deskprov.model.plan import Change
from deskprov.model.probe import Probe, script_beside
from deskprov.model.task import Task
from deskprov.resources.registry import Options, parts

_LOOK = script_beside(__package__, "probe_windows.ps1")
_SECONDS = 2.0
_BITS = {"dword": 32, "qword": 64}


def probes(options: Options) -> Sequence[Probe]:
    """One question per value."""
    return [Probe(_LOOK, parts(options))]


def observe(options: Options, answers: Sequence[Answer]) -> Observation:
    """`type` and `data`, or absent; the type is not reported where PowerShell may only run cmdlets."""
    match answers:
        case [None]:
            return Sight.ABSENT
        case [{"kind": str(kind), "data": data}]:
            return {"type": kind.lower() or Sight.NOT_REPORTED, "data": _data(kind.lower(), data)}
        case _:
            return Sight.NOT_REPORTED


def tasks(change: Change) -> Sequence[Task]:
    """One task of ansible.windows.win_regedit. A key is never removed with its last value: others may have made it."""
    options: Options = change.resource.options
    key, name = parts(options)
    if change.resource.absent:
        gone = {"path": key, "name": name, "state": "absent", "delete_key": False}
        return [Task("Remove the registry value", "ansible.windows.win_regedit", gone, seconds=_SECONDS)]
    arguments = {"path": key, "name": name, "type": options.kind, "data": options.data, "state": "present"}
    return [Task("Set the registry value", "ansible.windows.win_regedit", arguments, seconds=_SECONDS)]


def _data(kind: str, data: Any) -> Any:
    """Numbers without a sign, which the registry does not know; bytes as hexadecimal digits; a list as lines."""
    match data:
        case bool():
            return Sight.NOT_REPORTED
        case int():
            return data % 2 ** _BITS.get(kind, 64)
        case str():
            return data
        case list() if all(isinstance(part, str) for part in data):
            return "\n".join(data)
        case list() if all(isinstance(part, int) and 0 <= part <= 255 for part in data):
            return bytes(data).hex()
        case _:
            return Sight.NOT_REPORTED
