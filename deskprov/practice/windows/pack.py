"""Many small changes in one run, on a practice PC: each by the model of the module that it stands for."""

from collections.abc import Mapping
from typing import Any

from deskprov.model.practice_models import ModuleFailed, ModuleModel, ScriptModel, State
from deskprov.model.probe import script_beside
from deskprov.practice.windows.modules import ini_files, own_files
from deskprov.practice.windows.modules.files import win_copy_text

MODULES = {
    "registry": "ansible.windows.win_regedit",
    "environment": "ansible.windows.win_environment",
    "folder": "ansible.windows.win_file",
    "file": "ansible.windows.win_copy",
}
"""By the kind of an item, the module that would do the same by itself."""

SCRIPTS: Mapping[str, tuple[str, ScriptModel]] = {
    "access": ("deskprov.formats.windows_access", own_files.say_who_may),
    "no file": ("deskprov.resources.files", own_files.remove_file),
    "no folder": ("deskprov.resources.folders", own_files.remove_folder),
    "setting": ("deskprov.resources.file_settings", ini_files.change),
}
"""The same for those that a script of ours would do: its package, and its model."""

ADDED: Mapping[str, Mapping[str, Any]] = {"environment": {"level": "machine"}, "folder": {"state": "directory"}}
"""What the module takes that the item does not state."""


def make_items(state: State, parameters: Mapping[str, Any], models: Mapping[str, ModuleModel]) -> Mapping[str, Any]:
    """What change_windows.ps1 answers (formats/windows_pack)."""
    failed = set(parameters.get("Failed") or ())
    answers = []
    for item in parameters["Items"]:
        answer = {"number": item["number"], "changed": False, "failed": False, "skipped": False, "msg": ""}
        if failed.intersection([item["number"], *item.get("needs", ())]):
            answer["skipped"] = True
        else:
            try:
                answer["changed"] = bool(_made(state, item, models)["changed"])
            except ModuleFailed as error:
                answer |= {"failed": True, "msg": str(error)}
                failed.add(item["number"])
        answers.append(answer)
    return {"changed": any(answer["changed"] for answer in answers), "result": {"items": answers}}


def as_arguments(item: Mapping[str, Any]) -> Mapping[str, Any]:
    """The arguments of the module that an item stands for."""
    stated = {name: value for name, value in item.items() if name not in ("kind", "number", "needs")}
    if item["kind"] in SCRIPTS:
        package, _ = SCRIPTS[item["kind"]]
        given = _of_setting(stated) if item["kind"] == "setting" else stated
        return {"script": script_beside(package, "change_windows.ps1").text, "parameters": given}
    return {**stated, **ADDED.get(item["kind"], {})}


def _made(state: State, item: Mapping[str, Any], models: Mapping[str, ModuleModel]) -> Mapping[str, Any]:
    kind, arguments = item["kind"], as_arguments(item)
    if kind in SCRIPTS:
        _, model = SCRIPTS[kind]
        return model(state, arguments["parameters"])
    if kind not in MODULES:
        raise ModuleFailed(f"no item is of the kind {kind}")
    # of win_copy, Ansible makes several steps, each with a model of its own
    return (win_copy_text if kind == "file" else models[MODULES[kind]])(state, arguments)


def _of_setting(stated: Mapping[str, Any]) -> Mapping[str, Any]:
    """The parameters of resources/file_settings/change_windows.ps1 that an item stands for."""
    given = {name.capitalize(): value for name, value in stated.items() if name != "state"}
    return {**given, "Remove": True} if stated.get("state") == "absent" else given
