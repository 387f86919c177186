"""Many small changes in one run, on a practice PC: each by the model of the module that it stands for."""

from collections.abc import Mapping
from typing import Any

from deskprov.model.practice_models import ModuleFailed, ModuleModel, State
from deskprov.practice.windows.modules import ini_files
from deskprov.practice.windows.modules.files import win_copy_text

MODULES = {
    "registry": "ansible.windows.win_regedit",
    "environment": "ansible.windows.win_environment",
    "folder": "ansible.windows.win_file",
    "file": "ansible.windows.win_copy",
}
"""By the kind of an item, the module that would do the same by itself."""

OWN: Mapping[str, ModuleModel] = {"setting": lambda state, item: ini_files.change(state, _of_setting(item))}
"""By the kind of an item that no module would make, the model of the script that would."""

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
                answer["changed"] = bool(_model(item, models)(state, as_arguments(item))["changed"])
            except ModuleFailed as error:
                answer |= {"failed": True, "msg": str(error)}
                failed.add(item["number"])
        answers.append(answer)
    return {"changed": any(answer["changed"] for answer in answers), "result": {"items": answers}}


def as_arguments(item: Mapping[str, Any]) -> Mapping[str, Any]:
    """The arguments of the module that an item stands for."""
    stated = {name: value for name, value in item.items() if name not in ("kind", "number", "needs")}
    return {**stated, **ADDED.get(item["kind"], {})}


def _model(item: Mapping[str, Any], models: Mapping[str, ModuleModel]) -> ModuleModel:
    if item["kind"] not in MODULES and item["kind"] not in OWN:
        raise ModuleFailed(f"no item is of the kind {item['kind']}")
    if item["kind"] in OWN:
        return OWN[item["kind"]]
    # of win_copy, Ansible makes several steps, each with a model of its own
    return win_copy_text if item["kind"] == "file" else models[MODULES[item["kind"]]]


def _of_setting(item: Mapping[str, Any]) -> Mapping[str, Any]:
    """The parameters of resources/file_settings/change_windows.ps1 that an item stands for."""
    stated = {name.capitalize(): item[name] for name in ("path", "section", "key", "value") if name in item}
    return {**stated, "Remove": item.get("state") == "absent"}
