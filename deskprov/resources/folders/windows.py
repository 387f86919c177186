"""Folders on Windows: one look at the path, ansible.windows.win_file to make, scripts of ours to close and to remove.

ansible.windows.win_file would remove a folder with all that is in it, and a file in its place, too.
"""

from collections.abc import Sequence

from deskprov.formats.own_script import script_task
from deskprov.formats.windows_pack import item, packable
from deskprov.formats.windows_things import access_tasks, in_the_way, observed_thing, thing_probes
from deskprov.model.facts import Answer, Observation
from deskprov.model.plan import Action, Change
from deskprov.model.probe import Probe
from deskprov.model.task import Task
from deskprov.resources.folders import Options

_IN_THE_WAY = "A file or a link is where the folder should be. Move it away, or remove it, and run again."


def probes(options: Options) -> Sequence[Probe]:
    """One question per folder; for all that say who may use them, one about accounts and groups."""
    return thing_probes(options.path, options.access)


def observe(options: Options, answers: Sequence[Answer]) -> Observation:
    """What is at the path, or absent."""
    return observed_thing(answers, options.access, folder=True)


def tasks(change: Change) -> Sequence[Task]:
    """The folder, then who may use it; each only if it differs."""
    options: Options = change.resource.options
    if change.resource.absent:
        gone = {"Path": options.path, "WithContent": options.remove_content}
        return [packable("no folder", script_task("Remove the folder", __package__, "change_windows.ps1", gone))]
    if in_the_way(change):
        return [Task("Make the folder", "ansible.builtin.fail", {"msg": _IN_THE_WAY})]
    return [*([] if change.action is Action.UPDATE else [_making(options)]), *access_tasks(change)]


def _making(options: Options) -> Task:
    arguments = {"path": options.path, "state": "directory"}
    return Task("Make the folder", "ansible.windows.win_file", arguments, item=item("folder", path=options.path))
