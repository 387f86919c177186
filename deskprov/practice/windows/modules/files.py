"""win_file and win_copy, as the modules' own text has them (ansible.windows 3)."""

from collections.abc import Mapping
from typing import Any

from deskprov.model.practice_models import ModuleFailed, State
from deskprov.practice.windows import file_system
from deskprov.practice.windows.file_system import find, is_folder, make_folder


def win_file(state: State, arguments: Mapping[str, Any]) -> Mapping[str, Any]:
    """Makes folders and empty files, and takes away either."""
    path = _path(arguments["path"])
    found = find(state, path)
    match arguments.get("state") or ("present" if found else "file"):
        case "absent":
            return {"changed": file_system.remove(state, path)}
        case "directory" if found and not found["folder"]:
            raise ModuleFailed(f"path {path} is not a directory")
        case "directory":
            _make(state, path)
            return {"changed": found is None}
        case "touch":
            if found is None:
                file_system.write(state, path, b"")
            return {"changed": True}
        case "file" if found and found["folder"]:
            raise ModuleFailed(f"path {path} is not a file")
        case "file" if not found:
            raise ModuleFailed(f"path {path} will not be created")
        case _:
            return {}


def win_copy(state: State, arguments: Mapping[str, Any]) -> Mapping[str, Any]:
    """The steps that Ansible makes of win_copy: says what differs, and puts one transferred file in place."""
    match arguments.get("_copy_mode", "single"):
        case "query":
            return _differences(state, arguments)
        case "single":
            return _put(state, arguments)
        case mode:
            raise ModuleFailed(f"practice PC: no model of win_copy in the mode {mode}")


def win_copy_text(state: State, arguments: Mapping[str, Any]) -> Mapping[str, Any]:
    """What all steps of win_copy come to for a file whose content is in the task."""
    target, content = _path(arguments["dest"]), arguments["content"].encode()
    if is_folder(state, target):
        raise ModuleFailed(f"path {target} is a folder")
    if find(state, file_system.parent(target)) is None:
        raise ModuleFailed(f"Destination directory '{file_system.parent(target)}' does not exist")
    found = find(state, target)
    if found is not None and file_system.read(found) == content:
        return {"changed": False}
    try:
        file_system.write(state, target, content)
    except ValueError as error:
        raise ModuleFailed(str(error)) from error
    return {"changed": True}


def _differences(state: State, arguments: Mapping[str, Any]) -> Mapping[str, Any]:
    above = _path(arguments["dest"])
    force = arguments.get("force", True)
    files = [file for file in arguments.get("files") or [] if _differs(state, f"{above}\\{file['dest']}", file, force)]
    folders = [each for each in arguments.get("directories") or [] if not is_folder(state, f"{above}\\{each['dest']}")]
    return {"files": files, "directories": folders, "symlinks": []}


def _differs(state: State, path: str, file: Mapping[str, Any], force: bool) -> bool:
    found = find(state, _path(path))
    if found and found["folder"]:
        found = find(state, _path(f"{path}\\{file['src'].rpartition('/')[2]}"))
    return found is None or (force and file_system.checksum(found) != file["checksum"])


def _put(state: State, arguments: Mapping[str, Any]) -> Mapping[str, Any]:
    source = find(state, _path(arguments["src"]))
    if source is None or source["folder"]:
        raise ModuleFailed(f"Cannot copy src file: '{arguments['src']}' as it does not exist")
    target = _path(arguments["dest"])
    into_folder = arguments["dest"].endswith(("\\", "/")) or is_folder(state, target)
    if into_folder:
        target = f"{target}\\{arguments['_original_basename']}"
    above = file_system.parent(target)
    if find(state, above) is None and not into_folder:
        raise ModuleFailed(f"Destination directory '{above}' does not exist")
    _make(state, above)
    file_system.write(state, target, file_system.read(source))
    return {"changed": True}


def _path(path: str) -> str:
    try:
        return file_system.normal(path)
    except ValueError as error:
        raise ModuleFailed(str(error)) from error


def _make(state: State, path: str) -> None:
    try:
        make_folder(state, path)
    except ValueError as error:
        raise ModuleFailed(str(error)) from error
