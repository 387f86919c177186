"""Which changes are made together in one run of a module, and the task that makes them."""

import json
from collections.abc import Mapping, Sequence
from itertools import groupby
from typing import Any

from msgspec.structs import replace

from deskprov.model.packing import Item, Packer
from deskprov.model.secret import SecretText
from deskprov.model.task import ResourceTasks, ShippedFile, Task
from deskprov.stages.render.playbook import found

MOST_ITEMS = 50
"""In one run, so that what it answers is small enough to be kept, and that a run which hangs holds up few others."""

MOST_CHARACTERS = 256 * 1024
LARGEST_ITEM = 64 * 1024
"""Of the items of one resource, as JSON. What is larger goes by the module that transfers files."""


def packed(entries: Sequence[ResourceTasks]) -> list[ResourceTasks]:
    """The entries, in their order; those next to each other that one run of a module can make are of one pack.

    What touches a secret is not among them, because under `no_log` nothing would be known of any of them, and neither
    is what an account does itself.
    """
    made: list[ResourceTasks] = []
    for packer, group in groupby(entries, key=_packer):
        together = list(group)
        made += together if packer is None else [entry for part in _parts(together) for entry in _pack(part)]
    return made


def pack_task(entries: Sequence[ResourceTasks], needs: Mapping[int, Sequence[int]], **more: Any) -> Task:
    """The task of one pack. `needs` are, by number, all entries that must not have failed before; `more` are further
    arguments.
    """
    items = [
        {"number": entry.number, **({"needs": list(needs[entry.number])} if needs[entry.number] else {}), **item.data}
        for entry in entries
        for item in _items(entry)
    ]
    packer = packer_of(entries)
    return Task(packer.phrase, packer.module, packer.arguments(items=items, **more))


def packer_of(entries: Sequence[ResourceTasks]) -> Packer:
    """Who makes the entries of one pack."""
    [packer] = {item.packer for entry in entries for item in _items(entry)}
    return packer


def _packer(entry: ResourceTasks) -> Packer | None:
    """Who can make it together with others."""
    items = _items(entry)
    alone = any(task.is_secret or task.become_user or task.item is None for task in entry.tasks)
    large = sum(map(_size, items)) > LARGEST_ITEM
    if alone or large or any(found((SecretText, ShippedFile), [item.data for item in items])):
        return None
    packers = {item.packer for item in items}
    return packers.pop() if len(packers) == 1 else None


def _items(entry: ResourceTasks) -> list[Item]:
    return [task.item for task in entry.tasks if task.item is not None]


def _parts(entries: Sequence[ResourceTasks]) -> list[list[ResourceTasks]]:
    """The entries in parts that are small enough."""
    parts: list[list[ResourceTasks]] = []
    room = 0
    for entry in entries:
        size = sum(map(_size, _items(entry)))
        if not parts or size > room or len(parts[-1]) == MOST_ITEMS:
            parts.append([])
            room = MOST_CHARACTERS
        parts[-1].append(entry)
        room -= size
    return parts


def _pack(entries: Sequence[ResourceTasks]) -> list[ResourceTasks]:
    if sum(len(entry.tasks) for entry in entries) == 1:
        return list(entries)
    return [replace(entry, pack=entries[0].number) for entry in entries]


def _size(item: Item) -> int:
    return len(json.dumps(item.data, default=str))
