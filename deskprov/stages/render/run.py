"""The playbook of one run on one machine: a block per resource, so that a failure stops only what needs it.

A pack of resources has one block, and its module stops only what needs the one that failed.
"""

import math
from collections.abc import Mapping, Sequence
from itertools import groupby
from typing import Any

from msgspec import Struct
from msgspec.structs import replace

from deskprov.formats.playbook_yaml import Expression, dump
from deskprov.model.facts import Facts
from deskprov.model.names import is_name
from deskprov.model.platform import Platform
from deskprov.model.secret import SecretForm, SecretRef
from deskprov.model.task import ResourceTasks, Task
from deskprov.stages.render.fetching import served
from deskprov.stages.render.guard import guard
from deskprov.stages.render.packing import pack_task, packer_of
from deskprov.stages.render.playbook import FILES, Playbook, Writer, literal, secrets_of, shipped
from deskprov.stages.render.reason import reason

_LOOKUP = "deskprov.desktop.secret"
_NOTHING_KNOWN = Facts()


def run_playbook(
    host_name: str,
    entries: Sequence[ResourceTasks],
    *,
    become: bool,
    step_seconds: float,
    platform: Platform = Platform.LINUX,
    looked_at: Facts = _NOTHING_KNOWN,
) -> Playbook:
    """The playbook that makes these changes on this machine, each task within `step_seconds`, if it is the one
    `looked_at`.

    The names of an entry's tasks begin with its number, and that of a pack with the number of its first. Numbers of
    what has failed are in `deskprov_failed`, and what needs one of them, directly or through others, is skipped; if
    secrets are in an entry, a task "Reason" says one word.
    Raises `ValueError` for a host name that is none.
    """
    if not is_name(host_name):
        raise ValueError(f"{host_name!r} is no name of a machine")
    files = shipped(entries, FILES)
    writer = Writer(files, _lookup)
    blocks = _Blocks(writer, _all_needs(entries), max(1, math.ceil(step_seconds)))
    play = {
        "name": f"Set up {host_name}",
        "hosts": host_name,
        "gather_facts": False,
        "become": become,
        "tasks": [
            *guard(platform, looked_at),
            *(blocks.written(list(together)) for _, together in groupby(entries, key=_block_of)),
        ],
    }
    return Playbook(dump([play]), {name: path for path, name in files.items()}, secrets_of(entries), served(entries))


class _Blocks(Struct, frozen=True):
    """Writes blocks. `needs` are, by number, all entries that must not have failed before; `limit` is in seconds."""

    writer: Writer
    needs: Mapping[int, Sequence[int]]
    limit: int

    def written(self, entries: Sequence[ResourceTasks]) -> dict[str, Any]:
        """The block of one entry, or of one pack."""
        return self._pack(entries) if entries[0].pack else self._single(entries[0])

    def _single(self, entry: ResourceTasks) -> dict[str, Any]:
        conditions = [Expression(f"{number} not in {_FAILED}") for number in self.needs[entry.number]]
        secret = any(task.is_secret for task in entry.tasks)
        return {
            **({"when": conditions} if conditions else {}),
            "block": [self._task(entry, task) for task in entry.tasks],
            "rescue": [*([reason(entry.number)] if secret else []), _note([entry], f"[{entry.number}]")],
        }

    def _pack(self, entries: Sequence[ResourceTasks]) -> dict[str, Any]:
        own = {entry.number for entry in entries}
        earlier = any(set(self.needs[number]) - own for number in own)
        later = any(own.intersection(needs) for number, needs in self.needs.items() if number not in own)
        task = pack_task(entries, self.needs, **({"failed": Expression(f"{{{{ {_FAILED} }}}}")} if earlier else {}))
        made = self._task(replace(entries[0], subject=""), task)
        return {
            "block": [made | {"register": "result"}, _note_failed(entries)] if later else [made],
            "rescue": [_note(entries, f"[{', '.join(str(entry.number) for entry in entries)}]")],
        }

    def _task(self, entry: ResourceTasks, task: Task) -> dict[str, Any]:
        return {**self.writer.task(entry, task), "timeout": self.limit}


_FAILED = "deskprov_failed | default([])"


def _block_of(entry: ResourceTasks) -> int:
    return entry.pack or entry.number


def _note_failed(entries: Sequence[ResourceTasks]) -> dict[str, Any]:
    """After a pack that did not fail as a whole: which of it did."""
    answer = "result" + "".join(f"['{key}']" for key in packer_of(entries).answer)
    return _note(entries, f"{answer} | selectattr('failed') | map(attribute='number') | list")


def _note(entries: Sequence[ResourceTasks], numbers: str) -> dict[str, Any]:
    failed = Expression(f"{{{{ {_FAILED} + {numbers} }}}}")
    return {"name": f"{entries[0].number:03d} Failed", "ansible.builtin.set_fact": {"deskprov_failed": failed}}


def _all_needs(entries: Sequence[ResourceTasks]) -> Mapping[int, Sequence[int]]:
    """What was skipped has not failed, so that each entry must know everything that came before it."""
    all_needs: dict[int, set[int]] = {}
    for entry in entries:
        all_needs[entry.number] = set(entry.needs).union(*(all_needs[number] for number in entry.needs))
    return {number: sorted(needs) for number, needs in all_needs.items()}


def _lookup(secret: SecretRef) -> str:
    form = "" if secret.form is SecretForm.PLAIN else f", form={literal(secret.form)}"
    return f"lookup({literal(_LOOKUP)}, {literal(secret.name)}{form})"
