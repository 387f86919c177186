"""The modules that a practice PC has a model of, each a function from state and arguments to the module's result.

A model changes the state it is given. In check mode it is given a copy that is thrown away, so none of them needs to
know of it. Results are those that the module documents; facts about Windows in them have their source in the model.
"""

from collections.abc import Callable, Mapping
from typing import Any

from deskprov.practice.windows.computer import Computer, State
from deskprov.practice.windows.manifest import Payload
from deskprov.practice.windows.modules import accounts, computer_name, environment, files, ping, registry, services
from deskprov.practice.windows.modules.arguments import by_name, wrong_arguments
from deskprov.practice.windows.modules.refusal import ModuleFailed

Model = Callable[[State, Mapping[str, Any]], Mapping[str, Any]]

MODELS: Mapping[str, Model] = {
    "ansible.windows.win_copy": files.win_copy,
    "ansible.windows.win_environment": environment.win_environment,
    "ansible.windows.win_file": files.win_file,
    "ansible.windows.win_group": accounts.win_group,
    "ansible.windows.win_group_membership": accounts.win_group_membership,
    "ansible.windows.win_hostname": computer_name.win_hostname,
    "ansible.windows.win_ping": ping.win_ping,
    "ansible.windows.win_regedit": registry.win_regedit,
    "ansible.windows.win_service": services.win_service,
    "ansible.windows.win_user": accounts.win_user,
}


def run_module(computer: Computer, payload: Payload) -> Mapping[str, Any]:
    """The module's result; one that says `failed` when there is no model, or when the model refuses."""
    model = MODELS.get(payload.module)
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


def _failed(message: str) -> Mapping[str, Any]:
    return {"changed": False, "failed": True, "msg": message}
