"""Writes the log: an entry for every change, in the transaction of the change, chained to the entry before it.

There is one writer at a time (`Transactions.writing`), so that the chain cannot fork; the number of an entry is its
primary key, so that a fork would be refused.
"""

import hashlib
import json
from collections.abc import Iterable, Iterator, Sequence
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import Connection, insert, select, update

from deskprov.adapters.database.documents import DOCUMENTS, Document, digests
from deskprov.adapters.database.schema import log, new_salt
from deskprov.model.log import LogHead, LogKind

START = "0" * 64
"""What the first entry names as the hash before it."""

_LAST = select(log.c.number, log.c.hash).order_by(log.c.number.desc()).limit(1)
_INSERT = insert(log)
_ENCODER = json.JSONEncoder(separators=(",", ":"))
_AT_ONCE = 500
"""Rows asked for by one statement."""


def append(
    connection: Connection, document: Document, rows: Iterable[int], kind: LogKind, at: datetime | None = None
) -> None:
    """An entry for each of these documents as it is now; `at` is left out for now, by the system's clock."""
    last = head(connection)
    number, previous = (last.number, last.hash) if last else (0, START)
    moment = (at or datetime.now(UTC)).astimezone(UTC).isoformat()
    entries = []
    for row, digest in _digests(connection, document, list(rows)):
        number += 1
        content = (number, moment, kind.value, document.name, row, digest, previous)
        previous = entry_hash(content)
        entries.append(dict(zip(COLUMNS, (*content, previous), strict=True)))
    if entries:
        connection.execute(_INSERT, entries)


def _digests(connection: Connection, document: Document, rows: Sequence[int]) -> Iterator[tuple[int, str]]:
    """In the order of the rows."""
    for begin in range(0, len(rows), _AT_ONCE):
        some = rows[begin : begin + _AT_ONCE]
        found = dict(digests(connection, document, some))
        yield from ((row, found[row]) for row in some)


COLUMNS = ("number", "at", "kind", "about", "row_id", "digest", "previous", "hash")
"""The columns of an entry, in the order in which they are hashed."""


def entry_hash(content: Iterable[Any]) -> str:
    """The SHA-256, as hex, of an entry's columns without the last."""
    return hashlib.sha256(_ENCODER.encode(list(content)).encode("ascii")).hexdigest()


def head(connection: Connection) -> LogHead | None:
    """The last entry; None for an empty log."""
    row = connection.execute(_LAST).first()
    return LogHead(row.number, row.hash) if row else None


def adopt(connection: Connection) -> None:
    """Takes in what no entry vouches for yet, as it is: rows without a salt, as a migration leaves them."""
    for document in DOCUMENTS:
        table = document.table
        new = connection.execute(select(table.c.id).where(table.c.salt.is_(None)).order_by(table.c.id)).scalars().all()
        for row in new:
            connection.execute(update(table).where(table.c.id == row).values(salt=new_salt()))
        append(connection, document, new, LogKind.ADOPTED)
