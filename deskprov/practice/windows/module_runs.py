"""Runs a module of Ansible's on a practice PC: arguments checked, then its model asked; without a model it fails."""

from collections.abc import Mapping
from typing import Any

from deskprov.formats.own_script import WIN_POWERSHELL
from deskprov.model.practice_models import ModuleFailed, ModuleModel, State
from deskprov.practice.windows.arguments import by_name, wrong_arguments
from deskprov.practice.windows.computer import Computer
from deskprov.practice.windows.manifest import Payload
from deskprov.practice.windows.models import MODELS


class ScriptThrew(Exception):
    """A script ended with an exception of this message."""


SCRIPT_OPTIONS = frozenset({"script", "parameters", "sensitive_parameters"})


def run_module(computer: Computer, payload: Payload) -> Mapping[str, Any]:
    """The module's result; one that says `failed` when there is no model, or when the model refuses."""
    model = model_of(payload.module)
    if model is None:
        return _failed(f"practice PC: no model of the module {payload.module}")
    strange = [name for name in payload.wrappers if name != "become_wrapper.ps1"]
    if strange:
        return _failed(f"practice PC: no model of {', '.join(strange)}")
    if wrong := wrong_arguments(payload):
        return _failed(f"practice PC: {payload.module} is not called as it documents: {'; '.join(wrong)}")
    arguments = by_name(payload)
    run = computer.look if payload.check else computer.change
    try:
        return {"changed": False, **run(lambda state: model(state, arguments))}
    except ModuleFailed as error:
        return _failed(str(error))
    except ScriptThrew as error:
        return {"changed": False, "failed": True, "error": [{"exception": {"message": str(error)}}], "output": []}


def model_of(module: str) -> ModuleModel | None:
    """The model of a module by its full name; None when there is none."""
    return _win_powershell if module == WIN_POWERSHELL else MODELS.modules.get(module)


def _win_powershell(state: State, arguments: Mapping[str, Any]) -> Mapping[str, Any]:
    """A script of a resource type's, known by its text."""
    if unknown := sorted(arguments.keys() - SCRIPT_OPTIONS):
        raise ModuleFailed(f"practice PC: no model of {', '.join(unknown)} of win_powershell")
    model = MODELS.scripts.get(arguments["script"])
    if model is None:
        raise ModuleFailed(f"practice PC: no model of the script that begins {arguments['script'][:80]!r}")
    sensitive = {each["name"]: _sensitive(each) for each in arguments.get("sensitive_parameters") or ()}
    try:
        said = model(state, {**(arguments.get("parameters") or {}), **sensitive})
    except ModuleFailed as error:
        raise ScriptThrew(str(error)) from error
    return {
        "changed": said["changed"],
        "output": list(said.get("output", ())),
        "error": [],
        "result": said.get("result", {}),
    }


def _sensitive(parameter: Mapping[str, Any]) -> Any:
    if parameter.get("username") is None:
        return parameter["value"]
    return {"username": parameter["username"], "password": parameter["password"]}


def _failed(message: str) -> Mapping[str, Any]:
    return {"changed": False, "failed": True, "msg": message}
