"""Products as people look for them: by the names that profiles use."""

from collections.abc import Sequence

from msgspec import Struct

from deskprov.model.source import Source


class FoundProduct(Struct, frozen=True):
    """A name that a profile may use. `known_as`: what it is called, by where it comes from (`apt`, `winget`).

    `source` is the line of software.yml that describes it; None when only the catalogue of the package knows it.
    """

    name: str
    title: str
    known_as: Sequence[tuple[str, str]]
    source: Source | None = None
