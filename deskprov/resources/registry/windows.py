"""Registry values on Windows: the computer's by ansible.windows.win_regedit, those of people by a script of ours."""

from collections.abc import Sequence

from deskprov.formats.windows_registry import observed_value, people, remove_value, set_value, value_probe
from deskprov.model.facts import Answer, Observation, Sight
from deskprov.model.plan import Change
from deskprov.model.probe import Probe
from deskprov.model.task import Task
from deskprov.resources.registry import Options, desired
from deskprov.resources.registry.words import place


def probes(options: Options) -> Sequence[Probe]:
    """One question per value; those about people are asked together, so that nobody's registry is loaded twice."""
    who, key, name = place(options.value)
    if who in people.WHO:
        return [people.value_probe(who, key, name)]
    return [value_probe(_drive(who, key), name)]


def observe(options: Options, answers: Sequence[Answer]) -> Observation:
    """`type` and `data`, or absent; the type is not reported where PowerShell may only run cmdlets."""
    who, _, _ = place(options.value)
    match answers:
        case [answer] if who in people.WHO:
            return people.observed_value(answer, desired(options))
        case [answer]:
            return observed_value(answer)
        case _:
            return Sight.NOT_REPORTED


def tasks(change: Change) -> Sequence[Task]:
    """One task."""
    options: Options = change.resource.options
    who, key, name = place(options.value)
    if who in people.WHO:
        if change.resource.absent:
            return [people.remove_value("Remove the value from the registries of people", who, key, name)]
        return [
            people.set_value("Set the value in the registries of people", who, key, name, options.kind, options.content)
        ]
    if change.resource.absent:
        return [remove_value("Remove the registry value", _drive(who, key), name)]
    return [set_value("Set the registry value", _drive(who, key), name, options.kind, options.content)]


def _drive(hive: str, key: str) -> str:
    """The key as PowerShell spells it."""
    return f"{hive}:\\{key}"
