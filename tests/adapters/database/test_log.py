"""The log is written with every change, by one writer at a time, and tells when something is not as it says."""

import json
from pathlib import Path

import pytest
from sqlalchemy import select, text, update

from deskprov.adapters.database.chain import append
from deskprov.adapters.database.database import Database
from deskprov.adapters.database.documents import EVENT
from deskprov.adapters.database.schema import asset_events, log, metadata
from deskprov.model.history import AssetEvent, EventKind
from deskprov.model.log import LogHead, LogKind
from deskprov.model.plan import Owned
from deskprov.model.result import Outcome
from deskprov.model.run import StepState
from tests.adapters.database.conftest import CONTROLLER
from tests.adapters.database.samples import LAPTOP, LATER, NOON, began, ended, host_intent, intent, new, verified

RUN = "20261124-120000-aaaaaa"
SALTED = ("assets", "asset_events", "runs", "run_machines", "escrow", "escrow_events")


def whole_run(database: Database, run: str = RUN) -> None:
    """A run from beginning to end."""
    database.record.begin(intent(run))
    database.record.saw("pc-1", LAPTOP, NOON, practice=False)
    database.record.intend(host_intent(run))
    database.record.advance([began(run, "groups/staff"), ended(run, "groups/staff"), began(run, "users/tech")])
    database.record.own("pc-1", [Owned("groups/staff", "groups", {"name": "staff"}, run)], [], LATER)
    database.record.finish_host(run, verified("groups/staff", "users/tech"), LATER)
    database.record.finish(run, Outcome.OK, LATER)


def test_an_entry_for_every_change(sqlite: Database) -> None:
    assert sqlite.log.head() is None
    assert sqlite.log.check(None).ok
    whole_run(sqlite)
    with sqlite.transactions.reading() as connection:
        entries = connection.execute(select(log.c.number, log.c.kind).order_by(log.c.number)).all()
    kinds = ["run_begun", "asset_saved", "asset_saved", "asset_event", "asset_event", "machine_intended"]
    kinds += ["machine_advanced", "owned", "machine_ended", "run_ended"]
    assert [kind for _, kind in entries] == kinds
    head = sqlite.log.head()
    assert head is not None
    assert head.number == len(kinds)
    assert sqlite.log.check(LogHead.read(head.short)).ok
    assert sqlite.log.check(LogHead.read(str(head))).head == head


def test_what_cannot_be_done_leaves_no_entry(sqlite: Database) -> None:
    sqlite.record.begin(intent())
    before = sqlite.log.head()
    with pytest.raises(ZeroDivisionError), sqlite.transactions.writing() as connection:
        connection.execute(update(metadata.tables["runs"]).values(outcome=Outcome.OK))
        append(connection, EVENT, [], LogKind.RUN_ENDED)
        raise ZeroDivisionError
    assert sqlite.log.head() == before


def test_a_run_that_never_ended_is_in_the_log(sqlite: Database) -> None:
    sqlite.record.begin(intent())
    sqlite.record.intend(host_intent(RUN))
    sqlite.record.advance([began(RUN, "groups/staff")])
    with sqlite.transactions.writing() as connection:
        connection.execute(text("UPDATE run_steps SET state = :state"), {"state": StepState.DONE.value})
    [flaw] = sqlite.log.check(None).flaws
    assert (flaw.number, "was altered" in flaw.message) == (3, True)
    with sqlite.transactions.writing() as connection:
        connection.execute(text("UPDATE run_steps SET state = 'started' WHERE position = 1"))
        connection.execute(text("UPDATE run_steps SET state = 'intended' WHERE position = 2"))


def test_personal_data_can_be_erased_and_the_log_stays_whole(sqlite: Database) -> None:
    [asset] = sqlite.assets.save([new(host="pc-1", assigned_to="Maria Example")], NOON, "robin")
    sqlite.assets.log(asset, AssetEvent(NOON, "robin", EventKind.NOTE, "Maria's screen is cracked"))
    with sqlite.transactions.writing() as connection:
        [*_, event] = connection.execute(select(asset_events).order_by(asset_events.c.id)).all()
        before = connection.execute(select(log.c.digest).where(log.c.row_id == event.id, log.c.about == "event"))
        old = before.scalar_one()
        connection.execute(update(asset_events).where(asset_events.c.id == event.id).values(text="(erased)"))
        append(connection, EVENT, [event.id], LogKind.ERASED, LATER)
    assert sqlite.log.check(None).ok
    with sqlite.transactions.reading() as connection:
        now = connection.execute(select(asset_events).where(asset_events.c.id == event.id)).one()
        assert connection.execute(select(log.c.digest).where(log.c.digest == old)).all()
    assert now.salt != event.salt  # so that nobody finds out by trying names against the hash that stays


def test_a_record_from_before_the_log_is_taken_in_as_it_is(sqlite: Database, tmp_path: Path) -> None:
    whole_run(sqlite)
    with sqlite.transactions.writing() as connection:
        connection.execute(text("DELETE FROM log"))
        for table in SALTED:
            connection.execute(text(f"UPDATE {table} SET salt = NULL"))
        connection.execute(text("UPDATE alembic_version SET version_num = '0003'"))
        _as_before_the_log(connection.exec_driver_sql)
    sqlite.close()
    again = Database(None, tmp_path, CONTROLLER)
    check = again.log.check(None)
    assert (check.flaws, check.entries) == ((), 5)  # the asset with what it owns, two events, the run, its machine
    again.close()


def _as_before_the_log(execute: object) -> None:
    assert callable(execute)
    execute("DROP TABLE log")
    for table in ("runs", "asset_events"):
        execute(f"ALTER TABLE {table} ADD COLUMN chain_hash VARCHAR(64)")
    for table in SALTED:
        execute(f"ALTER TABLE {table} DROP COLUMN salt")
    for column in ("plan_digest", "plan_by", "plan_made"):
        execute(f"ALTER TABLE runs DROP COLUMN {column}")


@pytest.mark.parametrize("written", ["", "12", "x-0123456789abcdef", "1-0123", f"1-{'g' * 64}", f"1-{'0' * 65}"])
def test_what_is_no_head(written: str) -> None:
    with pytest.raises(ValueError, match="not a head"):
        LogHead.read(written)


@pytest.mark.postgresql
def test_the_log_of_a_postgresql_record(postgresql_url: str, tmp_path: Path) -> None:
    database = Database(postgresql_url, tmp_path, CONTROLLER)
    whole_run(database)
    noted = database.log.head()
    assert database.log.check(noted).ok
    detail = json.dumps({"said": "something else"})
    with database.transactions.writing() as connection:
        connection.execute(text("UPDATE asset_events SET detail = :detail WHERE id = 1"), {"detail": detail})
    [flaw] = database.log.check(noted).flaws
    assert flaw.number == 4
    database.close()
