"""Changes as numbered entries of a playbook, each with its tasks and with what it needs."""

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from itertools import groupby

from deskprov.formats.module_options import check
from deskprov.model.module_options import OptionTable
from deskprov.model.plan import Change
from deskprov.model.task import ResourceTasks, Task
from deskprov.stages.render.packing import pack_task

LONGEST_SUBJECT = 80

_HARMLESS = re.compile(r"[A-Za-z0-9._/-]+(?: [A-Za-z0-9._/-]+)*\Z")
_ACCOUNT = re.compile(r"[a-z_][a-z0-9_-]{0,31}\Z")
_PHRASE = re.compile(r"[A-Z][A-Za-z']*(?: [A-Za-z'-]+)*\Z")


class WrongTask(Exception):
    """A resource type makes a task that its module would not take. A bug of ours, never a user's mistake."""


def entries(changes: Sequence[Change], tasks_of: Callable[[Change], Sequence[Task]]) -> list[ResourceTasks]:
    """One entry per change that has tasks, in the order given, numbered from 1.

    An entry needs those before it that its resource names. Among removals it is the other way round: what others
    needed goes only when they are gone.
    """
    with_tasks = [(change, tasks) for change in changes if (tasks := tasks_of(change))]
    numbers = {change.resource.key: number for number, (change, _) in enumerate(with_tasks, 1)}
    needs = _needs([change for change, _ in with_tasks], numbers)
    return [
        ResourceTasks(number, change.resource.key, _subject(change.resource.name), tasks, sorted(needs[number]))
        for number, (change, tasks) in enumerate(with_tasks, 1)
    ]


def checked(entries: Sequence[ResourceTasks], tables: Sequence[OptionTable]) -> None:
    """Raises `WrongTask` when a task, of one resource or of a pack, is not what its module documents in one of these
    releases of ansible-core.
    """
    wrong = {
        f"{kind}: {task.phrase} ({task.module}): {problem}": None
        for kind, task in _tasks(entries)
        for problem in [
            *_wrong_phrase(task),
            *_wrong_account(task),
            *(p for table in tables for p in check(task.module, task.arguments, table)),
        ]
    }
    if wrong:
        raise WrongTask("; ".join(wrong))


def _tasks(entries: Sequence[ResourceTasks]) -> Iterator[tuple[str, Task]]:
    """All tasks, each with the type of its resource; of a pack also the one that makes it."""
    needs = {entry.number: entry.needs for entry in entries}
    for pack, group in groupby(entries, key=lambda entry: entry.pack):
        together = list(group)
        yield from ((entry.resource.partition("/")[0], task) for entry in together for task in entry.tasks)
        if pack:
            yield "packed", pack_task(together, needs)


def _needs(changes: Sequence[Change], numbers: Mapping[str, int]) -> dict[int, set[int]]:
    needs: dict[int, set[int]] = {number: set() for number in numbers.values()}
    removals = {change.resource.key for change in changes if change.resource.absent}
    for change in changes:
        own = numbers[change.resource.key]
        for key in change.resource.needs:
            other = numbers.get(key, own)
            if other < own:
                needs[own].add(other)
            elif other > own and {key, change.resource.key} <= removals:
                needs[other].add(own)
    return needs


def _subject(name: str) -> str:
    return name if len(name) <= LONGEST_SUBJECT and _HARMLESS.match(name) else ""


def _wrong_phrase(task: Task) -> list[str]:
    return [] if _PHRASE.match(task.phrase) else ["the phrase is not a capital letter and plain words"]


def _wrong_account(task: Task) -> list[str]:
    good = not task.become_user or _ACCOUNT.match(task.become_user)
    return [] if good else ["become_user is no name of an account"]
