"""All models that a practice PC answers from: its own, which every PC has, and those that resource types bring."""

from collections.abc import Mapping, Sequence
from typing import Any

from msgspec import Struct

from deskprov.model.practice_models import ModuleModel, PracticeModels, ProbeModel, ScriptModel, Start
from deskprov.model.probe import script_beside
from deskprov.practice.windows import people
from deskprov.practice.windows.answers import accounts as account_answers
from deskprov.practice.windows.answers import facts, lives, readiness, sealed, undo
from deskprov.practice.windows.answers import files as file_answers
from deskprov.practice.windows.answers import registry as registry_answers
from deskprov.practice.windows.modules import (
    accounts,
    computer_name,
    fetch,
    files,
    ini_files,
    own_files,
    ping,
    registry,
)
from deskprov.practice.windows.pack import make_items
from deskprov.resources import practice_models

OWN = PracticeModels(
    modules={
        "ansible.windows.win_copy": files.win_copy,
        "ansible.windows.win_file": files.win_file,
        "ansible.windows.win_group": accounts.win_group,
        "ansible.windows.win_group_membership": accounts.win_group_membership,
        "ansible.windows.win_hostname": computer_name.win_hostname,
        "ansible.windows.win_ping": ping.win_ping,
        "ansible.windows.win_regedit": registry.win_regedit,
        "ansible.windows.win_user": accounts.win_user,
    },
    probes={
        "deskprov.formats.windows_accounts/probe_windows.ps1": account_answers.look,
        "deskprov.formats.windows_files/probe_windows.ps1": file_answers.look,
        "deskprov.formats.windows_files/probe_above_windows.ps1": file_answers.look_above,
        "deskprov.formats.windows_registry/probe_people_windows.ps1": people.look,
        "deskprov.formats.windows_registry/probe_windows.ps1": registry_answers.look,
        "deskprov.resources.file_settings/probe_windows.ps1": ini_files.look,
        "deskprov.stages.examine/probe_windows.ps1": readiness.look,
        "deskprov.stages.facts/probe_windows.ps1": facts.look,
        "deskprov.stages.reboot/probe_windows.ps1": lives.ours,
        "deskprov.stages.undo/effect_windows.ps1": undo.effect,
    },
    acts={
        "deskprov.formats.windows_reboot/probe_windows.ps1": lives.look,
        "deskprov.formats.windows_seal/forget_windows.ps1": sealed.forget_key,
        "deskprov.formats.windows_seal/make_windows.ps1": sealed.new_key,
        "deskprov.stages.hand_over/hand_over_windows.ps1": sealed.put_in_force,
        "deskprov.stages.hand_over/release_windows.ps1": lives.release,
        "deskprov.stages.hand_over/replace_windows.ps1": sealed.put_in_force,
        "deskprov.stages.password_proof/try_windows.ps1": sealed.try_passwords,
        "deskprov.stages.reboot/note_windows.ps1": lives.note,
        "deskprov.stages.reboot/reboot_windows.ps1": lives.reboot,
        "deskprov.stages.undo/arm_windows.ps1": undo.arm,
        "deskprov.stages.undo/settle_windows.ps1": undo.settle,
    },
    scripts={
        "deskprov.formats.windows_access/change_windows.ps1": own_files.say_who_may,
        "deskprov.formats.windows_registry/change_people_windows.ps1": people.change,
        "deskprov.formats.windows_fetch/change_windows.ps1": fetch.fetch,
        "deskprov.resources.file_settings/change_windows.ps1": ini_files.change,
        "deskprov.resources.files/change_windows.ps1": own_files.remove_file,
        "deskprov.resources.folders/change_windows.ps1": own_files.remove_folder,
        "deskprov.formats.windows_pack/change_windows.ps1": lambda state, parameters: make_items(
            state, parameters, MODELS.modules
        ),
    },
    starts=(lives.start, undo.start),
    fresh={"undo": {}},
)
"""What belongs to no single type."""


class Models(Struct, frozen=True):
    """Modules and probes by their full names, scripts by their text, and the tables of a PC after installation."""

    modules: Mapping[str, ModuleModel]
    probes: Mapping[str, ProbeModel]
    acts: Mapping[str, ProbeModel]
    scripts: Mapping[str, ScriptModel]
    starts: Sequence[Start]
    fresh: Mapping[str, Any]


def _together(of_types: Mapping[str, PracticeModels]) -> Models:
    """Raises `ValueError` when two bring a model of one thing."""
    modules: dict[str, ModuleModel] = {}
    probes: dict[str, ProbeModel] = {}
    acts: dict[str, ProbeModel] = {}
    scripts: dict[str, ScriptModel] = {}
    fresh: dict[str, Any] = {}
    for package, models in {"": OWN, **of_types}.items():
        _add(modules, models.modules)
        _add(probes, {_whole(package, name): model for name, model in models.probes.items()})
        _add(acts, {_whole(package, name): model for name, model in models.acts.items()})
        _add(scripts, {_text(_whole(package, name)): model for name, model in models.scripts.items()})
        _add(fresh, models.fresh)
    starts = [start for models in (OWN, *of_types.values()) for start in models.starts]
    return Models(modules, probes, acts, scripts, starts, fresh)


def _add(table: dict[str, Any], more: Mapping[str, Any]) -> None:
    if twice := table.keys() & more.keys():
        raise ValueError(f"two models of {', '.join(sorted(twice))}")
    table.update(more)


def _whole(package: str, name: str) -> str:
    return name if "/" in name else f"{package}/{name}"


def _text(name: str) -> str:
    package, _, file = name.partition("/")
    return script_beside(package, file).text


MODELS: Models = _together(practice_models())
