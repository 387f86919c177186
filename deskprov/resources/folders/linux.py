"""Folders on Linux: lstat to look, ansible.builtin.file to change, rmdir and rm to remove.

ansible.builtin.file would remove a folder with all that is in it, and all that is mounted in it.
"""

import glob
from collections.abc import Sequence

from deskprov.formats.file_system import at, observed_at
from deskprov.formats.posix_pack import item
from deskprov.model.facts import Answer, Observation, Sight
from deskprov.model.plan import Action, Change
from deskprov.model.probe import Probe
from deskprov.model.task import Task
from deskprov.resources.folders import Options

_NEW = "0755"
_IN_THE_WAY = "A file or a symbolic link is where the folder should be. Move it away, or remove it, and run again."


def probes(options: Options) -> Sequence[Probe]:
    """One question per folder."""
    return [at(options.path)]


def observe(options: Options, answers: Sequence[Answer]) -> Observation:
    """What is at the path, or absent."""
    match answers:
        case [answer]:
            return observed_at(answer)
        case _:
            return Sight.NOT_REPORTED


def tasks(change: Change) -> Sequence[Task]:
    """One task; it never changes what a symbolic link leads to."""
    options: Options = change.resource.options
    if change.resource.absent:
        return [_removal(options)]
    if any(difference.option == "kind" and difference.before is not None for difference in change.differences):
        return [Task("Make the folder", "ansible.builtin.fail", {"msg": _IN_THE_WAY})]
    mode = options.mode or (_NEW if change.action is Action.CREATE else None)
    stated = {"mode": mode, "owner": options.owner, "group": options.group}
    given = {name: value for name, value in stated.items() if value is not None}
    arguments = {"path": options.path, "state": "directory", "follow": False, **given}
    packed = item("folder", path=options.path, **given)
    return [Task("Make the folder", "ansible.builtin.file", arguments, item=packed)]


def _removal(options: Options) -> Task:
    remove = ["rm", "--recursive", "--force", "--one-file-system"] if options.remove_content else ["rmdir"]
    argv = [*remove, "--", options.path]
    return Task(
        "Remove the folder",
        "ansible.builtin.command",
        {"argv": argv, "removes": glob.escape(options.path), "expand_argument_vars": False},
        item=item("command", path=options.path, argv=argv),
    )
