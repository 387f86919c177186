"""Backs up and restores a record in an SQLite file.

A copy is made by SQLite's online backup (https://www.sqlite.org/backup.html) in one step: a view of one moment, while
others go on writing. It comes under its name, or into the place of the record, in one rename after it was checked, so
that a computer that stops in the middle leaves what was there before.
"""

import fcntl
import os
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from datetime import datetime
from pathlib import Path

from sqlalchemy import URL, Connection, create_engine, func, select

from deskprov.adapters.database.chain import head
from deskprov.adapters.database.chain_check import check_log
from deskprov.adapters.database.engine import Transactions, database_url
from deskprov.adapters.database.failures import in_words
from deskprov.adapters.database.read_only import read_only_uri
from deskprov.adapters.database.schema import metadata
from deskprov.adapters.database.upgrade import KNOWN, bring_up_to_date
from deskprov.errors import RecordError, WrongUsage
from deskprov.model.backup import DatabaseState, Restored

FOLDER = "backups"
UNFINISHED = ".deskprov-backup.new"
"""The name of a copy that is being made; the next one in the same folder takes its place."""

_COUNTED = ("assets", "asset_events", "runs", "run_machines", "run_steps", "owned", "escrow", "log")


class DatabaseBackups:
    """The port `Backups`."""

    def __init__(self, url: str | None, root: Path) -> None:
        """Opens nothing yet. Raises `RecordError` for what is no database URL."""
        self._url = database_url(url, root)
        self._root = root

    def state(self) -> DatabaseState:
        """The record as it is now, with every flaw that a full check finds."""
        transactions = Transactions(self._url.render_as_string(hide_password=False), self._root)
        try:
            with transactions.snapshot() as connection:
                counts = {name: _count(connection, name) for name in _COUNTED}
                flaws = _log_flaws(connection)
                last = head(connection)
        finally:
            transactions.close()
        if self._url.get_backend_name() != "sqlite":
            return DatabaseState(transactions.where, None, counts, last, flaws)
        file = self._file()
        return DatabaseState(str(file), file.stat().st_size, counts, last, (*_damage(file), *flaws))

    def back_up(self, file: str, at: datetime) -> DatabaseState:
        """Writes a checked copy of one moment."""
        source = self._file()
        if not source.exists():
            raise RecordError("There is no record yet: nothing to back up.", hint=f"It would be {source}.")
        target = Path(file).absolute() if file else source.parent / FOLDER / f"deskprov-{at:%Y%m%d-%H%M%S}.db"
        if target.exists():
            raise WrongUsage(f"{target} is there already.", hint="A backup is never written over: name another file.")
        if not file:
            _make_folder(target.parent)
        with _unfinished(target.parent) as fresh:
            with in_words(str(source)):
                _copy(source, fresh)
            state = _sound(fresh, target)
            _into_place(fresh, target)
        return state

    def examine(self, file: str) -> DatabaseState:
        """What a backup holds, and every flaw, after it was brought to this release's shape in a copy."""
        _make_folder(self._file().parent)
        with _unfinished(self._file().parent) as fresh:
            _read_backup(Path(file), fresh)
            return _examined(fresh, Path(file))

    def restore(self, file: str, at: datetime) -> Restored:
        """Puts a backup in the place of the record, which is kept aside."""
        place = self._file()
        _make_folder(place.parent)
        with _unfinished(place.parent) as fresh:
            _read_backup(Path(file), fresh)
            state = _sound(fresh, Path(file))
            with _alone(place):
                aside = _set_aside(place, at)
                _into_place(fresh, place)
        return Restored(state, aside)

    def _file(self) -> Path:
        if self._url.get_backend_name() == "sqlite":
            return Path(str(self._url.database))
        shown = self._url.set(drivername="postgresql").render_as_string(hide_password=True)
        raise RecordError(
            "This record is on a database server, which deskprov does not back up or restore.",
            hint=f"pg_dump --format=custom --file=record.dump '{shown}' writes a backup, pg_restore reads it.",
        )


def _make_folder(folder: Path) -> None:
    try:
        folder.mkdir(mode=0o700, exist_ok=True)
    except OSError as error:
        raise RecordError(f"{folder} cannot be made: {error.strerror}.") from error


@contextmanager
def _unfinished(folder: Path) -> Iterator[Path]:
    """An empty private file in this folder for as long as the context lasts; one at a time."""
    fresh = folder / UNFINISHED
    try:
        descriptor = os.open(fresh, os.O_RDWR | os.O_CREAT | os.O_NOFOLLOW | os.O_CLOEXEC, 0o600)
    except OSError as error:
        raise RecordError(
            f"No file can be written in {folder}: {error.strerror}.", hint="Name another place."
        ) from error
    try:
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            raise RecordError(f"Another backup is at work in {folder}.", hint="Wait until it has ended.") from error
        os.fchmod(descriptor, 0o600)
        os.ftruncate(descriptor, 0)
        try:
            yield fresh
        finally:
            for path in (fresh, *_beside(fresh)):
                path.unlink(missing_ok=True)
    finally:
        os.close(descriptor)


def _beside(file: Path) -> list[Path]:
    return [file.with_name(file.name + ending) for ending in ("-wal", "-shm", "-journal")]


def _copy(source: Path, target: Path) -> None:
    """A copy of one moment as a single file, not yet safely on the disk."""
    one = sqlite3.connect(read_only_uri(source), uri=True, timeout=10)
    other = sqlite3.connect(target)
    try:
        one.backup(other)
        other.execute("PRAGMA journal_mode = DELETE")
    finally:
        other.close()
        one.close()


def _read_backup(file: Path, fresh: Path) -> None:
    if not file.is_file():
        raise WrongUsage(f"There is no file {file}.", hint="deskprov db backup writes one.")
    with in_words(str(file)):
        _copy(file.absolute(), fresh)
        engine = create_engine(URL.create("sqlite", database=str(fresh)))
        try:
            with engine.connect() as connection:
                version = connection.exec_driver_sql("SELECT version_num FROM alembic_version").scalar()
            if version in KNOWN:
                bring_up_to_date(engine)
        finally:
            engine.dispose()


def _sound(fresh: Path, named: Path) -> DatabaseState:
    """What the copy holds. Raises `RecordError` when it has a flaw."""
    state = _examined(fresh, named)
    if state.flaws:
        raise RecordError(
            f"The copy is not sound: {state.flaws[0]}.", hint="Nothing was changed. deskprov run verify-log says more."
        )
    return state


def _examined(fresh: Path, named: Path) -> DatabaseState:
    damage = _damage(fresh)
    size = fresh.stat().st_size
    if damage:
        return DatabaseState(str(named), size, {}, None, damage)
    engine = create_engine(URL.create("sqlite", database=str(fresh)))
    try:
        with in_words(str(named)), engine.connect() as connection:
            counts = {name: _count(connection, name) for name in _COUNTED}
            return DatabaseState(str(named), size, counts, head(connection), _log_flaws(connection))
    finally:
        engine.dispose()


def _damage(file: Path) -> tuple[str, ...]:
    connection = sqlite3.connect(read_only_uri(file), uri=True)
    try:
        found = [row[0] for row in connection.execute("PRAGMA integrity_check(5)")]
        found += [f"a row of {row[0]} belongs to nothing" for row in connection.execute("PRAGMA foreign_key_check")][:5]
    except sqlite3.DatabaseError as error:
        return (f"it cannot be read ({error})",)
    finally:
        connection.close()
    return tuple(text for text in found if text != "ok")


def _log_flaws(connection: Connection) -> tuple[str, ...]:
    flaws = check_log(connection, None).flaws
    return tuple(
        f"{'' if flaw.number is None else f'entry {flaw.number} of the log: '}{flaw.message}" for flaw in flaws
    )


def _count(connection: Connection, name: str) -> int:
    return int(connection.execute(select(func.count()).select_from(metadata.tables[name])).scalar_one())


@contextmanager
def _alone(place: Path) -> Iterator[None]:
    """While it lasts nobody opens the record. Raises `RecordError` when somebody has it open."""
    folder = os.open(place.parent, os.O_RDONLY | os.O_CLOEXEC)
    try:
        fcntl.flock(folder, fcntl.LOCK_EX)  # the one that opening takes, see `engine`
        if place.exists():
            _nobody_has_it_open(place)
        yield
    finally:
        os.close(folder)


def _nobody_has_it_open(place: Path) -> None:
    """Leaving WAL mode needs the file for oneself; it also brings all of the record into the one file."""
    connection = sqlite3.connect(place, timeout=0)
    try:
        connection.execute("PRAGMA journal_mode = DELETE")
    except sqlite3.OperationalError as error:
        if error.sqlite_errorcode & 0xFF in (sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED):
            raise RecordError(
                "The record is in use: another deskprov is at work.",
                hint="deskprov run list shows it; wait for its end.",
            ) from error
    except sqlite3.DatabaseError:
        pass  # it is damaged, which is why somebody restores it
    finally:
        connection.close()


def _set_aside(place: Path, at: datetime) -> str:
    """Gives the record a second name, under which it stays; its place keeps it until the rename."""
    if not place.exists():
        return ""
    aside = place.with_name(f"{place.name}.before-{at:%Y%m%d-%H%M%S}")
    try:
        os.link(place, aside)
        for path in _beside(place):
            with suppress(FileNotFoundError):
                path.rename(aside.with_name(aside.name + path.name.removeprefix(place.name)))
    except OSError as error:
        raise RecordError(
            f"The record cannot be kept aside as {aside}: {error.strerror}.", hint="Nothing was changed."
        ) from error
    return str(aside)


def _into_place(fresh: Path, target: Path) -> None:
    try:
        with fresh.open("rb") as file:
            os.fsync(file.fileno())
        fresh.replace(target)
        folder = os.open(target.parent, os.O_RDONLY | os.O_CLOEXEC)
        try:
            os.fsync(folder)
        finally:
            os.close(folder)
    except OSError as error:
        raise RecordError(
            f"{target} cannot be written: {error.strerror}.", hint="Make room, or name another."
        ) from error
