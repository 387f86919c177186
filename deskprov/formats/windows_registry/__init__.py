"""Values of the Windows registry, looked at and set: shared by every type whose settings are kept there."""

from collections.abc import Mapping
from typing import Any

from deskprov.formats.windows_pack import item
from deskprov.model.facts import Answer, Observed, Sight
from deskprov.model.probe import Probe, script_beside
from deskprov.model.task import Task

WIN_REGEDIT = "ansible.windows.win_regedit"

LEFT_LOADED = "HKU\\deskprov-"
"""How it begins when facts tell of a registry that a run of ours has left loaded (left_over_windows.ps1)."""

_LOOK = script_beside(__package__, "probe_windows.ps1")
_SECONDS = 2.0
_BITS = {"dword": 32, "qword": 64}


def value_probe(key: str, name: str) -> Probe:
    """Asks for one value; `key` as PowerShell spells it, such as `HKLM:\\SOFTWARE\\Example`."""
    return Probe(_LOOK, (key, name))


def observed_value(answer: Answer) -> Observed | Sight:
    """`type` and `data`, or absent; the type is not reported where PowerShell may only run cmdlets.

    Numbers have no sign, as in the registry; bytes are hexadecimal digits; a list is lines.
    """
    match answer:
        case None:
            return Sight.ABSENT
        case {"kind": str(kind), "data": data}:
            return {"type": kind.lower() or Sight.NOT_REPORTED, "data": _data(kind.lower(), data)}
        case _:
            return Sight.NOT_REPORTED


def set_value(phrase: str, key: str, name: str, kind: str, data: Any) -> Task:
    """One task of ansible.windows.win_regedit; keys that are missing are made."""
    return _task(phrase, path=key, name=name, type=kind, data=data, state="present")


def remove_value(phrase: str, key: str, name: str) -> Task:
    """One task of ansible.windows.win_regedit. A key is never removed with its last value: others may have made it."""
    return _task(phrase, path=key, name=name, state="absent", delete_key=False)


def _task(phrase: str, **arguments: Any) -> Task:
    packed = item("registry", **arguments) if _is_plain(arguments) else None
    return Task(phrase, WIN_REGEDIT, arguments, seconds=_SECONDS, item=packed)


def _is_plain(arguments: Mapping[str, Any]) -> bool:
    """Whether PowerShell's own commands can set it, which packs are made with: in the hive that it has a drive for, by
    keys and a name that it takes for nothing else (a path, a wildcard, the value without a name), of a kind it knows.
    """
    path, name = arguments["path"], arguments["name"]
    keys = path.split("\\")
    odd = bool(set("*?[]`") & set(name)) or "/" in path or bool({".", ".."} & set(keys))
    return bool(name) and not odd and keys[0] == "HKLM:" and arguments.get("type") != "none"


def _data(kind: str, data: Any) -> Any:
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
