"""Groups on Windows: all local ones asked for at once, ansible.windows.win_group to make them.

They are removed by a script of ours, because what Windows brought is known by its SID and not by its name.
"""

from collections.abc import Mapping, Sequence
from typing import Any

from deskprov.formats.answers import observed
from deskprov.formats.own_script import script_task
from deskprov.formats.windows_accounts import BUILT_IN, accounts_probe, group_in
from deskprov.model.facts import Answer, Observation, Sight
from deskprov.model.plan import Change
from deskprov.model.probe import Probe
from deskprov.model.task import Task
from deskprov.resources.groups import Options


def probes(options: Options) -> Sequence[Probe]:
    """One question for all accounts and groups."""
    return [accounts_probe()]


def observe(options: Options, answers: Sequence[Answer]) -> Observation:
    """`description` and the members from a domain, spelt as the profile spells them; or absent."""
    try:
        [answer] = answers
        found = group_in(answer, options.name)
    except ValueError:
        return Sight.NOT_REPORTED
    if found is None:
        return Sight.ABSENT
    return {**observed(found, {"description": str}), "members": _members_in(found, options)}


def _members_in(found: Mapping[str, Any], options: Options) -> frozenset[str] | Sight:
    others = found.get("others")
    if not isinstance(others, list) or not all(isinstance(member, str) for member in others):
        return Sight.NOT_REPORTED
    spelt: dict[str, str] = {member.casefold(): member for member in options.members}
    return frozenset(spelt.get(str(member).casefold(), str(member)) for member in others)


def tasks(change: Change) -> Sequence[Task]:
    """The group, unless it is part of Windows, and its members."""
    options: Options = change.resource.options
    if change.resource.absent:
        return [script_task("Remove the group", __package__, "change_windows.ps1", {"Name": options.name})]
    return [*_made(options), *(_members(options) if change.differs("members") else [])]


def _members(options: Options) -> Sequence[Task]:
    if not options.members:
        return []
    given = {"Name": options.name, "Sid": BUILT_IN.get(options.name.casefold()), "Members": options.members}
    return [script_task("Add members from a domain", __package__, "change_members_windows.ps1", given)]


def _made(options: Options) -> Sequence[Task]:
    if options.name.casefold() in BUILT_IN:
        return []
    words: Mapping[str, str] = {} if options.description is None else {"description": options.description}
    arguments = {"name": options.name, "state": "present", **words}
    return [Task("Set up the group", "ansible.windows.win_group", arguments, seconds=2.0)]
