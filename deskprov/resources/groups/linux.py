"""Groups on Debian and Ubuntu: getent to look, ansible.builtin.group to change."""

from collections.abc import Sequence

from deskprov.model.facts import Answer, Observation, Sight
from deskprov.model.plan import Action, Change
from deskprov.model.probe import Probe, script_beside
from deskprov.model.task import Task
from deskprov.resources.groups import Options

_LOOK = script_beside(__package__, "probe_linux.py")


def probes(options: Options) -> Sequence[Probe]:
    """One question per group."""
    return [Probe(_LOOK, options.name)]


def observe(options: Options, answers: Sequence[Answer]) -> Observation:
    """`gid`, or absent."""
    match answers:
        case [{"gid": int(gid)}]:
            return {"gid": gid}
        case [None]:
            return Sight.ABSENT
        case _:
            return Sight.NOT_REPORTED


def tasks(change: Change) -> Sequence[Task]:
    """One task of ansible.builtin.group."""
    options: Options = change.resource.options
    if change.action is Action.DELETE:
        return [Task("Remove the group", "ansible.builtin.group", {"name": options.name, "state": "absent"})]
    arguments: dict[str, object] = {"name": options.name, "state": "present"}
    if options.gid is not None:
        arguments["gid"] = options.gid
    if options.system:
        arguments["system"] = True
    return [Task("Create the group", "ansible.builtin.group", arguments)]
