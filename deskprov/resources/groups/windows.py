"""Groups on Windows: all local ones asked for at once, ansible.windows.win_group to make them.

They are removed by a script of ours, because what Windows brought is known by its SID and not by its name.
"""

from collections.abc import Mapping, Sequence

from deskprov.formats.answers import observed
from deskprov.formats.own_script import script_task
from deskprov.formats.windows_accounts import accounts_probe, group_in
from deskprov.model.facts import Answer, Observation, Sight
from deskprov.model.plan import Change
from deskprov.model.probe import Probe
from deskprov.model.task import Task
from deskprov.resources.groups import Options


def probes(options: Options) -> Sequence[Probe]:
    """One question for all accounts and groups."""
    return [accounts_probe()]


def observe(options: Options, answers: Sequence[Answer]) -> Observation:
    """`description`, or absent."""
    try:
        [answer] = answers
        found = group_in(answer, options.name)
    except ValueError:
        return Sight.NOT_REPORTED
    return Sight.ABSENT if found is None else observed(found, {"description": str})


def tasks(change: Change) -> Sequence[Task]:
    """One task."""
    options: Options = change.resource.options
    if change.resource.absent:
        return [script_task("Remove the group", __package__, "change_windows.ps1", {"Name": options.name})]
    words: Mapping[str, str] = {} if options.description is None else {"description": options.description}
    arguments = {"name": options.name, "state": "present", **words}
    return [Task("Set up the group", "ansible.windows.win_group", arguments, seconds=2.0)]
