"""Registry values on Windows: the registry provider of PowerShell to look, ansible.windows.win_regedit to change."""

from collections.abc import Sequence

from deskprov.formats.windows_registry import observed_value, remove_value, set_value, value_probe
from deskprov.model.facts import Answer, Observation, Sight
from deskprov.model.plan import Change
from deskprov.model.probe import Probe
from deskprov.model.task import Task
from deskprov.resources.registry import Options, parts


def probes(options: Options) -> Sequence[Probe]:
    """One question per value."""
    return [value_probe(*parts(options))]


def observe(options: Options, answers: Sequence[Answer]) -> Observation:
    """`type` and `data`, or absent; the type is not reported where PowerShell may only run cmdlets."""
    match answers:
        case [answer]:
            return observed_value(answer)
        case _:
            return Sight.NOT_REPORTED


def tasks(change: Change) -> Sequence[Task]:
    """One task of ansible.windows.win_regedit."""
    options: Options = change.resource.options
    key, name = parts(options)
    if change.resource.absent:
        return [remove_value("Remove the registry value", key, name)]
    return [set_value("Set the registry value", key, name, options.kind, options.data)]
