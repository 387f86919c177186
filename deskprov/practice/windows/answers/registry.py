"""A registry value as PowerShell sees it: numbers with a sign, bytes as numbers, the kinds of .NET by name."""

from collections.abc import Mapping
from typing import Any

from deskprov.model.practice_models import State
from deskprov.practice.windows.modules.registry import DEFAULT

KINDS = {
    "string": "String",
    "expandstring": "ExpandString",
    "multistring": "MultiString",
    "dword": "DWord",
    "qword": "QWord",
    "binary": "Binary",
    "none": "None",
}
BITS = {"dword": 32, "qword": 64}


def look(state: State, argument: Any) -> Any:
    """In the form of formats/windows_registry/probe_windows.ps1."""
    path, name = argument
    return found(state["registry"], path.replace(":", "", 1), name)


def found(registry: Mapping[str, Any], path: str, name: str) -> Any:
    """A value of a registry, or nothing; the path begins with a hive, without a colon."""
    key = registry.get(path.lower())
    value = key["values"].get((name or DEFAULT).lower()) if key else None
    if value is None:
        return None
    data, bits = value["data"], BITS.get(value["type"], 0)
    signed = data - 2**bits if bits and data >= 2 ** (bits - 1) else data
    return {"kind": KINDS[value["type"]], "data": signed}
