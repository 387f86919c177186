"""Backups are whole copies of one moment, made while others write; what is killed or fails leaves what was there."""

import multiprocessing
import random
import sqlite3
import stat
import subprocess
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from multiprocessing.connection import Connection
from pathlib import Path

import pytest
from msgspec.structs import replace

from deskprov.adapters.database.backup import UNFINISHED, DatabaseBackups
from deskprov.adapters.database.database import Database
from deskprov.errors import RecordError, WrongUsage
from deskprov.model.backup import DatabaseState
from deskprov.model.history import AssetEvent, EventKind
from tests.adapters.database.conftest import CONTROLLER
from tests.adapters.database.keepers import back_up_again_and_again, restore_again_and_again, write_notes
from tests.adapters.database.samples import LATER, NOON, intent, new
from tests.adapters.database.test_log import whole_run

PATIENCE_SECONDS = 60
LARGE_NOTES = 8
"""Of a megabyte each."""


@pytest.fixture
def backups(sqlite: Database, tmp_path: Path) -> DatabaseBackups:
    whole_run(sqlite)
    sqlite.close()
    return DatabaseBackups(None, tmp_path)


def test_a_backup_holds_everything_and_is_for_our_eyes_only(backups: DatabaseBackups, tmp_path: Path) -> None:
    made = backups.back_up("", NOON)
    file = tmp_path / ".deskprov/backups/deskprov-20261124-120000.db"
    assert made.where == str(file)
    assert (made.flaws, made.rows["runs"], made.head) == ((), 1, backups.state().head)
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert [path.name for path in file.parent.iterdir()] == [file.name]
    assert backups.examine(str(file)) == made


def test_a_restored_record_is_that_of_the_backup_and_the_other_is_kept(
    backups: DatabaseBackups, sqlite: Database, tmp_path: Path
) -> None:
    made = backups.back_up(str(tmp_path / "backup.db"), NOON)
    whole_run(sqlite, "20261124-130000-bbbbbb")
    sqlite.close()
    restored = backups.restore(str(tmp_path / "backup.db"), LATER)
    assert restored.state.head == made.head
    assert [run.run for run in sqlite.history.runs(9)] == ["20261124-120000-aaaaaa"]
    sqlite.record.begin(intent("20261124-140000-cccccc"))
    aside = Database(f"sqlite:///{restored.aside}", tmp_path, CONTROLLER)
    assert len(aside.history.runs(9)) == 2
    assert aside.log.check(None).ok
    aside.close()


def test_a_record_in_use_is_not_replaced(backups: DatabaseBackups, sqlite: Database, tmp_path: Path) -> None:
    backups.back_up(str(tmp_path / "backup.db"), NOON)
    sqlite.record.begin(intent("20261124-130000-bbbbbb"))  # and still open
    with pytest.raises(RecordError, match="The record is in use"):
        backups.restore(str(tmp_path / "backup.db"), NOON)
    assert len(sqlite.history.runs(9)) == 2
    assert not list((tmp_path / ".deskprov").glob("*before*"))


def test_a_damaged_record_is_replaced_and_kept(backups: DatabaseBackups, tmp_path: Path) -> None:
    made = backups.back_up(str(tmp_path / "backup.db"), NOON)
    file = tmp_path / ".deskprov/deskprov.db"
    file.write_bytes(b"this is no database" * 1000)
    restored = backups.restore(str(tmp_path / "backup.db"), NOON)
    assert Path(restored.aside).read_bytes().startswith(b"this is no database")
    assert replace(backups.state(), where="", size=0) == replace(made, where="", size=0)


def test_without_a_record_there_is_nothing_to_back_up_and_a_backup_makes_one(
    backups: DatabaseBackups, tmp_path: Path
) -> None:
    backups.back_up(str(tmp_path / "backup.db"), NOON)
    fresh = tmp_path / "fresh"
    fresh.mkdir()
    with pytest.raises(RecordError, match="nothing to back up"):
        DatabaseBackups(None, fresh).back_up("", NOON)
    assert DatabaseBackups(None, fresh).restore(str(tmp_path / "backup.db"), NOON).aside == ""
    assert DatabaseBackups(None, fresh).state().rows["runs"] == 1


def _spoil_a_page(file: Path) -> None:
    data = bytearray(file.read_bytes())
    data[8192:12288] = b"\xaa" * 4096
    file.write_bytes(data)


def _alter_a_row(file: Path) -> None:
    with sqlite3.connect(file) as connection:
        connection.execute("UPDATE runs SET by = 'somebody else'")
    connection.close()


@pytest.mark.parametrize("spoil", [_spoil_a_page, _alter_a_row, lambda file: file.write_bytes(b"x" * 5000)])
def test_a_backup_with_a_flaw_is_not_restored(
    backups: DatabaseBackups, tmp_path: Path, spoil: Callable[[Path], object]
) -> None:
    file = tmp_path / "backup.db"
    backups.back_up(str(file), NOON)
    before = backups.state()
    spoil(file)
    with pytest.raises(RecordError):
        backups.restore(str(file), NOON)
    assert backups.state() == before


def test_a_record_with_a_flaw_gives_no_backup(backups: DatabaseBackups, tmp_path: Path) -> None:
    _alter_a_row(tmp_path / ".deskprov/deskprov.db")
    with pytest.raises(RecordError, match="not sound"):
        backups.back_up(str(tmp_path / "backup.db"), NOON)
    assert not (tmp_path / "backup.db").exists()


def test_nothing_is_written_over(backups: DatabaseBackups, tmp_path: Path) -> None:
    (tmp_path / "backup.db").write_text("precious")
    with pytest.raises(WrongUsage, match="there already"):
        backups.back_up(str(tmp_path / "backup.db"), NOON)
    (tmp_path / UNFINISHED).symlink_to(tmp_path / "backup.db")
    with pytest.raises(RecordError, match="No file can be written"):
        backups.back_up(str(tmp_path / "other.db"), NOON)
    assert (tmp_path / "backup.db").read_text() == "precious"


def test_a_server_has_tools_of_its_own(tmp_path: Path) -> None:
    server = DatabaseBackups("postgresql://me:secret@db.example.org/record", tmp_path)
    with pytest.raises(RecordError, match="database server") as told:
        server.back_up("", NOON)
    assert "pg_dump" in told.value.hint
    assert "secret" not in told.value.hint


@pytest.mark.root
def test_a_full_disk_leaves_nothing_under_the_name(backups: DatabaseBackups, tmp_path: Path) -> None:
    small = tmp_path / "small"
    small.mkdir()
    subprocess.run(["mount", "-t", "tmpfs", "-o", "size=64k", "tmpfs", str(small)], check=True)
    try:
        with pytest.raises(RecordError):
            backups.back_up(str(small / "backup.db"), NOON)
        assert list(small.iterdir()) == []
    finally:
        subprocess.run(["umount", str(small)], check=True)


@pytest.mark.parametrize("count", [6, pytest.param(100, marks=pytest.mark.soak)])
def test_backups_under_load(sqlite: Database, tmp_path: Path, count: int) -> None:
    sqlite.assets.save([new(host="pc-1")], NOON, "robin")
    backups = DatabaseBackups(None, tmp_path)
    with _process(write_notes, tmp_path) as told:
        for number in range(count):
            promised = _last(told)
            file = tmp_path / f"{number}.db"
            made = backups.back_up(str(file), NOON)
            notes = _notes(file)
            assert notes == list(range(len(notes)))
            assert len(notes) > promised
            assert made.head is not None
            assert _restored(file, tmp_path / f"site-{number}") == replace(made, where="", size=0)
    assert sqlite.log.check(made.head).ok


@pytest.mark.parametrize("count", [6, pytest.param(60, marks=pytest.mark.soak)])
def test_killed_backups_leave_whole_ones_or_none(backups: DatabaseBackups, tmp_path: Path, count: int) -> None:
    chance = random.Random(6)
    for number in range(count):
        folder = tmp_path / f"folder-{number}"
        folder.mkdir()
        with _process(back_up_again_and_again, tmp_path, folder) as told:
            told.recv()
            time.sleep(chance.random() * 0.15)  # the moment of the kill, nothing is waited for
        made = [path for path in folder.iterdir() if not path.name.startswith(UNFINISHED)]
        assert all(backups.examine(str(path)).flaws == () for path in made)
        backups.back_up(str(folder / "after.db"), NOON)
        assert not (folder / UNFINISHED).exists()


@pytest.mark.parametrize("count", [6, pytest.param(60, marks=pytest.mark.soak)])
def test_killed_restores_leave_the_old_record_or_the_new(
    backups: DatabaseBackups, sqlite: Database, tmp_path: Path, count: int
) -> None:
    chance = random.Random(7)
    one, other = tmp_path / "one.db", tmp_path / "other.db"
    first = backups.back_up(str(one), NOON)
    whole_run(sqlite, "20261124-130000-bbbbbb")
    sqlite.close()
    heads = {first.head, backups.back_up(str(other), NOON).head}
    for _ in range(count):
        with _process(restore_again_and_again, tmp_path, one, other) as told:
            told.recv()
            time.sleep(chance.random() * 0.15)  # the moment of the kill, nothing is waited for
        for aside in (tmp_path / ".deskprov").glob("*before*"):
            aside.unlink()
        found = backups.state()
        assert (found.flaws, found.head in heads) == ((), True)


@pytest.mark.parametrize("count", [3, pytest.param(40, marks=pytest.mark.soak)])
def test_a_restore_killed_when_the_record_begins_to_change_leaves_a_whole_one(
    backups: DatabaseBackups, sqlite: Database, tmp_path: Path, count: int
) -> None:
    """The record is large, so that one that is written over is not whole for a while."""
    one, other = tmp_path / "one.db", tmp_path / "other.db"
    heads = {backups.back_up(str(one), NOON).head}
    [asset] = sqlite.assets.save([new(host="pc-9")], NOON, "robin")
    for number in range(LARGE_NOTES):
        sqlite.assets.log(asset, AssetEvent(NOON, "robin", EventKind.NOTE, f"{number}" * 2**20))
    sqlite.close()
    heads.add(backups.back_up(str(other), NOON).head)
    place = tmp_path / ".deskprov/deskprov.db"
    for _ in range(count):
        backups.restore(str(one), LATER)
        before = _place(place)
        with _process(restore_again_and_again, tmp_path, other, one) as told:
            told.recv()
            begun = time.monotonic()
            while _place(place) == before:
                assert time.monotonic() - begun < PATIENCE_SECONDS, "nothing is restored"
        for aside in (tmp_path / ".deskprov").glob("*before*"):
            aside.unlink()
        found = backups.state()
        assert (found.flaws, found.head in heads) == ((), True)


def _place(file: Path) -> tuple[int, int]:
    """Which file it is, and how long; both stay as they are until something is put in its place or written into it."""
    status = file.stat()
    return status.st_ino, status.st_size


@contextmanager
def _process(target: Callable[..., None], *arguments: Path) -> Iterator[Connection]:
    """A process that is killed at the end; gives what it tells."""
    forks = multiprocessing.get_context("forkserver")
    forks.set_forkserver_preload(["tests.adapters.database.keepers", "alembic.command"])
    ours, theirs = forks.Pipe(duplex=False)
    process = forks.Process(target=target, args=(*arguments, theirs))
    process.start()
    theirs.close()
    try:
        yield ours
    finally:
        process.kill()
        process.join()


def _last(told: Connection) -> int:
    """The latest number that was told, after at least one more."""
    number = int(told.recv())
    while told.poll():
        number = int(told.recv())
    return number


def _notes(file: Path) -> list[int]:
    connection = sqlite3.connect(file)
    found = connection.execute("SELECT text FROM asset_events WHERE kind = 'note' ORDER BY id").fetchall()
    connection.close()
    return [int(text) for (text,) in found]


def _restored(file: Path, site: Path) -> DatabaseState:
    site.mkdir()
    elsewhere = DatabaseBackups(None, site)
    elsewhere.restore(str(file), NOON)
    return replace(elsewhere.state(), where="", size=0)
