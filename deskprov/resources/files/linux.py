"""Files on Linux: lstat and a hash to look, ansible.builtin.copy to change, rm to remove.

ansible.builtin.file would remove a folder with all that is in it, were there one instead of the file; rm by itself
would remove a device.
"""

import glob
from collections.abc import Mapping, Sequence

from deskprov.formats.answers import Kind, observed
from deskprov.formats.file_system import at, observed_at
from deskprov.formats.posix_pack import item
from deskprov.model.facts import Answer, Observation, Observed, Sight
from deskprov.model.plan import Action, Change
from deskprov.model.probe import Probe, script_beside
from deskprov.model.task import ShippedFile, Task
from deskprov.resources.files import Options

_LOOK = script_beside(__package__, "probe_linux.py")
_CONTENT: Mapping[str, Kind] = {"sha256": str, "text": str | None}
_NO_CONTENT = {"sha256": None, "text": None}
_NEW = "0644"
_IN_THE_WAY = "A folder or device is where the file should be. Move it away, or remove it, and run again."
_NOT_REMOVED = "A folder or device is where no file should be. Look what it is, and remove it yourself."
_REMOVE = f'if [ -L "$1" ] || [ -f "$1" ]; then rm -- "$1"; else echo "{_NOT_REMOVED}" >&2; exit 1; fi'


def probes(options: Options) -> Sequence[Probe]:
    """What is at the path, and the content that a file should have."""
    there = at(options.path)
    return [there] if options.state == "absent" else [there, Probe(_LOOK, (options.path, options.sha256))]


def observe(options: Options, answers: Sequence[Answer]) -> Observation:
    """What is at the path with the hash of its content, or absent; `text` is the content where a diff can show it."""
    match answers:
        case [there]:
            return observed_at(there)
        case [there, content]:
            return _with_content(observed_at(there), content)
        case _:
            return Sight.NOT_REPORTED


def tasks(change: Change) -> Sequence[Task]:
    """One task; a symbolic link is replaced, never written through."""
    options: Options = change.resource.options
    if change.resource.absent:
        return [_removal(options)]
    if any(
        difference.option == "kind" and difference.before in ("folder", "other") for difference in change.differences
    ):
        return [Task("Write the file", "ansible.builtin.fail", {"msg": _IN_THE_WAY})]
    content = {"content": options.content} if options.source is None else {"src": ShippedFile(options.source)}
    mode = options.mode or (_NEW if change.action is Action.CREATE else None)
    stated = {"mode": mode, "owner": options.owner, "group": options.group}
    given = {name: value for name, value in stated.items() if value is not None}
    arguments = {"dest": options.path, **content, "follow": False, **given}
    packed = item("file", path=options.path, content=options.content, **given) if options.source is None else None
    return [Task("Write the file", "ansible.builtin.copy", arguments, seconds=1.5, item=packed)]


def _with_content(found: Observed | Sight, content: Answer) -> Observation:
    if isinstance(found, Sight):
        return found
    if found["kind"] != "file":
        return {**found, **_NO_CONTENT}
    return {**found, **observed(content if isinstance(content, dict) else {}, _CONTENT)}


def _removal(options: Options) -> Task:
    argv = ["sh", "-c", _REMOVE, "sh", options.path]
    return Task(
        "Remove the file",
        "ansible.builtin.command",
        {"argv": argv, "removes": glob.escape(options.path), "expand_argument_vars": False},
        item=item("command", path=options.path, argv=argv),
    )
