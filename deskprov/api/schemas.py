"""What editors and people are told about the files of a site."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from deskprov.errors import WrongUsage
from deskprov.formats import json_schema
from deskprov.formats.near_miss import near_miss
from deskprov.formats.option_docs import OptionDoc, option_docs
from deskprov.resources import BY_NAME, TYPES


@dataclass(frozen=True, slots=True)
class TypeDocs:
    """A resource type for people: where it exists, and its options, the key first."""

    name: str
    platforms: Sequence[str]
    options: Sequence[OptionDoc]


def type_docs(name: str) -> TypeDocs:
    """The options of a resource type. Raises `WrongUsage` when there is no such type."""
    kind = BY_NAME.get(name)
    if kind is None:
        meant = near_miss(name, BY_NAME)
        hint = f"Did you mean {meant}?" if meant else f"There are {', '.join(BY_NAME)}."
        raise WrongUsage(f"There is no resource type {name}.", hint=hint)
    return TypeDocs(name, sorted(kind.PLATFORMS), option_docs(kind.Options, kind.KEY))


def profile_schema() -> dict[str, Any]:
    """The JSON Schema (draft-07) of a profile."""
    return json_schema.profile_schema(TYPES)


def settings_schema() -> dict[str, Any]:
    """The JSON Schema (draft-07) of deskprov.yml."""
    return json_schema.settings_schema()
