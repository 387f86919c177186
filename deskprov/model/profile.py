"""Profiles: as a file states one, and as resolving leaves it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from deskprov.model.platform import Platform
from deskprov.model.resource import Resource
from deskprov.model.source import Document, Source


@dataclass(frozen=True, slots=True)
class ProfileFile:
    """A profile as its file states it, before anything is merged. `name` is its path below profiles/ without .yml."""

    name: str
    document: Document
    description: str = ""
    platform: Platform | None = None
    extends: Sequence[str] = ()


@dataclass(frozen=True, slots=True)
class Setting:
    """One option of a resource: the value in force, where it stands, and what it overrode, nearest first."""

    resource: str
    option: str
    value: object
    source: Source
    overridden: Sequence[tuple[object, Source]] = ()


@dataclass(frozen=True, slots=True)
class Profile:
    """A profile after resolving: `resources` in the order of application for creating.

    `hash` is a SHA-256 over everything that has a say in it (merged options and shipped files), as hex.
    """

    name: str
    platform: Platform
    resources: Sequence[Resource]
    settings: Sequence[Setting] = ()
    lineage: Sequence[str] = ()
    hash: str = ""
    variables: Mapping[str, str] = field(default_factory=dict)
