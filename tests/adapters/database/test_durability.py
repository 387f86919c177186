"""What was acknowledged is kept: through kill -9, through a full disk, and only for our own eyes."""

import multiprocessing
import random
import sqlite3
import stat
import subprocess
import time
from collections.abc import Iterator
from multiprocessing.connection import Connection
from pathlib import Path

import pytest
from sqlalchemy import text

from deskprov.adapters.database.database import Database
from deskprov.errors import RecordError
from deskprov.model.history import RunState
from deskprov.model.run import StepState
from tests.adapters.database.conftest import CONTROLLER
from tests.adapters.database.samples import began, ended, host_intent, intent
from tests.adapters.database.writers import BEGUN, key, write_steps
from tests.reliability.small_disk import fill, small_disk

KILLS = 30


def test_every_commit_reaches_the_disk(sqlite: Database) -> None:
    with sqlite.transactions.writing() as connection:
        pragmas = {
            name: connection.execute(text(f"PRAGMA {name}")).scalar() for name in ("journal_mode", "synchronous")
        }
        assert pragmas == {"journal_mode": "wal", "synchronous": 2}
        assert connection.execute(text("PRAGMA foreign_keys")).scalar() == 1
        assert connection.execute(text("PRAGMA busy_timeout")).scalar() == 10_000


def test_nobody_else_may_read_the_record(tmp_path: Path) -> None:
    (tmp_path / ".deskprov").mkdir(mode=0o755)
    (tmp_path / ".deskprov/deskprov.db").touch(0o644)
    database = Database(None, tmp_path, CONTROLLER)
    database.record.begin(intent())
    modes = {path.name: stat.S_IMODE(path.stat().st_mode) for path in (tmp_path / ".deskprov").iterdir()}
    assert modes == {"deskprov.db": 0o600, "deskprov.db-wal": 0o600, "deskprov.db-shm": 0o600}
    assert stat.S_IMODE((tmp_path / ".deskprov").stat().st_mode) == 0o700
    database.close()


def test_thirty_killed_writers_lose_nothing_acknowledged(sqlite: Database, tmp_path: Path) -> None:
    chance = random.Random(4)
    sqlite.record.begin(intent("living"))
    forks = multiprocessing.get_context("forkserver")
    forks.set_forkserver_preload(["tests.adapters.database.writers"])
    acknowledged = {}
    for number in range(KILLS):
        run = f"killed-{number:02}"
        ours, theirs = forks.Pipe(duplex=False)
        writer = forks.Process(target=write_steps, args=(tmp_path, CONTROLLER, run, theirs))
        writer.start()
        theirs.close()
        acknowledged[run] = _kill_after(writer, ours, chance.randrange(1, 12), chance.random() * 0.003)

    for run, steps in acknowledged.items():
        detail = sqlite.history.run(run)
        assert detail is not None
        assert detail.summary.state is RunState.INTERRUPTED
        done = {step.resource for step in detail.hosts[0].steps if step.state is StepState.DONE}
        assert {key(step) for step in steps if step != BEGUN} <= done
    assert [s.state for s in sqlite.history.runs(100) if s.run == "living"] == [RunState.RUNNING]
    assert _integrity(tmp_path / ".deskprov/deskprov.db") == "ok"


def _kill_after(writer: "multiprocessing.Process", told: Connection, messages: int, seconds: float) -> list[int]:
    received = [told.recv() for _ in range(messages)]
    time.sleep(seconds)
    writer.kill()
    writer.join()
    while told.poll():
        try:
            received.append(told.recv())
        except EOFError:
            break
    assert writer.exitcode == -9
    return received


@pytest.fixture
def disk(tmp_path: Path) -> Iterator[Path]:
    """A disk of two megabytes."""
    with small_disk(tmp_path / "disk") as folder:
        yield folder


@pytest.mark.root
def test_a_full_disk_is_told_and_breaks_nothing(disk: Path) -> None:
    database = Database(None, disk, CONTROLLER)
    database.record.begin(intent())
    database.record.intend(host_intent(intent().run))
    ballast = fill(disk)

    acknowledged = 0
    with pytest.raises(RecordError, match="the disk is full") as told:
        for number in range(10_000):
            database.record.advance([began(intent().run, key(number)), ended(intent().run, key(number))])
            acknowledged += 1
    assert "Make room" in told.value.hint

    ballast.unlink()
    database.record.advance([ended(intent().run, "files/after")])
    detail = database.history.run(intent().run)
    assert detail is not None
    done = [step.resource for step in detail.hosts[0].steps if step.state is StepState.DONE]
    assert done == [*(key(number) for number in range(acknowledged)), "files/after"]
    database.close()
    assert _integrity(disk / ".deskprov/deskprov.db") == "ok"


@pytest.mark.root
def test_a_disk_full_from_the_start_leaves_nothing_half_made(disk: Path) -> None:
    ballast = fill(disk)
    database = Database(None, disk, CONTROLLER)
    with pytest.raises(RecordError, match=r"disk is full|No space left"):
        database.record.begin(intent())
    ballast.unlink()
    database.record.begin(intent())
    assert [summary.run for summary in database.history.runs(5)] == [intent().run]
    database.close()


@pytest.mark.root
def test_a_read_only_disk_is_told(disk: Path) -> None:
    database = Database(None, disk, CONTROLLER)
    database.record.begin(intent())
    database.close()
    subprocess.run(["mount", "-o", "remount,ro", str(disk)], check=True)
    with pytest.raises(RecordError, match=r"(?i)read-only") as told:
        Database(None, disk, CONTROLLER).record.begin(intent("again"))
    assert str(disk) in told.value.hint


def _integrity(path: Path) -> str:
    connection = sqlite3.connect(path)
    try:
        return str(connection.execute("PRAGMA integrity_check").fetchone()[0])
    finally:
        connection.close()
