"""Row 6: deskprov is killed at a point at which it writes, at every one of them, and the next start makes it good."""

import itertools
import multiprocessing
import shutil
import signal
import sqlite3
import stat
import tempfile
import time
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import text

from deskprov.adapters.database.database import Database
from deskprov.adapters.fault_points import FaultPoint
from deskprov.model.history import RunState
from deskprov.model.result import Outcome
from deskprov.model.run import StepState
from tests.adapters.database.conftest import CONTROLLER
from tests.adapters.database.samples import LATER, began, host_intent, intent
from tests.reliability.killable import FILES, HOST, furnish, leave_a_folder, sweep, take_in_and_set_up

FIRST_START = (FaultPoint.DATABASE_MADE, FaultPoint.TABLES_READY, FaultPoint.TABLES_COMMITTED)
"""Reached only while there is no record yet."""

EVERY_START = (
    FaultPoint.TRANSACTION_READY,
    FaultPoint.TRANSACTION_COMMITTED,
    FaultPoint.FILE_READY,
    FaultPoint.FILE_REPLACED,
    FaultPoint.LOCK_FILE_MADE,
    FaultPoint.LOCK_TAKEN,
    FaultPoint.LOCK_NOTED,
)
DEAD_RUNS = 1000
Told = Sequence[tuple[str, tuple[Any, ...]]]


@dataclass(frozen=True)
class Start:
    """How a start ended, and every call of the record that had returned before."""

    status: int | None
    told: Told

    @property
    def killed(self) -> bool:
        return self.status == -signal.SIGKILL


@pytest.fixture(scope="module")
def forks() -> multiprocessing.context.ForkServerContext:
    forks = multiprocessing.get_context("forkserver")
    forks.set_forkserver_preload(["tests.reliability.killable"])
    return forks


def start(forks: multiprocessing.context.ForkServerContext, folder: Path, fault: str = "") -> Start:
    """A technician's start in a process of its own, to its end."""
    ours, theirs = forks.Pipe(duplex=False)
    process = forks.Process(target=take_in_and_set_up, args=(folder, fault, theirs))
    process.start()
    theirs.close()
    told = []
    try:
        while True:
            told.append(ours.recv())
    except (EOFError, OSError):
        process.join()
    return Start(process.exitcode, told)


def test_killed_at_every_write_the_next_start_finishes_the_job(
    forks: multiprocessing.context.ForkServerContext, tmp_path: Path
) -> None:
    furnished = tmp_path / "furnished"
    furnished.mkdir()
    furnish(furnished)
    Database(None, furnished, "").record.owned("")  # makes the tables, which most starts find made
    kills = Counter[FaultPoint]()
    for point in (*FIRST_START, *EVERY_START):
        for number in itertools.count(1):
            site = _copy(furnished, tmp_path / f"{point}-{number}", with_record=point not in FIRST_START)
            broken_off = start(forks, site, f"{point}:{number}")
            if not broken_off.killed:
                assert broken_off.status == 0
                break
            kills[point] += 1
            _check_what_is_left(site, broken_off.told)
            _check_the_next_start(site, start(forks, site), broken_off.told)
    assert set(kills) == {*FIRST_START, *EVERY_START}, "a point that this start never comes to proves nothing"
    assert kills[FaultPoint.TRANSACTION_COMMITTED] >= 10, "steps that follow each other quickly are filed together"
    print(f"{kills.total()} kills: {dict(kills)}")


@pytest.mark.soak
def test_a_start_makes_good_a_thousand_dead_runs_in_five_seconds(tmp_path: Path) -> None:
    database = Database(None, tmp_path, CONTROLLER)
    for number in range(DEAD_RUNS):
        database.record.begin(intent(f"run-{number}"))
        database.record.intend(host_intent(f"run-{number}"))
        database.record.advance([began(f"run-{number}", "users/tech")])
    with database.transactions.writing() as connection:
        connection.execute(text("UPDATE runs SET process_birth = 'another'"))
    begun = time.process_time()
    database.record.close_dead(CONTROLLER, LATER)
    seconds = time.process_time() - begun
    print(f"{DEAD_RUNS} dead runs: {seconds:.1f} s of processor time")
    assert {run.outcome for run in database.history.runs(2 * DEAD_RUNS)} == {Outcome.INTERRUPTED}
    assert all(run.ended for run in database.history.runs(2 * DEAD_RUNS))
    assert seconds < 5
    database.close()


def test_killed_while_it_sweeps_the_next_start_sweeps(forks: multiprocessing.context.ForkServerContext) -> None:
    with tempfile.TemporaryDirectory(prefix="deskprov-base-", dir="/tmp") as name:
        base = Path(name)
        assert _ends(forks, leave_a_folder, base, f"{FaultPoint.FOLDER_CLAIMED}:1") == -signal.SIGKILL
        [left] = base.iterdir()
        assert _ends(forks, sweep, base, f"{FaultPoint.LEFTOVER_ENDED}:1") == -signal.SIGKILL
        assert [left] == list(base.iterdir())
        assert _ends(forks, sweep, base, "") == 0
        assert list(base.iterdir()) == []


def test_a_fault_that_names_no_point_is_none(forks: multiprocessing.context.ForkServerContext) -> None:
    with tempfile.TemporaryDirectory(prefix="deskprov-base-", dir="/tmp") as name:
        for fault in ("folder-claimed", "folder-claimed:", "folder-claimed:x", "nowhere:1", ":1", "1"):
            assert _ends(forks, leave_a_folder, Path(name), fault) == 0, fault


def _ends(
    forks: multiprocessing.context.ForkServerContext, target: Callable[[Path, str], None], base: Path, fault: str
) -> int | None:
    process = forks.Process(target=target, args=(base, fault))
    process.start()
    process.join()
    return process.exitcode


def _copy(furnished: Path, site: Path, *, with_record: bool) -> Path:
    """Moved into place, because the profile names the folder that the files shall be in."""
    shutil.copytree(furnished, site, ignore=None if with_record else shutil.ignore_patterns(".deskprov"))
    profile = site / "profiles/bench.yml"
    profile.write_text(profile.read_text().replace(str(furnished), str(site)))
    return site


def _check_what_is_left(site: Path, told: Told) -> None:
    """Straight after the kill: the database is whole, and has everything that was acknowledged."""
    path = site / ".deskprov/deskprov.db"
    if path.exists():
        connection = sqlite3.connect(path)
        assert connection.execute("PRAGMA integrity_check").fetchone() == ("ok",)
        connection.close()
    _check_acknowledged(site, told)


def _check_acknowledged(site: Path, told: Told) -> None:
    database = Database(None, site, _controller(told))
    for name, arguments in told:
        match name:
            case "begin":
                assert database.history.run(arguments[0].run) is not None
            case "intend":
                [machine] = _machines(database, arguments[0].run)
                assert {key for key, _ in arguments[0].steps} <= {step.resource for step in machine.steps}
            case "advance":
                for step in arguments[0]:
                    [machine] = _machines(database, step.run)
                    [found] = [known for known in machine.steps if known.resource == step.resource]
                    assert found.state in (step.state, StepState.DONE)
            case "own":
                assert {thing.key for thing in arguments[1]} <= {thing.key for thing in database.record.owned(HOST)}
            case "finish_host":
                assert _machines(database, arguments[0])[0].outcome is arguments[1].outcome
            case "finish":
                assert [run.outcome for run in database.history.runs(5) if run.run == arguments[0]] == [arguments[1]]
    database.close()


def _check_the_next_start(site: Path, second: Start, told: Told) -> None:
    assert second.status == 0
    _check_acknowledged(site, told)
    database = Database(None, site, _controller(second.told))
    newest, *earlier = database.history.runs(5)
    assert (newest.state, newest.outcome) == (RunState.ENDED, Outcome.OK)
    for run in earlier:
        # also a run that had come to its end but for the last word is not called running, and has an end
        assert run.ended is not None
        assert run.outcome in (Outcome.OK, Outcome.INTERRUPTED)
        assert (run.state is RunState.INTERRUPTED) == (run.outcome is Outcome.INTERRUPTED)
    database.close()
    assert {path.name: path.read_text() for path in (site / "machine").iterdir()} == {name: name for name in FILES}
    done = Counter((site / "tally").read_text().split())
    assert set(done.values()) == {1}, f"applied more than once: {done}"
    assert not list((site / "inventory_hosts").glob(".*.new"))
    # whoever made it and was killed before opening it to all: the next technician can lock the machine
    assert [stat.S_IMODE(path.stat().st_mode) for path in (site / "locks").iterdir()] == [0o666]


def _machines(database: Database, run: str) -> Sequence[Any]:
    detail = database.history.run(run)
    assert detail is not None
    return detail.hosts


def _controller(told: Told) -> str:
    return next((str(arguments[0].controller) for name, arguments in told if name == "begin"), "")
