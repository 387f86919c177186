"""What a module that made many changes in one run says, as if each had been a task of its own."""

import re
from collections.abc import Mapping, Sequence
from typing import Any

from msgspec.structs import replace

from deskprov.model.playbook import EventKind, TaskEvent
from deskprov.model.task import ResourceTasks, Task

_NUMBER = re.compile(r"(\d{3,}) ")
_OF_ALL = frozenset({EventKind.STARTED, EventKind.FAILED, EventKind.UNREACHABLE, EventKind.SKIPPED})


def step_of(task_name: str) -> int | None:
    """The number of the resource that a task belongs to; None for a task of no resource."""
    found = _NUMBER.match(task_name)
    return int(found[1]) if found else None


def unpacked(entries: Sequence[ResourceTasks], event: TaskEvent) -> list[TaskEvent]:
    """The event; of a pack, one event for each task of its entries, each named after its own number.

    An entry of which the module does not say as many things as it has tasks has none: it is not known how it went.
    Tasks that only serve a pack give no events.
    """
    number = step_of(event.task)
    members = [entry for entry in entries if number is not None and entry.pack == number]
    if not members:
        return [event]
    item = members[0].tasks[0].item
    if item is None or _NUMBER.sub("", event.task, count=1) != item.packer.phrase:
        return []
    if event.kind in _OF_ALL:
        return [_renamed(event, entry, task) for entry in members for task in entry.tasks]
    answers = _answers(event.result, item.packer.answer)
    return [
        _told(_renamed(event, entry, task), said)
        for entry in members
        if len(answers.get(entry.number, ())) == len(entry.tasks)
        for task, said in zip(entry.tasks, answers[entry.number], strict=True)
    ]


def _renamed(event: TaskEvent, entry: ResourceTasks, task: Task) -> TaskEvent:
    return replace(event, task=f"{entry.number:03d} {task.phrase}", result={})


def _answers(result: Any, place: Sequence[str]) -> Mapping[int, Sequence[Mapping[str, Any]]]:
    """What is said, by number."""
    for key in place:
        result = result.get(key) if isinstance(result, Mapping) else None
    answers: dict[int, list[Mapping[str, Any]]] = {}
    for one in result if isinstance(result, list) else ():
        if _is_answer(one):
            answers.setdefault(one["number"], []).append(one)
    return answers


def _is_answer(said: Any) -> bool:
    match said:
        case {"number": bool()}:
            return False
        case {"number": int(), "changed": bool(), "failed": bool(), "skipped": bool(), "msg": str()}:
            return True
        case _:
            return False


def _told(event: TaskEvent, said: Mapping[str, Any]) -> TaskEvent:
    kinds = {"failed": EventKind.FAILED, "skipped": EventKind.SKIPPED, "changed": EventKind.CHANGED}
    kind = next((kind for word, kind in kinds.items() if said[word]), EventKind.OK)
    return replace(event, kind=kind, message=said["msg"])
