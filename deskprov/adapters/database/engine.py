"""Opens the database: where it is, its durability, its file's rights, and one transaction per piece of work."""

import errno
import fcntl
import os
import sqlite3
import weakref
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any, cast

from sqlalchemy import URL, Connection, Engine, create_engine, event, make_url, text
from sqlalchemy.exc import ArgumentError

from deskprov.adapters.database.failures import in_words
from deskprov.adapters.database.read_only import read_only_url
from deskprov.adapters.database.upgrade import bring_up_to_date, is_current
from deskprov.adapters.fault_points import FaultPoint, reach
from deskprov.errors import RecordError

FILE = ".deskprov/deskprov.db"
BUSY_SECONDS = 10
"""How long a writer waits for another one, unless the URL says `?timeout=`."""

_WRITES = "deskprov_writes"
_PATIENCE = "deskprov_patience"
_POSTGRESQL_WRITER = 0x6465736C  # any number that other programs, and `upgrade`, do not use


class Transactions:
    """An open database. Each block is one transaction; its end makes it durable, an error in it undoes it."""

    def __init__(self, url: str | None, root: Path) -> None:
        """Opens it, and makes or upgrades its tables; without `url` a file in the site. Raises `RecordError`."""
        self._url = database_url(url, root)
        self.where = _told_place(self._url)
        with in_words(self.where):
            self._engine = _open(self._url)
        weakref.finalize(self, self._engine.dispose)

    @contextmanager
    def reading(self) -> Iterator[Connection]:
        """A view of one moment."""
        with in_words(self.where), self._engine.begin() as connection:
            yield connection

    @contextmanager
    def writing(self, patience: float | None = None) -> Iterator[Connection]:
        """The right to write, taken at the beginning, so that nobody writes between our reading and our writing.

        Others who write are waited for, for so many seconds when they are stated. Raises `RecordBusy` after that.
        """
        writer = self._engine.execution_options(**{_WRITES: True, _PATIENCE: patience})
        with in_words(self.where), writer.begin() as connection:
            if connection.dialect.name == "postgresql":
                if patience is not None:
                    connection.execute(text(f"SET LOCAL lock_timeout = {round(patience * 1000)}"))
                connection.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": _POSTGRESQL_WRITER})
            yield connection
            reach(FaultPoint.TRANSACTION_READY)
        reach(FaultPoint.TRANSACTION_COMMITTED)

    @contextmanager
    def snapshot(self) -> Iterator[Connection]:
        """A view of one moment over many statements; text that is no text is read, too, instead of refused."""
        with in_words(self.where), self._engine.connect() as connection:
            if connection.dialect.name == "postgresql":
                connection.execution_options(isolation_level="REPEATABLE READ")
                with connection.begin():
                    yield connection
                return
            driver = cast(sqlite3.Connection, connection.connection.driver_connection)
            driver.text_factory = _any_text
            try:
                with connection.begin():
                    yield connection
            finally:
                driver.text_factory = str

    def close(self) -> None:
        """Closes all connections."""
        self._engine.dispose()


def _any_text(stored: bytes) -> str:
    return stored.decode("utf-8", "surrogateescape")


def database_url(url: str | None, root: Path) -> URL:
    """The address; an SQLite path is relative to the site. Raises `RecordError` for what is none."""
    if url is None:
        return URL.create("sqlite", database=str(root / FILE))
    try:
        parsed = make_url(url)
    except ArgumentError as error:
        raise RecordError(
            "`database` in deskprov.yml is no database URL.",
            hint="Leave it out for a file in the site, or write postgresql://user@server/name.",
        ) from error
    if parsed.drivername == "postgresql":
        return parsed.set(drivername="postgresql+psycopg")
    if parsed.get_backend_name() != "sqlite":
        return parsed
    if parsed.database in (None, "", ":memory:"):
        raise RecordError("A record in memory would keep nothing.", hint="Give `database` in deskprov.yml a file.")
    return parsed.set(database=str(root / str(parsed.database)))


def record_folder(url: str | None, root: Path) -> Path | None:
    """The folder of the record's file; None when it is on a server. Raises `RecordError` for what is no address."""
    address = database_url(url, root)
    return Path(str(address.database)).parent if address.get_backend_name() == "sqlite" else None


def _told_place(url: URL) -> str:
    if url.get_backend_name() == "sqlite":
        return str(url.database)
    return url.render_as_string(hide_password=True)


def _open(url: URL) -> Engine:
    with ExitStack() as undo:
        if url.get_backend_name() == "sqlite":
            path = Path(str(url.database))
            try:
                _private_file(path)
            except RecordError as error:
                if _is_read_only(path, error):
                    return _open_to_read(path)
                raise
            patience = {} if "timeout" in url.query else {"timeout": BUSY_SECONDS}
            engine = create_engine(url, connect_args=patience)
            undo.callback(engine.dispose)
            event.listen(engine, "connect", _durable)
            event.listen(engine, "begin", _begin)
            with _alone(path.parent):
                _write_ahead(engine, path)
                _upgrade(engine)
        else:
            engine = create_engine(url, pool_pre_ping=True)
            undo.callback(engine.dispose)
            _upgrade(engine)
        undo.pop_all()
    return engine


def _is_read_only(path: Path, error: RecordError) -> bool:
    refused = isinstance(error.__cause__, OSError) and error.__cause__.errno in (errno.EROFS, errno.EACCES, errno.EPERM)
    return refused and os.access(path, os.R_OK)


def _open_to_read(path: Path) -> Engine:
    """For those who may not write: what is there can be read, and whoever writes is told that it cannot be written."""
    engine = create_engine(read_only_url(path))
    event.listen(engine, "connect", _without_own_transactions)
    event.listen(engine, "begin", _begin)
    if not is_current(engine):
        engine.dispose()
        raise RecordError(
            "The record is older than this deskprov, and cannot be upgraded: its file, or its folder, is read-only.",
            hint=f"Check who owns {path} and its folder, and whether the disk is mounted read-only.",
        )
    return engine


def _upgrade(engine: Engine) -> None:
    if not is_current(engine):
        bring_up_to_date(engine)


def _private_file(path: Path) -> None:
    try:
        if path.parent.name == ".deskprov":
            path.parent.mkdir(mode=0o700, exist_ok=True)
            path.parent.chmod(0o700)
        os.close(os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600))
        reach(FaultPoint.DATABASE_MADE)
        path.chmod(0o600)
    except OSError as error:
        raise RecordError(
            f"The record cannot be opened: {error.strerror}.",
            hint=f"Check that {path} and its folder are there, that they are yours, and that the disk has room.",
        ) from error


@contextmanager
def _alone(folder: Path) -> Iterator[None]:
    descriptor = os.open(folder, os.O_RDONLY | os.O_CLOEXEC)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX)
        yield
    finally:
        os.close(descriptor)


def _without_own_transactions(connection: Any, _record: object) -> None:
    connection.isolation_level = None  # transactions begin where we say, see _begin


def _durable(connection: Any, record: object) -> None:
    _without_own_transactions(connection, record)
    # names and values of https://www.sqlite.org/pragma.html
    connection.execute("PRAGMA foreign_keys = ON")
    connection.execute("PRAGMA synchronous = FULL")


def _write_ahead(engine: Engine, path: Path) -> None:
    raw = engine.raw_connection()
    try:
        cursor = raw.cursor()
        cursor.execute("PRAGMA journal_mode = WAL")
        if cursor.fetchone() != ("wal",):
            raise RecordError(
                "The record cannot be kept safely in this folder.",
                hint=f"{path} needs a local disk that can be written to, not a network share.",
            )
    finally:
        raw.close()


def _begin(connection: Connection) -> None:
    options = connection.get_execution_options()
    if not options.get(_WRITES, False):
        connection.execute(text("BEGIN"))
        return
    with _waiting(connection, options.get(_PATIENCE)):
        connection.execute(text("BEGIN IMMEDIATE"))


@contextmanager
def _waiting(connection: Connection, seconds: float | None) -> Iterator[None]:
    """While it lasts the connection waits for others as long as this; None for as long as always."""
    if seconds is None:
        yield
        return
    usual = connection.execute(text("PRAGMA busy_timeout")).scalar_one()
    connection.execute(text(f"PRAGMA busy_timeout = {round(seconds * 1000)}"))
    try:
        yield
    finally:
        connection.execute(text(f"PRAGMA busy_timeout = {usual}"))
