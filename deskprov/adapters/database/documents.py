"""What the log vouches for: rows that belong together, as they stand in the database, written down to be hashed.

Each has a random `salt`, which is hashed with it and made anew with every change of its main row. Without it nobody can
find out by guessing what stood there before, so that a row from which personal data was erased is really without them.
"""

import hashlib
import json
from collections.abc import Iterable, Iterator, Sequence
from datetime import UTC, date, datetime
from decimal import Decimal
from functools import cache
from itertools import groupby
from typing import Any, TypeVar

from msgspec import Struct
from sqlalchemy import Connection, Row, Select, Table, bindparam, select, type_coerce
from sqlalchemy.types import NullType

from deskprov.adapters.database.schema import (
    asset_events,
    assets,
    escrow,
    escrow_events,
    owned,
    run_machines,
    run_steps,
    runs,
)

_Left = TypeVar("_Left")
_Right = TypeVar("_Right")


class Document(Struct, frozen=True):
    """A row of `table` with its `parts`, rows of another table that name it in their column `parent`."""

    name: str
    table: Table
    parts: Table | None = None
    parent: str = ""
    left_out: frozenset[str] = frozenset()


ASSET = Document("asset", assets, owned, "asset_id", left_out=frozenset({"last_seen"}))
EVENT = Document("event", asset_events)
RUN = Document("run", runs)
ESCROW = Document("kept secret", escrow)
ESCROW_EVENT = Document("escrow event", escrow_events)
MACHINE = Document("machine", run_machines, run_steps, "machine_id")
DOCUMENTS = (ASSET, EVENT, RUN, MACHINE, ESCROW, ESCROW_EVENT)


def digests(connection: Connection, document: Document, only: Sequence[int] | None = None) -> Iterator[tuple[int, str]]:
    """The id and SHA-256 of each document of this kind, by id; parts without their main row are told, too.

    `only` are ids, as many as one statement can name.
    """
    rows = _rows(connection, document.table, document.left_out, "id", only)
    parts: Iterable[tuple[int, list[Any]]] = ()
    if document.parts is not None:
        parts = _grouped(_rows(connection, document.parts, frozenset(), document.parent, only))
    names, part_names = _names(document.table, document.left_out), _names(document.parts, frozenset())
    for key, row, mine in side_by_side(((row[0], row) for row in rows), parts):
        main = None if row is None else _values(names, row)
        content = [main, [_values(part_names, part) for part in mine or ()]]
        yield key, hashlib.sha256(_ENCODER.encode(content).encode("ascii")).hexdigest()


def side_by_side(
    left: Iterable[tuple[int, _Left]], right: Iterable[tuple[int, _Right]]
) -> Iterator[tuple[int, _Left | None, _Right | None]]:
    """Both, joined by their keys, which rise in each; None where one of them has nothing."""
    lefts, rights = iter(left), iter(right)
    one, other = next(lefts, None), next(rights, None)
    while one is not None or other is not None:
        key = min(side[0] for side in (one, other) if side is not None)
        mine = one[1] if one is not None and one[0] == key else None
        yours = other[1] if other is not None and other[0] == key else None
        yield key, mine, yours
        one = next(lefts, None) if mine is not None else one
        other = next(rights, None) if yours is not None else other


@cache
def _raw(table: Table, left_out: frozenset[str], key: str) -> Select[Any]:
    """Values as the database has them, so that one that nobody could read is altered, not an error."""
    columns = [type_coerce(table.c[name], NullType()).label(name) for name in _names(table, left_out)]
    return select(table.c[key].label("the_key"), *columns).order_by(table.c[key], table.c.id)


@cache
def _raw_of_some(table: Table, left_out: frozenset[str], key: str) -> Select[Any]:
    return _raw(table, left_out, key).where(table.c[key].in_(bindparam("only", expanding=True)))


@cache
def _names(table: Table | None, left_out: frozenset[str]) -> list[str]:
    return [] if table is None else [column.name for column in table.c if column.name not in left_out]


def _values(names: list[str], row: Row[Any]) -> dict[str, Any]:
    """By name, without what is NULL, so that a new column leaves the hashes of old rows as they were."""
    values: Iterable[Any] = row[1:]
    return {name: value for name, value in zip(names, values, strict=True) if value is not None}


def _rows(
    connection: Connection, table: Table, left_out: frozenset[str], key: str, only: Sequence[int] | None
) -> Iterable[Row[Any]]:
    if only is not None:
        return connection.execute(_raw_of_some(table, left_out, key), {"only": only}).all()
    return connection.execute(_raw(table, left_out, key), execution_options={"yield_per": 2000})


def _grouped(rows: Iterable[Row[Any]]) -> Iterator[tuple[int, list[Row[Any]]]]:
    for key, mine in groupby(rows, key=lambda row: row[0]):
        yield key, list(mine)


def _plain(value: object) -> str:
    if isinstance(value, datetime):
        return value.astimezone(UTC).isoformat()
    if isinstance(value, date | Decimal):
        return str(value)
    if isinstance(value, bytes | memoryview):
        return f"bytes:{bytes(value).hex()}"
    raise TypeError(f"no way to write down a {type(value).__name__}")


_ENCODER = json.JSONEncoder(sort_keys=True, separators=(",", ":"), default=_plain)
