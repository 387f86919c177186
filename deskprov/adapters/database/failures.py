"""What databases say when something is wrong, in words for the person at the keyboard."""

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager

from sqlalchemy.exc import DBAPIError, SQLAlchemyError

from deskprov.errors import RecordBusy, RecordError

_SPACE = "Make room on the disk of {where}, then run it again."
_SQLITE = {
    sqlite3.SQLITE_BUSY: (
        "The record is busy: another deskprov is writing to it.",
        "Wait until it has ended (deskprov run list), then try again. {where} must not lie on a network share.",
    ),
    sqlite3.SQLITE_READONLY: (
        "The record cannot be written: its file, or its folder, is read-only.",
        "Check who owns {where} and its folder, and whether the disk is mounted read-only.",
    ),
    sqlite3.SQLITE_FULL: ("The record cannot be written: the disk is full.", _SPACE),
    sqlite3.SQLITE_IOERR: (
        "The record cannot be read or written: the disk reports an error.",
        "Check the free space and the health of the disk of {where}.",
    ),
    sqlite3.SQLITE_CORRUPT: (
        "The record is damaged.",
        "Do not write to {where} any more: put a copy of it aside, and restore the last backup.",
    ),
    sqlite3.SQLITE_NOTADB: (
        "The record's file is not a database, or it is damaged.",
        "Check what {where} is; if it is the record, put a copy of it aside, and restore the last backup.",
    ),
    sqlite3.SQLITE_CANTOPEN: (
        "The record cannot be opened.",
        "Check that {where} and its folder are there, and that you may read and write both.",
    ),
}
_SQLITE[sqlite3.SQLITE_IOERR_SHMSIZE] = (
    "The record cannot be opened, not even to read it: the disk is full.",  # SQLite notes in a file who reads
    _SPACE,
)
_SQLITE[sqlite3.SQLITE_LOCKED] = _SQLITE[sqlite3.SQLITE_BUSY]
_SQLITE[sqlite3.SQLITE_PERM] = _SQLITE[sqlite3.SQLITE_CANTOPEN]

_BUSY = ("The record is busy: another deskprov is writing to the same rows.", "Try again.")
_TAKEN = ("The record already has this: host names and tags belong to one asset each.", "deskprov asset find shows it.")
# https://www.postgresql.org/docs/current/errcodes-appendix.html, by class or code
_POSTGRESQL = {
    "53100": ("The record cannot be written: the disk of the database server is full.", "Make room there."),
    "25006": ("The record cannot be written: the database is read-only.", "Is {where} a standby server?"),
    "40": _BUSY,
    "55P03": _BUSY,
    "28": ("The database refused the log-in.", "Check user and password of {where}."),
    "3D000": ("There is no such database.", "Create it, or correct `database` in deskprov.yml: {where}."),
    "42501": ("The database user may not do this.", "Grant it all rights on {where}."),
}


@contextmanager
def in_words(where: str) -> Iterator[None]:
    """Turns errors of the database, `where` it is, into `RecordError`. Values of statements are never told."""
    try:
        yield
    except DBAPIError as error:
        raise _told(error.orig, where) from error
    except sqlite3.Error as error:
        raise _told(error, where) from error
    except SQLAlchemyError as error:
        raise RecordError("The record cannot be used.", hint=f"{where}: {type(error).__name__}") from error
    except ModuleNotFoundError as error:
        raise RecordError(
            f"The driver for this database is not installed ({error.name}).",
            hint="For PostgreSQL: pip install 'deskprov[postgresql]'",
        ) from error


def _told(error: BaseException | None, where: str) -> RecordError:
    words = _words(error)
    kind = RecordBusy if words in (_SQLITE[sqlite3.SQLITE_BUSY], _BUSY) else RecordError
    message, hint = words
    return kind(message, hint=hint.format(where=where))


def _words(error: BaseException | None) -> tuple[str, str]:
    code = getattr(error, "sqlite_errorcode", None)
    if code is not None:
        if code & 0xFF == sqlite3.SQLITE_CONSTRAINT:
            return _TAKEN
        return _SQLITE.get(code) or _SQLITE.get(code & 0xFF) or _unforeseen(error)
    state = getattr(error, "sqlstate", None)
    if state:
        return (
            _TAKEN if state == "23505" else _POSTGRESQL.get(state) or _POSTGRESQL.get(state[:2]) or _unforeseen(error)
        )
    if type(error).__name__ in ("OperationalError", "InterfaceError"):
        said = str(error).strip().splitlines()[0].rpartition("failed: ")[2]
        return f"The database server does not answer, or not us: {said}", (
            "Check that it runs, that it can be reached from here, and `database` in deskprov.yml: {where}"
        )
    return _unforeseen(error)


def _unforeseen(error: BaseException | None) -> tuple[str, str]:
    code = getattr(error, "sqlite_errorname", None) or getattr(error, "sqlstate", None) or type(error).__name__
    return f"The database refused to do it ({code}).", "{where}"
