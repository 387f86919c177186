"""win_regedit on a registry that is a table: from the folded path of a key to its path and values."""

from collections.abc import Mapping
from typing import Any

from deskprov.model.practice_models import ModuleFailed, State

HIVES = ("HKCR", "HKCU", "HKLM", "HKU", "HKCC")
DEFAULT = "(default)"


def win_regedit(state: State, arguments: Mapping[str, Any]) -> Mapping[str, Any]:
    """Makes, changes and takes away keys and values, as ansible.windows.win_regedit documents it."""
    if arguments.get("hive"):
        raise ModuleFailed("practice PC: no model of a hive that is loaded from a file")
    path = _path(str(arguments["path"]))
    name = arguments.get("name")
    if arguments.get("state", "present") == "absent":
        return remove(state["registry"], path, name, whole_key=arguments.get("delete_key", True))
    return put(state["registry"], path, name, arguments.get("type", "string"), arguments.get("data"))


def put(registry: dict[str, Any], path: str, name: Any, kind: str, data: Any) -> Mapping[str, Any]:
    """Makes a key and, if a name or data is given, sets a value; the path begins with a hive, without a colon."""
    result = {"changed": False, "data_changed": False, "data_type_changed": False}
    if path.lower() not in registry:
        result["changed"] = True
    parts = path.split("\\")
    for length in range(2, len(parts) + 1):
        above = "\\".join(parts[:length])
        registry.setdefault(above.lower(), {"path": above, "values": {}})
    if name is None and data is None:
        return result
    values = registry[path.lower()]["values"]
    shown = name or DEFAULT
    wanted = {"name": shown, "type": kind, "data": _data(kind, data)}
    before = values.get(shown.lower())
    if before is None:
        result["changed"] = True
    else:
        result["data_changed"] = before["data"] != wanted["data"]
        result["data_type_changed"] = before["type"] != kind
        wanted["name"] = before["name"]
    values[shown.lower()] = wanted
    result["changed"] = result["changed"] or result["data_changed"] or result["data_type_changed"]
    return result


def remove(registry: dict[str, Any], path: str, name: Any, *, whole_key: bool) -> Mapping[str, Any]:
    """Takes a value away, or the whole key where no name is given."""
    key = registry.get(path.lower())
    changed = False
    if key is not None and name is None and whole_key:
        below = path.lower() + "\\"
        for each in [each for each in registry if each == path.lower() or each.startswith(below)]:
            del registry[each]
        changed = True
    elif key is not None:
        changed = key["values"].pop((name or DEFAULT).lower(), None) is not None
    return {"changed": changed, "data_changed": False, "data_type_changed": False}


def _path(path: str) -> str:
    """A path without the colon and with its hive in capitals. A `/` is a part of a name: .NET opens the keys."""
    hive, _, rest = path.partition("\\")
    hive = hive.removesuffix(":").upper()
    if hive not in HIVES or not path.partition("\\")[0].endswith(":"):
        raise ModuleFailed(f"path: {path} is not a valid powershell path, see module documentation for examples.")
    return f"{hive}\\{rest.strip(chr(92))}"


def _data(kind: str, data: Any) -> Any:
    """The data as it is kept: numbers for words, a list of texts, a list of bytes, or text."""
    if kind in ("dword", "qword"):
        return _number(kind, data)
    if kind == "multistring":
        return [str(each) for each in (data if isinstance(data, list) else [] if data is None else [data])]
    if kind in ("binary", "none"):
        return _bytes(data)
    return "" if data is None else str(data)


def _number(kind: str, data: Any) -> int:
    bits = 32 if kind == "dword" else 64
    try:
        number = int(data, 0) if isinstance(data, str) else 0 if data is None else int(data)
    except ValueError as error:
        raise ModuleFailed(f"data '{data}' cannot be converted to a number when type is {kind}") from error
    if not -(2 ** (bits - 1)) <= number < 2**bits:
        raise ModuleFailed(f"data cannot be larger than 0x{2**bits - 1:x} when type is {kind}")
    modulus: int = 2**bits
    return number % modulus


def _bytes(data: Any) -> list[int]:
    if isinstance(data, str):
        text = data.removeprefix("hex:").replace(",", "").replace(" ", "")
        try:
            return list(bytes.fromhex(text))
        except ValueError as error:
            raise ModuleFailed(f"data '{data}' is not of the form hex:00,01") from error
    return [int(each) for each in data or []]
