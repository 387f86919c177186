"""Settings in INI files on Windows: one look at the file per setting, and a script of ours that changes one line.

No module for Windows knows sections: community.windows.win_lineinfile would find the key of another section.
"""

from collections.abc import Sequence

from msgspec.structs import replace

from deskprov.formats.answers import observed
from deskprov.formats.own_script import script_task
from deskprov.formats.windows_files import above_probe, missing_above
from deskprov.formats.windows_pack import item
from deskprov.model.facts import Answer, Observation, Sight
from deskprov.model.plan import Change, Obstacle
from deskprov.model.probe import Probe, script_beside
from deskprov.model.task import Task
from deskprov.resources.file_settings import Options

_CHANGE = "change_windows.ps1"
_LOOK = script_beside(__package__, "probe_windows.ps1")


def probes(options: Options) -> Sequence[Probe]:
    """One question per setting, and one per folder that files are in."""
    there = Probe(_LOOK, tuple(options.place))
    return [there] if options.state == "absent" else [there, above_probe(options.place.path)]


def observe(options: Options, answers: Sequence[Answer]) -> Observation:
    """`value`, or absent."""
    match answers:
        case [None, *_]:
            return Sight.ABSENT
        case [dict(found), *_]:
            return observed(found, {"value": str})
        case _:
            return Sight.NOT_REPORTED


def obstacles(options: Options, answers: Sequence[Answer]) -> Sequence[Obstacle]:
    """That the folder is missing which the file is in."""
    return missing_above(options.place.path, answers[1]) if len(answers) > 1 and answers[0] is None else []


def tasks(change: Change) -> Sequence[Task]:
    """One script, or an item of the script that makes many changes in one run."""
    options: Options = change.resource.options
    path, section, key = options.place
    where = {"path": path, "section": section, "key": key}
    given = {"Path": path, "Section": section, "Key": key}
    if change.resource.absent:
        made = script_task("Take the setting out", __package__, _CHANGE, {**given, "Remove": True})
        return [replace(made, item=item("setting", **where, state="absent"))]
    made = script_task("Write the setting", __package__, _CHANGE, {**given, "Value": options.value})
    return [replace(made, item=item("setting", **where, value=options.value))]
