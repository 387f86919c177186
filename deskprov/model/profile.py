"""Profiles: as a file states one, and as resolving leaves it."""

from collections.abc import Mapping, Sequence
from typing import Any

from msgspec import Struct, field

from deskprov.model.platform import Platform
from deskprov.model.resource import Resource
from deskprov.model.source import Document, Source, ValuePath


class StatedResource(Struct, frozen=True):
    """A resource as one file states it, before anything is merged.

    `path` leads to it in the file's document, and `option_paths` to each of its options.
    """

    type: str
    name: str
    path: ValuePath
    options: Mapping[str, Any]
    option_paths: Mapping[str, ValuePath]


class ProfileFile(Struct, frozen=True):
    """A profile as its file states it, before anything is merged. `name` is its path below profiles/ without .yml.

    `complete` is False when a part of the file could not be read, so that something may be missing here.
    """

    name: str
    document: Document
    description: str = ""
    platform: Platform | None = None
    extends: Sequence[str] = ()
    vars: Mapping[str, str] = field(default_factory=dict)
    resources: Sequence[StatedResource] = ()
    complete: bool = True


class SiteEntries(Struct, frozen=True):
    """What a file of the site, such as printers.yml, says of the things of one type: the weakest layer of any profile.

    `entries` are by name. Their options, and `defaults`, which go below every thing of the type, may have others under
    the name of a platform, which hold there only. `complete` is False when a part of the file could not be read.
    """

    type: str
    document: Document
    entries: Mapping[str, StatedResource] = field(default_factory=dict)
    defaults: StatedResource | None = None
    complete: bool = True


class Setting(Struct, frozen=True):
    """One option of a resource: the value in force, where it stands, and what it overrode, nearest first."""

    resource: str
    option: str
    value: object
    source: Source
    overridden: Sequence[tuple[object, Source]] = ()


class ShippedContent(Struct, frozen=True):
    """What is known of a file of the site: its SHA-256 as hex, its text if it is UTF-8 of at most 64 KiB, and its size
    in bytes.
    """

    sha256: str
    text: str | None
    size: int


class Profile(Struct, frozen=True):
    """A profile after resolving: `resources` in the order of application for creating.

    `hash` is a SHA-256 over everything that has a say in it (merged options and shipped files), as hex. `shipped` says
    what was in each file of the site that it ships, by path, when it was resolved.
    """

    name: str
    platform: Platform
    resources: Sequence[Resource]
    settings: Sequence[Setting] = ()
    lineage: Sequence[str] = ()
    hash: str = ""
    variables: Mapping[str, str] = field(default_factory=dict)
    shipped: Mapping[str, ShippedContent] = field(default_factory=dict)


class ProfileSummary(Struct, frozen=True):
    """A profile in a list, with the names of the machines that have it; no platform means any."""

    profile: str
    platform: Platform | None
    file: str
    description: str
    hosts: Sequence[str]
