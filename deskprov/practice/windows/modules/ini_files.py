"""The probe and the script of `file_settings` on the files of a state. Only files in UTF-8 have a model."""

import re
from collections.abc import Mapping
from typing import Any

from deskprov.model.practice_models import ModuleFailed, State, Unanswered
from deskprov.practice.windows import file_system

_LINE = re.compile(r"[ \t]*(?:\[(?P<section>[^\]]*)\]|(?P<key>[^=;#\[]+?)[ \t]*=[ \t]*(?P<value>.*?))\s*")


def look(state: State, argument: Any) -> Any:
    """In the form of resources/file_settings/probe_windows.ps1."""
    path, section, key = argument
    try:
        lines = _lines(state, path)
    except ValueError as error:
        raise Unanswered(str(error)) from error
    _, at = _find(lines, section, key)
    return None if at is None else {"value": _value(lines[at])}


def change(state: State, parameters: Mapping[str, Any]) -> Mapping[str, Any]:
    """As resources/file_settings/change_windows.ps1 does it."""
    path, remove = parameters["Path"], bool(parameters.get("Remove"))
    above = file_system.parent(path)
    try:
        if not remove and not file_system.is_folder(state, above):
            raise ValueError(f"There is no folder {above}. Install what the file belongs to, or state the folder.")
        before = _lines(state, path)
        value = None if remove else parameters["Value"]
        after = _changed(before, parameters["Section"], parameters["Key"], value)
        if after != before:
            file_system.write(state, path, "".join(after).encode())
    except ValueError as error:
        raise ModuleFailed(str(error)) from error
    return {"changed": after != before}


def _changed(lines: list[str], section: str, key: str, value: str | None) -> list[str]:
    end, at = _find(lines, section, key)
    if at is not None:
        head = lines[at].partition("=")[0]
        same = _value(lines[at]) == value
        new = [] if value is None else [lines[at] if same else f"{head}={value}\r\n"]
        return [*lines[:at], *new, *lines[at + 1 :]]
    if value is None:
        return lines
    if end is None:
        return [*lines, f"[{section}]\r\n", f"{key}={value}\r\n"]
    return [*lines[: end + 1], f"{key}={value}\r\n", *lines[end + 1 :]]


def _lines(state: State, path: str) -> list[str]:
    found = file_system.find(state, path)
    if found is None:
        return []
    if found["folder"]:
        raise ValueError(f"{path} is a folder, and no file. Look what it is, and move it away.")
    text = file_system.read(found).decode("utf-8")
    return [line if line.endswith("\n") else f"{line}\r\n" for line in text.splitlines(keepends=True)]


def _find(lines: list[str], section: str, key: str) -> tuple[int | None, int | None]:
    """The last line of the section, and that of the key in it."""
    here, end, at = False, None, None
    for number, line in enumerate(lines):
        found = _LINE.fullmatch(line)
        if found and found["section"] is not None:
            here = found["section"].strip().casefold() == section.casefold()
        if found and here:
            end = number
            at = number if (found["key"] or "").casefold() == key.casefold() else at
    return end, at


def _value(line: str) -> str:
    found = _LINE.fullmatch(line)
    return found["value"] if found else ""
