"""The cases beside a resource type: its examples for people, its tests as data, and how far it is proved.

Tests run them, the documentation shows the examples, and `docs/proof.md` shows the levels. Nothing about a type is
written down a second time.
"""

from collections.abc import Mapping
from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field

from deskprov.formats import strict_yaml
from deskprov.model.plan import Action, Reboot
from deskprov.model.platform import Platform
from deskprov.model.problem import InvalidInput

Spec = str | dict[str, Any]
"""An entry as a profile states it; bare text stands for the option that is the type's key."""

NOT_REPORTED = "not reported"
ABSENT = "absent"
Seen = dict[str, Any] | Literal["absent", "not reported"]
"""What was observed, by option; lists stand for sets, and a value may be `not reported`, too."""


class _Part(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True, defer_build=True)


class Example(_Part):
    """A valid entry with a sentence for the reader of the documentation, on every platform of its type or on one."""

    about: str
    platform: Platform | None = None
    spec: Spec


class Invalid(_Part):
    """An entry that must be refused, on every platform of its type or on one, and words of the message."""

    platform: Platform | None = None
    spec: Spec
    expect: str


class ProbeCase(_Part):
    """Raw answers of a machine and what they say; `recorded` names where they come from.

    `obstacles` are the words of what would make a change fail, seen in the same answers; `note` is
    what the look says that it left alone.
    """

    about: str
    platform: Platform
    recorded: str
    spec: Spec
    answers: list[Any]
    seen: Seen
    obstacles: list[str] = Field(default_factory=list)
    note: str = ""


class PlanCase(_Part):
    """An entry, what was observed, and the change that follows; `differences` are [before, after] by option.

    On every platform of its type, or on one.
    """

    about: str
    platform: Platform | None = None
    spec: Spec
    seen: Seen
    action: Action
    differences: dict[str, tuple[Any, Any]] = Field(default_factory=dict)
    written: list[str] = Field(default_factory=list)
    preview: str | None = None


class TaskCase(_Part):
    """A change and its exact tasks: `differs` is what an update changes, [before, after] by option; `reboot`, if the
    case is about that, whether it has its effect only after one.

    Each task is a mapping with `name` (the phrase), the module with its arguments, what judges its result, and
    `become_user`, if it is not root.
    A secret stands as `{secret: [text, {name, form}]}`, a file of the site as `{shipped: path}`, the text of a script
    beside the type as `{script: file}`.
    """

    about: str
    platform: Platform
    spec: Spec
    action: Action
    differs: dict[str, tuple[Any, Any]] = Field(default_factory=dict)
    written: list[str] = Field(default_factory=list)
    reboot: Reboot | None = None
    tasks: list[dict[str, Any]]


class Proof(_Part):
    """How far a type is proved on a platform (levels 0 to 4, docs/proof.md), and by what."""

    level: Annotated[int, Field(ge=0, le=4)]
    how: str


class Cases(_Part):
    """All cases of one type."""

    examples: list[Example]
    invalid: list[Invalid]
    probe: list[ProbeCase]
    plan: list[PlanCase]
    tasks: list[TaskCase]
    proof: dict[Platform, Proof]


class TypeTexts(_Part):
    """What a type is called and what it is for, in one language."""

    title: str
    line: str


def read_cases(text: str, file: str) -> Cases:
    """The cases out of a `cases.yaml`. Raises `InvalidInput` for bad YAML and pydantic's error for a bad form."""
    return Cases.model_validate(_data(text, file))


def read_texts(text: str, file: str) -> Mapping[str, TypeTexts]:
    """The texts out of a `texts.yaml`, by language. Raises as `read_cases`."""
    return {language: TypeTexts.model_validate(entry) for language, entry in _data(text, file).items()}


def _data(text: str, file: str) -> dict[str, Any]:
    document, problems = strict_yaml.read(text, file)
    if document is None or problems:
        raise InvalidInput(problems)
    return dict(document.data)
