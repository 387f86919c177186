"""Folders on Windows: one look at the path, ansible.windows.win_file to make, scripts of ours to close and to remove.

ansible.windows.win_file would remove a folder with all that is in it, and a file in its place, too.
"""

from collections.abc import Sequence

from deskprov.formats.own_script import script_task
from deskprov.formats.windows_access import access_task, observed_access
from deskprov.formats.windows_accounts import accounts_probe
from deskprov.formats.windows_files import file_probe, observed_file
from deskprov.formats.windows_pack import item
from deskprov.model.facts import Answer, Observation, Sight
from deskprov.model.plan import Action, Change
from deskprov.model.probe import Probe
from deskprov.model.task import Task
from deskprov.resources.folders import Options

_IN_THE_WAY = "A file or a link is where the folder should be. Move it away, or remove it, and run again."


def probes(options: Options) -> Sequence[Probe]:
    """One question per folder; for all that say who may use them, one about accounts and groups."""
    there = file_probe(options.path)
    return [there] if options.access is None else [there, accounts_probe()]


def observe(options: Options, answers: Sequence[Answer]) -> Observation:
    """What is at the path, or absent."""
    match answers:
        case [None, *_]:
            return Sight.ABSENT
        case [dict(found), *accounts]:
            names = accounts[0] if accounts else None
            rights = observed_access(found.get("sddl"), names, options.access or (), folder=True)
            return {**observed_file(found), **rights}
        case _:
            return Sight.NOT_REPORTED


def tasks(change: Change) -> Sequence[Task]:
    """The folder, then who may use it; each only if it differs."""
    options: Options = change.resource.options
    if change.resource.absent:
        gone = {"Path": options.path, "WithContent": options.remove_content}
        return [script_task("Remove the folder", __package__, "change_windows.ps1", gone)]
    if any(difference.option == "kind" and difference.before is not None for difference in change.differences):
        return [Task("Make the folder", "ansible.builtin.fail", {"msg": _IN_THE_WAY})]
    made = []
    if change.action is not Action.UPDATE:
        arguments = {"path": options.path, "state": "directory"}
        packed = item("folder", path=options.path)
        made.append(Task("Make the folder", "ansible.windows.win_file", arguments, item=packed))
    closes = options.access is not None or options.inherit is not None
    if closes and (change.differs("access") or change.differs("inherit")):
        made.append(access_task(options.path, options.access, options.inherit))
    return made
