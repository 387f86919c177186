"""Groups on Debian and Ubuntu: the group database to look, ansible.builtin.group to change."""

from collections.abc import Mapping, Sequence
from typing import Any

from deskprov.formats.answers import observed
from deskprov.formats.posix_pack import item
from deskprov.model.facts import Answer, Observation, Sight
from deskprov.model.plan import Change
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
        case [None]:
            return Sight.ABSENT
        case [dict(found)]:
            return observed(found, {"gid": int})
        case _:
            return Sight.NOT_REPORTED


def tasks(change: Change) -> Sequence[Task]:
    """One task of ansible.builtin.group."""
    options: Options = change.resource.options
    if change.resource.absent:
        return [Task("Remove the group", "ansible.builtin.group", {"name": options.name, "state": "absent"})]
    number: Mapping[str, Any] = {} if options.gid is None else {"gid": options.gid}
    service: Mapping[str, Any] = {"system": True} if options.system else {}
    arguments = {"name": options.name, "state": "present", **number, **service}
    packed = item("group", name=options.name, **number, **service)
    return [Task("Set up the group", "ansible.builtin.group", arguments, item=packed)]
