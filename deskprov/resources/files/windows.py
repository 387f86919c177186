"""Files on Windows: one look at the path, ansible.windows.win_copy to write, scripts of ours to close and to remove.

The content travels in the connection that Ansible has anyway, in pieces of base64, which works wherever Ansible does.
Large files of the site do so only if the PC cannot fetch them (stages/render/fetching.py).
"""

from collections.abc import Sequence

from deskprov.formats.own_script import script_task
from deskprov.formats.windows_files import above_probe, missing_above
from deskprov.formats.windows_pack import item, packable
from deskprov.formats.windows_things import access_tasks, in_the_way, observed_thing, thing_probes
from deskprov.model.facts import Answer, Observation
from deskprov.model.plan import Action, Change, Obstacle
from deskprov.model.probe import Probe
from deskprov.model.task import ShippedFile, Task
from deskprov.resources.files import Options

_IN_THE_WAY = "A folder or a link is where the file should be. Move it away, or remove it, and run again."


def probes(options: Options) -> Sequence[Probe]:
    """One per file and one per folder that files are in; for all that say who may use them, one about accounts."""
    if options.state == "absent":
        return thing_probes(options.path, None)
    return [*thing_probes(options.path, options.access, options.sha256), above_probe(options.path)]


def observe(options: Options, answers: Sequence[Answer]) -> Observation:
    """What is at the path with the hash of its content, or absent; `text` is the content where a diff can show it."""
    return observed_thing(answers, options.access, folder=False)


def obstacles(options: Options, answers: Sequence[Answer]) -> Sequence[Obstacle]:
    """That the folder is missing which the file is to be in."""
    return missing_above(options.path, answers[-1]) if len(answers) > 1 and answers[0] is None else []


def tasks(change: Change) -> Sequence[Task]:
    """The content, then who may use it; each only if it differs."""
    options: Options = change.resource.options
    if change.resource.absent:
        gone = script_task("Remove the file", __package__, "change_windows.ps1", {"Path": options.path})
        return [packable("no file", gone)]
    if in_the_way(change):
        return [Task("Write the file", "ansible.builtin.fail", {"msg": _IN_THE_WAY})]
    written = change.action is not Action.UPDATE or change.differs("sha256")
    return [*([_writing(options)] if written else []), *access_tasks(change)]


def _writing(options: Options) -> Task:
    content = {"content": options.content} if options.source is None else {"src": ShippedFile(options.source)}
    packed = item("file", dest=options.path, content=options.text) if options.text is not None else None
    return Task(
        "Write the file", "ansible.windows.win_copy", {"dest": options.path, **content}, seconds=4.0, item=packed
    )
