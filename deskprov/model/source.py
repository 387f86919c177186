"""Where a value was written, kept beside the values and never on them."""

from collections.abc import Mapping
from typing import Any

from msgspec import Struct

ValuePath = tuple[str | int, ...]


class Source(Struct, frozen=True, order=True):
    """A place in a file of the site; line and column count from 1, line 0 is the whole file or what is no file."""

    file: str
    line: int
    column: int = 1

    def __str__(self) -> str:
        return f"{self.file}:{self.line}" if self.line else self.file


def path_words(path: ValuePath) -> str:
    """The way to a value as people write it: `users[0].name`."""
    words = "".join(f"[{step}]" if isinstance(step, int) else f".{step}" for step in path)
    return words.removeprefix(".")


class Document(Struct, frozen=True):
    """A YAML file as plain data, and the place of every value, and of every key, in it.

    `sources[("users", 0, "name")]` is where that value stands; `key_sources` has the same paths for where the
    key before it stands (list items: the item itself). The root has the empty path.
    """

    file: str
    data: Any
    sources: Mapping[ValuePath, Source]
    key_sources: Mapping[ValuePath, Source]

    def source(self, path: ValuePath) -> Source:
        """The place of the value at `path`, or of the nearest value around it that has one."""
        while path and path not in self.sources:
            path = path[:-1]
        return self.sources.get(path, Source(self.file, 1))

    def key_source(self, path: ValuePath) -> Source:
        """The place of the key at `path`, or of the nearest value around it."""
        return self.key_sources.get(path) or self.source(path)
