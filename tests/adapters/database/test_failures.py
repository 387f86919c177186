"""What a database refuses is told in words, with what to do, and without values or passwords."""

import os
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from deskprov.adapters.database.database import Database
from deskprov.errors import RecordError
from deskprov.model.history import RunState
from tests.adapters.database.conftest import CONTROLLER
from tests.adapters.database.samples import NOON, intent, new

FILE = ".deskprov/deskprov.db"


@pytest.fixture
def impatient(tmp_path: Path) -> Iterator[Database]:
    """A record that waits a moment only for other writers."""
    database = Database("sqlite:///record.db?timeout=0.05", tmp_path, CONTROLLER)
    yield database
    database.close()


def test_a_busy_record(impatient: Database, tmp_path: Path) -> None:
    impatient.record.begin(intent())
    with closing(sqlite3.connect(tmp_path / "record.db", isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        with pytest.raises(RecordError, match="another deskprov is writing") as told:
            impatient.record.begin(intent("again"))
        assert str(tmp_path / "record.db") in told.value.hint
        assert [summary.run for summary in impatient.history.runs(5)] == [intent().run]
    impatient.record.begin(intent("again"))


def test_a_file_that_is_no_database(tmp_path: Path) -> None:
    (tmp_path / ".deskprov").mkdir()
    (tmp_path / FILE).write_bytes(b"Dear diary, " * 1000)
    with pytest.raises(RecordError, match="not a database") as told:
        Database(None, tmp_path, CONTROLLER).record.begin(intent())
    assert "backup" in told.value.hint
    assert (tmp_path / FILE).read_bytes().startswith(b"Dear diary")


def test_a_damaged_record(sqlite: Database, tmp_path: Path) -> None:
    sqlite.assets.save([new(tag=f"T{number}", maker="m" * 150) for number in range(200)], NOON, "robin")
    sqlite.close()
    content = bytearray((tmp_path / FILE).read_bytes())
    content[4096 * 4 :] = os.urandom(len(content) - 4096 * 4)
    (tmp_path / FILE).write_bytes(content)
    with pytest.raises(RecordError, match="damaged"):
        sqlite.assets.all()


def test_a_folder_that_is_not_there(tmp_path: Path) -> None:
    with pytest.raises(RecordError, match="No such file or directory"):
        Database("sqlite:///nowhere/record.db", tmp_path, CONTROLLER).record.begin(intent())


def test_a_server_that_does_not_answer_and_its_password(tmp_path: Path) -> None:
    url = f"postgresql://robin:s3cret@/record?host={tmp_path}"
    with pytest.raises(RecordError, match="does not answer") as told:
        Database(url, tmp_path, CONTROLLER).record.begin(intent())
    assert "s3cret" not in told.value.message + told.value.hint
    assert "robin" in told.value.hint


@pytest.mark.postgresql
def test_a_database_that_is_not_there(postgresql_server: str, tmp_path: Path) -> None:
    url = postgresql_server.replace("NAME", "nowhere")
    with pytest.raises(RecordError, match='database "nowhere" does not exist') as told:
        Database(url, tmp_path, CONTROLLER).record.begin(intent())
    assert "deskprov.yml" in told.value.hint


def test_a_driver_that_is_not_installed(tmp_path: Path) -> None:
    with pytest.raises(RecordError, match="driver for this database is not installed"):
        Database("mysql+pymysql://db.example.org/record", tmp_path, CONTROLLER).record.begin(intent())


def test_values_are_never_told(sqlite: Database) -> None:
    sqlite.assets.save([new(tag="T1")], NOON, "robin")
    with pytest.raises(RecordError) as told:
        sqlite.assets.save([new(tag="T1", assigned_to="p-1001")], NOON, "robin")
    assert "p-1001" not in told.value.message + told.value.hint


def test_a_run_of_another_controller_is_not_judged(tmp_path: Path) -> None:
    ours = Database("sqlite:///record.db", tmp_path, CONTROLLER)
    ours.record.begin(intent())
    with ours.transactions.writing() as connection:
        connection.exec_driver_sql("UPDATE runs SET process_birth = 'long ago'")
    theirs = Database("sqlite:///record.db", tmp_path, "controller-2")
    assert [run.state for run in theirs.history.runs(1)] == [RunState.RUNNING]
    assert [run.state for run in ours.history.runs(1)] == [RunState.INTERRUPTED]
    ours.close()
    theirs.close()
