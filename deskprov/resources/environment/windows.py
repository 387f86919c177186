"""Environment variables on Windows: the registry to look, ansible.windows.win_environment to change."""

from collections.abc import Sequence
from typing import Any

from deskprov.formats.answers import observed
from deskprov.formats.windows_pack import item
from deskprov.model.facts import Answer, Observation, Sight
from deskprov.model.plan import Change
from deskprov.model.probe import Probe, script_beside
from deskprov.model.task import Task
from deskprov.resources.environment import Options

_LOOK = script_beside(__package__, "probe_windows.ps1")
_MODULE = "ansible.windows.win_environment"
_SECONDS = 2.0


def probes(options: Options) -> Sequence[Probe]:
    """One question per variable."""
    return [Probe(_LOOK, options.name)]


def observe(options: Options, answers: Sequence[Answer]) -> Observation:
    """`value`, or absent."""
    match answers:
        case [None]:
            return Sight.ABSENT
        case [dict(found)]:
            return observed(found, {"value": str})
        case _:
            return Sight.NOT_REPORTED


def tasks(change: Change) -> Sequence[Task]:
    """One task; two when only upper and lower case differ, which the module takes for the same."""
    options: Options = change.resource.options
    remove = _task("Remove the variable", name=options.name, state="absent")
    if change.resource.absent:
        return [remove]
    make = _task("Set the variable", name=options.name, value=options.value, state="present")
    return [remove, make] if _differs_in_case_only(change) else [make]


def _task(phrase: str, **arguments: Any) -> Task:
    packed = item("environment", **arguments)
    return Task(phrase, _MODULE, {**arguments, "level": "machine"}, seconds=_SECONDS, item=packed)


def _differs_in_case_only(change: Change) -> bool:
    values = [(one.before, one.after) for one in change.differences if one.option == "value"]
    return any(isinstance(before, str) and before.casefold() == str(after).casefold() for before, after in values)
