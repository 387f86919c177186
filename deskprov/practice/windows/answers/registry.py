"""A registry value as PowerShell sees it: numbers with a sign, bytes as numbers, the kinds of .NET by name."""

from typing import Any

from deskprov.model.practice_models import State

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
    key = state["registry"].get(path.replace(":", "", 1).lower())
    value = key["values"].get(name.lower()) if key else None
    if value is None:
        return None
    data, bits = value["data"], BITS.get(value["type"], 0)
    signed = data - 2**bits if bits and data >= 2 ** (bits - 1) else data
    return {"kind": KINDS[value["type"]], "data": signed}
