"""Every field of text of a profile, found by walking the types' models, and profiles that state it.

A new type, or a new option of one, is among them without anybody thinking of it.
"""

import json
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from copy import deepcopy
from functools import cache
from typing import Any

from msgspec import Struct
from msgspec.structs import replace

from deskprov.formats.json_schema import options_schema
from deskprov.model.plan import Action, Change
from deskprov.model.platform import Platform
from deskprov.model.problem import Problem
from deskprov.model.profile import ShippedContent
from deskprov.model.resource import Resource
from deskprov.model.resource_type import ONLY_ONE, ResourceType, naming
from deskprov.model.task import ResourceTasks
from deskprov.model.text import Reach
from deskprov.resources import TYPES, cases, on_platform
from deskprov.stages.load import load
from deskprov.stages.render import entries
from deskprov.stages.resolve import Resolution, Surroundings, resolve
from tests.formats.hostile_texts import AROUND, SEEDS, hostile_texts

FILE = "profiles/p.yml"

Steps = tuple[str | int, ...]
Schema = Mapping[str, Any]

A_KEY = "name"
"""The step to a value of a mapping whose keys may be any."""
THE_KEY = "{}"
"""The step to such a key itself."""


class TextField(Struct, frozen=True):
    """A place in the options of a type where text goes: `steps` leads to it, `spec` is an example that has it."""

    kind: ResourceType
    steps: Steps
    schema: Schema
    spec: Mapping[str, Any]
    platform: Platform

    @property
    def name(self) -> str:
        """Such as `users.groups[]`."""
        return self.kind.NAME + "".join("[]" if step == 0 else f".{step}" for step in self.steps)

    @property
    def reach(self) -> Reach:
        """What the field declares for its platform."""
        return Reach(self.schema.get("x-reach-on", {}).get(self.platform, self.schema["x-reach"]))

    @property
    def is_key(self) -> bool:
        """True for what the resource is known by."""
        return self.steps == (self.kind.KEY,)

    @property
    def example(self) -> str:
        """The text that the example has there."""
        return str(_at(self.spec, self.steps))

    def stating(self, text: str) -> dict[str, Any]:
        """The example with this text in its place, as a profile states it."""
        spec = deepcopy(dict(self.spec))
        _put(spec, self.steps, text if self.is_key else text.replace("${", "$${"))
        return spec

    def profile(self, text: str) -> bytes:
        """The profile with this one resource; every character is written as it is."""
        spec = self.stating(text)
        stated = json.dumps(spec if self.kind.KEY == ONLY_ONE else [spec], ensure_ascii=False)
        return f"profile: p\nplatform: {self.platform}\n{self.kind.NAME}: {stated}\n".encode("utf-8", "surrogatepass")

    def resolved(self, text: str) -> Resolution:
        """`resolved` for that profile. A file of the site that it names is there, with the hash that it states."""
        sha256 = self.spec.get("sha256", "0" * 64)
        return resolved(self.profile(text), lambda path: ShippedContent(sha256, None, 1))

    def value(self, resource: Resource) -> str:
        """The text that a resource has there."""
        return str(_at(resource.options.model_dump(), self.steps))

    def candidates(self) -> list[str]:
        """`candidates` for what its example has there."""
        return candidates(self.example)


OF_NAMES = (
    *(around.replace("%s", "id") for around in AROUND),
    *("../../x", "..", ".", "/", "//", "a/b", "/etc/passwd", "~/x", "-e", "--help", "-", "a" * 64, "a" * 5000),
    *("lab;id", "lab id", "lab\0", "lab\n", "lab\r", "LAB", "lab.", ".lab", "_lab", "lab\u202e", "läb", "ｌab", "１"),
    *("all", "ALL", "localhost", "ungrouped", "127.0.0.1", "CON", "con.txt", "nul", "COM1", "lpt9.yml", "aux"),
)
"""What a name may be taken for."""


def candidates(example: str) -> list[str]:
    """Every hostile text as it is; then dressed as an example of what is right, so that more of them is accepted."""
    head, slash, tail = example.rpartition("/")
    dressed = [text for seed in SEEDS for text in (example + seed, f"{head}{slash}{seed}{tail}")]
    return list(dict.fromkeys([*hostile_texts(), *dressed, *OF_NAMES]))


def are_told_with_their_places(problems: Sequence[Problem], content: bytes, file: str) -> None:
    """There are findings, and each names a line and a column that the file has."""
    lines = content.decode("utf-8", "surrogatepass").split("\n")
    assert problems
    for problem in problems:
        place = problem.source
        assert place.file == file
        assert 1 <= place.line <= len(lines), problem
        assert 1 <= place.column <= len(lines[place.line - 1]) + 1, problem
        assert problem.message


@cache
def text_fields() -> tuple[TextField, ...]:
    """All of every type on every platform, in the order of the type table; each with an example that states it.

    What is the same words on a second platform of a type (dates, names of secrets, needs) is not there again.
    """
    return tuple(
        TextField(kind, (name, *steps), leaf, _example(kind, platform, name, *steps), platform)
        for kind in TYPES
        for number, platform in enumerate(sorted(kind.PLATFORMS))
        for name, option in options_schema(kind.Options)["properties"].items()
        if platform in option.get("x-only-on", [platform])
        for steps, leaf in leaves(option)
        if not number or (name != "needs" and (Reach(leaf["x-reach"]) is not Reach.WORD or "x-reach-on" in leaf))
    )


def leaves(schema: Schema) -> Iterator[tuple[Steps, Schema]]:
    """Every place of free or limited text below a schema; what has a list of words to choose from is none."""
    for branch in schema.get("anyOf", ()):
        yield from leaves(branch)
    if "items" in schema:
        yield from (((0, *steps), leaf) for steps, leaf in leaves(schema["items"]))
    for name, option in schema.get("properties", {}).items():
        yield from (((name, *steps), leaf) for steps, leaf in leaves(option))
    if schema.get("propertyNames"):
        yield (THE_KEY,), schema["propertyNames"]
    for value in (schema.get("additionalProperties"), *schema.get("patternProperties", {}).values()):
        if isinstance(value, Mapping):
            yield from (((A_KEY, *steps), leaf) for steps, leaf in leaves(value))
    if schema.get("type") == "string" and not {"enum", "const"} & schema.keys():
        yield (), schema


def resolved(content: bytes, look_into: Callable[[str], ShippedContent]) -> Resolution:
    """The profile in these bytes after loading and resolving; `problems` has those of both."""
    file, problems = load(FILE, content, TYPES)
    around = Surroundings(TYPES, {}, {}, None, look_into)
    resolution = resolve(file, {"p": file}, around)
    return Resolution(None if problems else resolution.profile, [*problems, *resolution.problems])


def made_entries(field: TextField, resources: Sequence[Resource], action: Action) -> list[ResourceTasks]:
    """The entries of a playbook that makes, or removes, these resources of the field's type, one each."""
    platform = on_platform(field.kind, field.platform)
    changes = [Change(r, Action.DELETE if r.absent else action) for r in resources]
    alone = [entries([change], platform.tasks)[0] for change in changes]
    return [replace(entry, number=number) for number, entry in enumerate(alone, 1)]


def fits(field: TextField, text: str) -> bool:
    """Whether the pattern that the field declares for editors takes the text."""
    return bool(re.search(field.schema.get("pattern", ""), text.rstrip("\n") if text.endswith("\n") else text))


def _example(kind: ResourceType, platform: Platform, option: str, *steps: str | int) -> Mapping[str, Any]:
    """One that states the option; where that may be a text or a list of texts, the one that is meant."""
    here = [example.spec for example in cases(kind).examples if example.platform in (None, platform)]
    specs = [naming(kind.KEY, spec) if isinstance(spec, str) else spec for spec in here]
    form = str if not steps else list if steps[0] == 0 else dict
    having = [spec for spec in specs if spec.get(option) and isinstance(spec[option], form)]
    present = [spec for spec in having if spec.get("state") != "absent"]
    return [*present, *having, *({**spec, option: ["x/y"]} for spec in specs)][0]


def _at(value: Any, steps: Steps) -> Any:
    for step in steps:
        value = value[step]
    return value


def _put(value: Any, steps: Steps, text: str) -> None:
    *way, last = steps
    target = _at(value, tuple(way))
    target[last] = text
