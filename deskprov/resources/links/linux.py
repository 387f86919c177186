"""Symbolic links on Linux: lstat and readlink to look, ansible.builtin.file to change, find to remove.

For a target that is not there yet, ansible.builtin.file wants `force`, with which it replaces a file or an empty
folder, too. So a check comes before it. To remove, it would take a whole folder; find takes links only.
"""

import glob
from collections.abc import Sequence

from deskprov.formats.file_system import at, observed_at
from deskprov.formats.posix_pack import item
from deskprov.model.facts import Answer, Observation, Sight
from deskprov.model.plan import Change
from deskprov.model.probe import Probe
from deskprov.model.task import Task
from deskprov.resources.links import Options

_IN_THE_WAY = "A file or folder is where the link should be. Move it away, or remove it, and run again."
_CHECK = f'if [ -e "$1" ] && [ ! -L "$1" ]; then echo "{_IN_THE_WAY}" >&2; exit 1; fi'


def probes(options: Options) -> Sequence[Probe]:
    """One question per link."""
    return [at(options.path)]


def observe(options: Options, answers: Sequence[Answer]) -> Observation:
    """What is at the path, or absent; a link that shall go is absent where something other than a link is."""
    match answers:
        case [answer]:
            found = observed_at(answer)
        case _:
            return Sight.NOT_REPORTED
    match found:
        case {"kind": "file" | "folder" | "other"} if options.state == "absent":
            return Sight.ABSENT
        case _:
            return found


def tasks(change: Change) -> Sequence[Task]:
    """A check and the link, or the removal; a file or folder in its place stays, whatever happens."""
    options: Options = change.resource.options
    if change.resource.absent:
        return [_removal(options)]
    if any(d.option == "kind" and d.before is not None for d in change.differences):
        return [Task("Make the link", "ansible.builtin.fail", {"msg": _IN_THE_WAY})]
    stated = {"owner": options.owner, "group": options.group}
    given = {name: value for name, value in stated.items() if value is not None}
    link = {"path": options.path, "src": options.target, "state": "link", "force": True, "follow": False}
    packed = item("link", path=options.path, target=options.target, **given)
    argv = ["sh", "-c", _CHECK, "sh", options.path]
    check = {"argv": argv, "expand_argument_vars": False}
    look = item("command", path=options.path, argv=argv, looks_only=True)
    return [
        Task("Check that nothing else is there", "ansible.builtin.command", check, changed_when=False, item=look),
        Task("Make the link", "ansible.builtin.file", {**link, **given}, item=packed),
    ]


def _removal(options: Options) -> Task:
    find = ["find", options.path, "-maxdepth", "0", "-type", "l", "-printf", "removed", "-delete"]
    return Task(
        "Remove the link",
        "ansible.builtin.command",
        {"argv": find, "removes": glob.escape(options.path), "expand_argument_vars": False},
        changed_when="result.stdout == 'removed'",
        item=item("command", path=options.path, argv=find, changed_output="removed"),
    )
