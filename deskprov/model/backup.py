"""Backups of the record, and what can be said about a database as a whole."""

from collections.abc import Mapping

from msgspec import Struct

from deskprov.model.log import LogHead


class DatabaseState(Struct, frozen=True):
    """A database: where it is, its size in bytes (None on a server), how many rows it has of what, and its log's head.

    `flaws` are what is wrong with it, in words; empty when nothing was found.
    """

    where: str
    size: int | None
    rows: Mapping[str, int]
    head: LogHead | None
    flaws: tuple[str, ...] = ()


class Restored(Struct, frozen=True):
    """What is in place now, and where what was there before is kept; empty when there was nothing."""

    state: DatabaseState
    aside: str
