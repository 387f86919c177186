"""What editors and people are told about the files of a site."""

from collections.abc import Sequence
from typing import Any

from msgspec import Struct

from deskprov.errors import WrongUsage
from deskprov.formats import json_schema
from deskprov.formats.near_miss import near_miss
from deskprov.formats.option_docs import OptionDoc, option_docs
from deskprov.formats.places import FILE as PLACES_FILE
from deskprov.resources import BY_NAME, SITE_FILES, TYPES

SETTINGS_FILE = "deskprov.yml"


class TypeDocs(Struct, frozen=True):
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


def file_schema(file: str) -> dict[str, Any]:
    """The JSON Schema of a file of the site by its name. Raises `WrongUsage` for one that has none."""
    if file == SETTINGS_FILE:
        return settings_schema()
    if file == PLACES_FILE:
        return json_schema.places_schema()
    by_file = {path: BY_NAME[name] for name, path in SITE_FILES.items()}
    if file in by_file:
        return json_schema.site_file_schema(by_file[file])
    known = ", ".join((SETTINGS_FILE, *by_file, PLACES_FILE))
    raise WrongUsage(f"There is no schema of {file}.", hint=f"There is one of {known}; deskprov profile schema.")


def settings_schema() -> dict[str, Any]:
    """The JSON Schema (draft-07) of deskprov.yml."""
    return json_schema.settings_schema()
