"""What is at a path of a practice PC. There are no links; what nobody closed inherits what folders of Windows do."""

import hashlib
from typing import Any

from deskprov.model.practice_models import State, Unanswered
from deskprov.practice.windows import file_system

LARGEST_TEXT = 65536
_INHERITED = "(A;{0}ID;FA;;;SY)(A;{0}ID;FA;;;BA)(A;{0}ID;0x1200a9;;;BU)"


def look(state: State, argument: Any) -> Any:
    """In the form of formats/windows_files/probe_windows.ps1."""
    path, wanted = argument
    try:
        found = file_system.find(state, file_system.normal(path))
    except ValueError as error:
        raise Unanswered(str(error)) from error
    if found is None:
        return None
    folder = found["folder"]
    content = b"" if folder else file_system.read(found)
    sha256 = hashlib.sha256(content).hexdigest() if wanted and not folder else None
    closed = found.get("closed", False)
    inherited = "" if closed else _INHERITED.format("OICI" if folder else "")
    return {
        "kind": "folder" if folder else "file",
        "size": None if folder else len(content),
        "entries": file_system.entries(state, found["path"]) if folder else None,
        "target": None,
        "sha256": sha256,
        "text": _text(content) if sha256 and sha256 != wanted else None,
        "sddl": f"O:BAG:SYD:{'P' if closed else ''}AI{''.join(found.get('rules', []))}{inherited}",
    }


def look_above(state: State, argument: Any) -> Any:
    """In the form of formats/windows_files/probe_above_windows.ps1."""
    try:
        return file_system.is_folder(state, file_system.normal(argument))
    except ValueError as error:
        raise Unanswered(str(error)) from error


def _text(content: bytes) -> str | None:
    if len(content) > LARGEST_TEXT or b"\0" in content:
        return None
    try:
        return content.decode("utf-8")
    except UnicodeDecodeError:
        return None
