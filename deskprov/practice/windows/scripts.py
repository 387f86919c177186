"""Ansible's own scripts for files, in its manifest or on the command line, on the files of a state."""

import base64
import binascii
import json
import re
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from deskprov.model.practice_models import State
from deskprov.practice.windows import file_system
from deskprov.practice.windows.shells import Output

REMOVE = re.compile(r"Set-StrictMode -Version Latest\nRemove-Item '(?P<path>(?:[^']|'')+)' -Force( -Recurse)?;\n")
"""What Ansible's shell plug-in makes of taking a file away (ansible/plugins/shell/powershell.py)."""

Script = Callable[[State, Mapping[str, Any], Sequence[bytes]], str]


def make_temporary(state: State, parameters: Mapping[str, Any], lines: Sequence[bytes]) -> str:
    """powershell_mkdtemp.ps1: a folder, whose path it prints."""
    path = f"{file_system.normal(parameters['Directory'])}\\{parameters['Name']}"
    file_system.make_folder(state, path)
    return path


def put_file(state: State, parameters: Mapping[str, Any], lines: Sequence[bytes]) -> str:
    """winrm_put_file.ps1 and psrp_put_file.ps1: a file out of lines of base64; it prints the SHA-1 of what it wrote."""
    path = file_system.normal(parameters["Path"].strip("'\""))
    if not file_system.is_folder(state, file_system.parent(path)):
        raise ValueError(f"Could not find a part of the path '{path}'.")
    content = b"".join(base64.b64decode(line, validate=True) for line in lines)
    file_system.write(state, path, content)
    return json.dumps({"sha1": file_system.checksum(state["files"][path.lower()])})


def fetch_file(state: State, parameters: Mapping[str, Any], lines: Sequence[bytes]) -> str:
    """winrm_fetch_file.ps1: a piece of a file in base64; nothing after its end."""
    found = file_system.find(state, file_system.normal(parameters["Path"]))
    if found is None:
        raise ValueError(f"{parameters['Path']} does not exist")
    if found["folder"]:
        return "[DIR]"
    begin = int(parameters["Offset"])
    piece = file_system.read(found)[begin : begin + int(parameters["BufferSize"])]
    return base64.b64encode(piece).decode("ascii")


def fetch_whole_file(state: State, parameters: Mapping[str, Any], lines: Sequence[bytes]) -> str:
    """psrp_fetch_file.ps1: what it is, and a file's pieces in base64, a line each."""
    found = file_system.find(state, file_system.normal(parameters["Path"]))
    if found is None:
        raise ValueError(f"{parameters['Path']} does not exist")
    if found["folder"]:
        return "[DIR]"
    content, size = file_system.read(found), int(parameters["BufferSize"])
    pieces = [content[begin : begin + size] for begin in range(0, len(content), size)]
    return "\r\n".join(["[FILE]", *(base64.b64encode(piece).decode("ascii") for piece in pieces)])


SCRIPTS: Mapping[str, Script] = {
    "powershell_mkdtemp.ps1": make_temporary,
    "winrm_put_file.ps1": put_file,
    "winrm_fetch_file.ps1": fetch_file,
    "psrp_put_file.ps1": put_file,
    "psrp_fetch_file.ps1": fetch_whole_file,
}


def run_script(state: State, name: str, parameters: Mapping[str, Any], lines: Sequence[bytes]) -> Output:
    """What the script printed, or why it failed. Raises KeyError for one that there is no model of."""
    script = SCRIPTS[name]
    try:
        return Output(f"{script(state, parameters, lines)}\r\n".encode())
    except (ValueError, binascii.Error) as error:
        return Output(b"", f"{error}\r\n".encode(), 1)


def removal(script: str) -> str | None:
    """The path that a script of Ansible's takes away; None when it is another script."""
    found = REMOVE.match(script.replace("\r\n", "\n"))
    return found["path"].replace("''", "'") if found else None


def remove_item(state: State, path: str) -> Output:
    """Takes it away, or says that it is not there."""
    try:
        gone = file_system.remove(state, file_system.normal(path))
    except ValueError as error:
        return Output(b"", f"{error}\r\n".encode(), 1)
    missing = f"Remove-Item : Cannot find path '{path}' because it does not exist.\r\n"
    return Output(b"") if gone else Output(b"", missing.encode(), 1)
