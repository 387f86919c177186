"""The playbook of one run on one machine: a block per resource, so that a failure stops only what needs it."""

import math
from collections.abc import Mapping, Sequence
from typing import Any

from deskprov.formats.playbook_yaml import Expression, dump
from deskprov.model.facts import Facts
from deskprov.model.names import is_name
from deskprov.model.platform import Platform
from deskprov.model.secret import SecretForm, SecretRef
from deskprov.model.task import ResourceTasks
from deskprov.stages.render.guard import guard
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

    The names of an entry's tasks begin with its number. When one fails, `deskprov_failed_<number>` is set and what
    needs the entry, directly or through others, is skipped; if secrets are in it, a task "Reason" says one word.
    Raises `ValueError` for a host name that is none.
    """
    if not is_name(host_name):
        raise ValueError(f"{host_name!r} is no name of a machine")
    files = shipped(entries, FILES)
    writer = Writer(files, _lookup)
    before = _all_needs(entries)
    play = {
        "name": f"Set up {host_name}",
        "hosts": host_name,
        "gather_facts": False,
        "become": become,
        "tasks": [
            *guard(platform, looked_at),
            *(_block(writer, entry, before[entry.number], step_seconds) for entry in entries),
        ],
    }
    return Playbook(dump([play]), {name: path for path, name in files.items()}, secrets_of(entries))


def _block(writer: Writer, entry: ResourceTasks, needs: Sequence[int], step_seconds: float) -> dict[str, Any]:
    conditions = [Expression(f"{_flag(number)} is not defined") for number in needs]
    limit = max(1, math.ceil(step_seconds))
    secret = any(task.is_secret for task in entry.tasks)
    return {
        **({"when": conditions} if conditions else {}),
        "block": [{**writer.task(entry, task), "timeout": limit} for task in entry.tasks],
        "rescue": [
            *([reason(entry.number)] if secret else []),
            {"name": f"{entry.number:03d} Failed", "ansible.builtin.set_fact": {_flag(entry.number): True}},
        ],
    }


def _all_needs(entries: Sequence[ResourceTasks]) -> Mapping[int, Sequence[int]]:
    """What was skipped has not failed, so that each entry must know everything that came before it."""
    all_needs: dict[int, set[int]] = {}
    for entry in entries:
        all_needs[entry.number] = set(entry.needs).union(*(all_needs[number] for number in entry.needs))
    return {number: sorted(needs) for number, needs in all_needs.items()}


def _flag(number: int) -> str:
    return f"deskprov_failed_{number:03d}"


def _lookup(secret: SecretRef) -> str:
    form = "" if secret.form is SecretForm.PLAIN else f", form={literal(secret.form)}"
    return f"lookup({literal(_LOOKUP)}, {literal(secret.name)}{form})"
