"""Large files on Windows: the machine fetches them from the run's file server; what cannot, gets them by `win_copy`."""

from collections.abc import Iterator, Mapping, Sequence

from msgspec.structs import replace

from deskprov.formats.large_files import large_file
from deskprov.formats.windows_fetch import fetch_task
from deskprov.model.profile import ShippedContent
from deskprov.model.serving import SLOW
from deskprov.model.task import ResourceTasks, ServedFile, Task
from deskprov.stages.render.playbook import found

_DID_NOT_COME = f"result.result.{SLOW} is defined"


def fetched(entries: Sequence[ResourceTasks], shipped: Mapping[str, ShippedContent]) -> list[ResourceTasks]:
    """The entries; each task that would push a large file is done only if the one before it could not fetch that."""
    return [replace(entry, tasks=list(_in_turn(entry, shipped))) for entry in entries]


def served(entries: Sequence[ResourceTasks]) -> dict[str, str]:
    """Paths in the site of the files that the machine may fetch, by ticket."""
    return {file.ticket: file.path for entry in entries for file in found(ServedFile, entry.tasks)}


def _in_turn(entry: ResourceTasks, shipped: Mapping[str, ShippedContent]) -> Iterator[Task]:
    for number, task in enumerate(entry.tasks, 1):
        file = large_file(task, shipped)
        if file is None:
            yield task
            continue
        content, ticket = shipped[file.path], f"{entry.number:03d}-{number}"
        fetch = fetch_task(task.phrase, (file.path, ticket), content, str(task.arguments["dest"]))
        judged = "result is changed" if task.changed_when is None else task.changed_when
        yield replace(fetch, changed_when=judged)
        yield replace(task, when=_DID_NOT_COME)
