"""Row 1: nothing of a profile is ever executed, neither on the controller nor on the machine.

Every field of text of every type takes every hostile text: it is refused with a line, or it goes through all stages and
is at their end what it was at their beginning.
"""

import base64
import json
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import pytest
import yaml
from msgspec.structs import replace

from deskprov.formats.strict_yaml import REFUSED
from deskprov.model.plan import Action
from deskprov.model.platform import Platform
from deskprov.model.resource import Resource
from deskprov.model.secret import SecretText
from deskprov.model.task import ResourceTasks, ShippedFile, Task
from deskprov.model.text import Reach
from deskprov.resources import TYPES, on_platform
from deskprov.stages.probe import compile_program
from deskprov.stages.render import Origin, run_playbook, stand_alone_playbook
from tests.formats.hostile_texts import hostile_texts
from tests.reliability.text_fields import (
    FILE,
    TextField,
    are_told_with_their_places,
    fits,
    made_entries,
    text_fields,
)

FIELDS = text_fields()
NONCE = "0f0f0f0f0f0f0f0f"

every_field = pytest.mark.parametrize("field", FIELDS, ids=lambda field: f"{field.name}-{field.platform}")


@dataclass(frozen=True)
class Judged:
    """What became of every candidate of a field: refused, or a resource whose text there is the same."""

    accepted: dict[str, Resource]
    refused: list[str]


NORMAL: dict[str, Callable[[str], str]] = {"users.authorized_keys[]": lambda text: " ".join(text.split())}
"""Fields whose type has one spelling per value, and what that is; everywhere else a text stays letter by letter."""


def judge(field: TextField) -> Judged:
    """Loads and resolves a profile for every candidate."""
    judged = Judged({}, [])
    for text in field.candidates():
        resolution = field.resolved(text)
        if resolution.profile is None:
            are_told_with_their_places(resolution.problems, field.profile(text), FILE)
            judged.refused.append(text)
        else:
            assert not resolution.problems
            [judged.accepted[text]] = resolution.profile.resources
    return judged


def test_the_corpus_is_large_and_every_type_has_fields() -> None:
    assert len(hostile_texts()) >= 2000
    assert all(len(field.candidates()) >= 2000 for field in FIELDS)
    assert {field.kind for field in FIELDS} == set(TYPES)


@every_field
def test_every_text_in_every_field(field: TextField) -> None:
    judged = judge(field)
    _is_as_declared(field, list(judged.accepted), judged.refused)
    for text, resource in judged.accepted.items():
        folder = "profiles/" if field.schema.get("x-site-path") else ""
        assert field.value(resource) == folder + NORMAL.get(field.name, str)(text)
    if judged.accepted:
        _is_no_code(field, list(judged.accepted.values()))
        _is_no_template(field, list(judged.accepted.values()))


def _is_as_declared(field: TextField, accepted: Sequence[str], refused: Sequence[str]) -> None:
    """Both sides are counted: neither may be empty, and each holds what the field's declaration says."""
    assert field.schema.get("x-accepts"), f"the type of {field.name} lacks Accepts(…)"
    assert refused
    assert all(fits(field, text) for text in accepted), "editors would underline what is accepted"
    assert not [text for text in accepted if REFUSED.search(text)]
    match field.reach:
        case Reach.TEXT:
            assert not [text for text in refused if text.isprintable()]
        case Reach.LINE:
            assert not [text for text in accepted if not text.isprintable()]
            if field.steps[0] == "needs":  # must name another resource, and there is none
                assert not accepted
            else:
                assert len([text for text in accepted if not text.isalnum()]) > 100
        case Reach.WORD:
            assert accepted
            assert not [text for text in accepted if not re.fullmatch(r"[A-Za-z0-9._+:~/@-]+", text)]


def _is_no_code(field: TextField, resources: Sequence[Resource]) -> None:
    """The probe's program is the same but for its block of data, and the questions in that are those asked."""
    platform = on_platform(field.kind, field.platform)
    probes = [probe for resource in resources for probe in platform.probes(resource.options)]
    code, block = compile_program(probes, NONCE).decode("ascii").rsplit("\n\n", 1)
    assert code == compile_program(probes[:1], NONCE).decode().rsplit("\n\n", 1)[0]
    data = json.loads(_BLOCKS[field.platform](block))
    asked = list(dict.fromkeys(probes))
    assert data["questions"] == [[probe.script.name, _as_json(probe.argument)] for probe in asked]
    assert data["scripts"] == {probe.script.name: probe.script.text for probe in asked}


def _of_python(block: str) -> bytes:
    encoded = re.fullmatch(r'main\("([A-Za-z0-9+/=]+)"\)\n', block)
    assert encoded
    return base64.b64decode(encoded.group(1))


def _of_powershell(block: str) -> str:
    """Between two apostrophes nothing means anything to PowerShell (about_Quoting_Rules), and none is in it."""
    quoted = re.fullmatch(r"main '([ -&(-~]+)'\n", block)
    assert quoted
    return quoted.group(1)


_BLOCKS: dict[Platform, Callable[[str], str | bytes]] = {
    Platform.LINUX: _of_python,
    Platform.WINDOWS: _of_powershell,
}


def _as_json(argument: Any) -> Any:
    return [_as_json(part) for part in argument] if isinstance(argument, tuple) else argument


def _is_no_template(field: TextField, resources: Sequence[Resource]) -> None:
    """What a YAML reader finds in either playbook is what the type asked for, and only what is ours is a template."""
    new = _each_task_once(made_entries(field, resources, Action.CREATE))
    [play] = yaml.load(run_playbook("pc-1", new, become=True, step_seconds=60).text, Loader=_Loader)
    _are_as_asked_for([task for block in play["tasks"] for task in block["block"]], new)
    written_slower = made_entries(field, resources[::10], Action.ENSURE)  # and by the same code
    full = _each_task_once(written_slower)
    [play] = yaml.load(stand_alone_playbook(Origin("p", "p", FILE, "pc-1", {}), full).text, Loader=_Loader)
    _are_as_asked_for([task for task in play["tasks"] if not task["name"].startswith("000 ")], full)


def _each_task_once(made: Sequence[ResourceTasks]) -> list[ResourceTasks]:
    """Without tasks that an entry before has to the letter: those in which the text is not."""
    seen: set[str] = set()
    kept: list[ResourceTasks] = []
    for entry in made:
        new = [task for task in entry.tasks if repr(task) not in seen]
        seen.update(map(repr, new))
        kept += [replace(entry, tasks=new)] if new else []
    return kept


def _are_as_asked_for(read: Sequence[dict[str, Any]], made: Sequence[ResourceTasks]) -> None:
    wanted = [(entry.number, task) for entry in made for task in entry.tasks]
    assert wanted
    for found, (number, task) in zip(read, wanted, strict=True):
        _is_as_asked_for(found, number, task)


def _is_as_asked_for(found: dict[str, Any], number: int, task: Task) -> None:
    arguments, module = found[task.module], task.module
    for path, wanted in _flat(task.arguments):
        value = _value(arguments, path)
        if isinstance(wanted, SecretText):
            assert re.fullmatch(r"\{\{ [A-Za-z0-9_'.,/=() :~$\\-]+ \}\}", value), value
        elif isinstance(wanted, ShippedFile):
            assert re.fullmatch(r"files/(p/)?[0-9]{3,}-[A-Za-z0-9._-]+", value), value
        else:
            assert value == wanted
            assert type(value) is type(wanted) or isinstance(value, _Tagged)
            if isinstance(value, str) and any(mark in value for mark in ("{{", "{%", "{#", "#jinja2:")):
                assert isinstance(value, _Tagged), f"{value!r} would be a template"
    assert len(list(_flat(arguments))) == len(list(_flat(task.arguments)))
    name = found["name"]
    assert name.startswith(f"{number:03d} {task.phrase}")
    assert re.fullmatch(r"[A-Za-z0-9 ._/:'-]+", name), name
    for word in set(found) - {"name", module}:
        assert word in {"register", "changed_when", "failed_when", "become", "become_user", "vars", "no_log", "timeout"}


def _flat(value: Any, path: tuple[str | int, ...] = ()) -> Any:
    if isinstance(value, dict):
        for key, item in value.items():
            yield from _flat(item, (*path, key))
    elif isinstance(value, list | tuple):
        for number, item in enumerate(value):
            yield from _flat(item, (*path, number))
    else:
        yield path, value


def _value(value: Any, path: Sequence[str | int]) -> Any:
    for step in path:
        value = value[step]
    return value


class _Tagged(str):
    """A text that Ansible takes literally."""


class _Loader(yaml.CSafeLoader):
    pass


def _literally(loader: Any, node: Any) -> Any:
    guessed = loader.construct_object(
        yaml.ScalarNode(loader.resolve(yaml.ScalarNode, node.value, (True, False)), node.value)
    )
    return _Tagged(guessed) if isinstance(guessed, str) else guessed


_Loader.add_constructor("!unsafe", _literally)
