"""Lays the files of a lineage over each other: per resource, per option; what comes later wins."""

from collections.abc import Sequence
from typing import Any

from msgspec import Struct, field

from deskprov.model.profile import ProfileFile, StatedResource
from deskprov.model.source import Document, Source, ValuePath, path_words


class Stated(Struct, frozen=True):
    """A value in a file; `path` leads to it."""

    value: Any
    document: Document
    path: ValuePath

    @property
    def source(self) -> Source:
        """Where the option stands."""
        return self.document.key_source(self.path)


class Merged(Struct):
    """A resource out of all files that name it; every list has the strongest statement first."""

    type: str
    name: str
    items: list[Stated] = field(default_factory=list)
    options: dict[str, list[Stated]] = field(default_factory=dict)

    @property
    def key(self) -> str:
        return f"{self.type}/{self.name}"

    @property
    def source(self) -> Source:
        return self.items[0].source

    def statement(self, path: ValuePath) -> tuple[Stated, ValuePath]:
        """The statement that holds the value at `path` of the options, and the whole way to it in its file."""
        if not path or path[0] not in self.options:
            return self.items[0], self.items[0].path
        stated = self.options[str(path[0])][0]
        return stated, (*stated.path, *path[1:])

    def value_source(self, path: ValuePath) -> Source:
        """Where the value at `path` of the options stands."""
        stated, whole = self.statement(path)
        return stated.document.source(whole)

    def key_source(self, path: ValuePath) -> Source:
        """Where the key at `path` of the options stands."""
        stated, whole = self.statement(path)
        return stated.document.key_source(whole)

    def words(self, path: ValuePath) -> str:
        """The way to the value at `path` of the options in its file, in words."""
        return path_words(self.statement(path)[1])


def merge(files: Sequence[ProfileFile], type_order: Sequence[str]) -> list[Merged]:
    """Every resource that the files name, types in the order given, resources as they first appear."""
    by_key: dict[tuple[str, str], Merged] = {}
    for file in files:
        for resource in file.resources:
            merged = by_key.setdefault((resource.type, resource.name), Merged(resource.type, resource.name))
            _lay_over(merged, resource, file.document)
    return sorted(by_key.values(), key=lambda merged: type_order.index(merged.type))


def _lay_over(merged: Merged, resource: StatedResource, document: Document) -> None:
    merged.items.insert(0, Stated(None, document, resource.path))
    for option, value in resource.options.items():
        stated = Stated(value, document, resource.option_paths[option])
        merged.options.setdefault(option, []).insert(0, stated)
