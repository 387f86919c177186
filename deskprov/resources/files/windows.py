"""Files on Windows: one look at the path, ansible.windows.win_copy to write, scripts of ours to close and to remove.

The content travels in the connection that Ansible has anyway, in pieces of base64, which works wherever Ansible does.
Large files of the site do so only if the PC cannot fetch them (stages/render/fetching.py).
"""

from collections.abc import Sequence

from deskprov.formats.own_script import script_task
from deskprov.formats.windows_access import access_task, observed_access
from deskprov.formats.windows_accounts import accounts_probe
from deskprov.formats.windows_files import above_probe, file_probe, missing_above, observed_file
from deskprov.formats.windows_pack import item
from deskprov.model.facts import Answer, Observation, Sight
from deskprov.model.plan import Action, Change, Obstacle
from deskprov.model.probe import Probe
from deskprov.model.task import ShippedFile, Task
from deskprov.resources.files import Options

_IN_THE_WAY = "A folder or a link is where the file should be. Move it away, or remove it, and run again."


def probes(options: Options) -> Sequence[Probe]:
    """One per file and one per folder that files are in; for all that say who may use them, one about accounts."""
    if options.state == "absent":
        return [file_probe(options.path)]
    accounts = [] if options.access is None else [accounts_probe()]
    return [file_probe(options.path, options.sha256), *accounts, above_probe(options.path)]


def observe(options: Options, answers: Sequence[Answer]) -> Observation:
    """What is at the path with the hash of its content, or absent; `text` is the content where a diff can show it."""
    match answers:
        case [None, *_]:
            return Sight.ABSENT
        case [dict(found), *others]:
            names = others[0] if others else None
            rights = observed_access(found.get("sddl"), names, options.access or (), folder=False)
            return {**observed_file(found), **rights}
        case _:
            return Sight.NOT_REPORTED


def obstacles(options: Options, answers: Sequence[Answer]) -> Sequence[Obstacle]:
    """That the folder is missing which the file is to be in."""
    return missing_above(options.path, answers[-1]) if len(answers) > 1 and answers[0] is None else []


def tasks(change: Change) -> Sequence[Task]:
    """The content, then who may use it; each only if it differs."""
    options: Options = change.resource.options
    if change.resource.absent:
        return [script_task("Remove the file", __package__, "change_windows.ps1", {"Path": options.path})]
    if any(difference.option == "kind" and difference.before is not None for difference in change.differences):
        return [Task("Write the file", "ansible.builtin.fail", {"msg": _IN_THE_WAY})]
    made = []
    if change.action is not Action.UPDATE or change.differs("sha256"):
        content = {"content": options.content} if options.source is None else {"src": ShippedFile(options.source)}
        arguments = {"dest": options.path, **content}
        packed = item("file", dest=options.path, content=options.content) if options.source is None else None
        made.append(Task("Write the file", "ansible.windows.win_copy", arguments, seconds=4.0, item=packed))
    closes = options.access is not None or options.inherit is not None
    if closes and (change.differs("access") or change.differs("inherit")):
        made.append(access_task(options.path, options.access, options.inherit))
    return made
