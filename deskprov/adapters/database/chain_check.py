"""Holds the log against itself and against the record: in memory that does not grow, whatever their size."""

from collections.abc import Iterator
from itertools import groupby

from sqlalchemy import Connection, select

from deskprov.adapters.database.chain import COLUMNS, START, entry_hash
from deskprov.adapters.database.documents import DOCUMENTS, Document, digests, side_by_side
from deskprov.adapters.database.schema import log
from deskprov.model.log import LogCheck, LogFlaw, LogHead

MOST_TOLD = 20
"""Flaws told of each kind of document; one is enough to know."""

_Entry = tuple[int, str]
"""Number and digest."""


def check_log(connection: Connection, noted: LogHead | None) -> LogCheck:
    """Everything that is not as the log says, inside a view of one moment."""
    entries, head, flaws = _check_chain(connection, noted)
    for document in DOCUMENTS:
        found = _check_documents(connection, document)
        flaws += [flaw for flaw, _ in zip(found, range(MOST_TOLD), strict=False)]
    flaws.sort(key=lambda flaw: (flaw.number is None, flaw.number or 0))
    return LogCheck(entries, head, tuple(flaws), noted)


def _check_chain(connection: Connection, noted: LogHead | None) -> tuple[int, LogHead | None, list[LogFlaw]]:
    """Stops at the first broken entry: what follows it proves nothing."""
    query = select(*(log.c[name] for name in COLUMNS)).order_by(log.c.number)
    number, previous, broken = 0, START, None
    for row in connection.execute(query, execution_options={"yield_per": 5000}):
        number += 1
        if row.number != number:
            broken = LogFlaw(number, "it is missing")
        elif row.previous != previous or row.hash != entry_hash(row[:-1]):
            broken = LogFlaw(number, "it, or the order, was altered")
        elif noted and noted.number == number and not row.hash.startswith(noted.hash):
            broken = LogFlaw(number, "it is another one than was noted: something up to here was altered")
        if broken:
            return number, LogHead(number - 1, previous) if number > 1 else None, [broken]
        previous = row.hash
    head = LogHead(number, previous) if number else None
    if noted and noted.number > number:
        return number, head, [LogFlaw(number + 1, f"it is missing, and so is all up to {noted.number}")]
    if noted and noted.number == 0:
        return number, head, [LogFlaw(1, "no log begins with entry 0")]
    return number, head, []


def _check_documents(connection: Connection, document: Document) -> Iterator[LogFlaw]:
    latest = _latest(connection, document)
    for row, stored, entry in side_by_side(digests(connection, document), latest):
        if entry is None:
            yield LogFlaw(None, f"the {document.name} {row} is in the record, and no entry tells of it")
        elif stored is None:
            yield LogFlaw(entry[0], f"the {document.name} {row} that it tells of was deleted")
        elif stored != entry[1]:
            yield LogFlaw(entry[0], f"the {document.name} {row} that it tells of was altered")


def _latest(connection: Connection, document: Document) -> Iterator[tuple[int, _Entry]]:
    """By row, the last entry about it."""
    query = (
        select(log.c.row_id, log.c.number, log.c.digest)
        .where(log.c.about == document.name)
        .order_by(log.c.row_id, log.c.number)
    )
    rows = connection.execute(query, execution_options={"yield_per": 5000})
    for row_id, mine in groupby(rows, key=lambda row: row.row_id):
        *_, last = mine
        yield row_id, (last.number, last.digest)
