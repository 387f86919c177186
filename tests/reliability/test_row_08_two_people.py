"""Row 8: of all who start on one machine at the same moment one runs, and the others are told who.

Who is refused is filed where the record is free, and told where it is not; so it is counted on both sides.
"""

import multiprocessing
import os
import signal
import sqlite3
from collections import Counter
from collections.abc import Iterator
from contextlib import closing
from multiprocessing.context import ForkServerContext
from pathlib import Path

import pytest

from deskprov.adapters.database.database import Database
from deskprov.api.refusing import NOT_FILED
from deskprov.model.inventory import Connection, Host
from deskprov.wiring import RealSite
from tests.reliability.killable import HOST, furnish
from tests.reliability.starters import Gate, start_many

BUSY, WAITING = 75, 7
PATIENCE_SECONDS = 240


@pytest.fixture(scope="module")
def forks() -> ForkServerContext:
    forks = multiprocessing.get_context("forkserver")
    forks.set_forkserver_preload(["tests.reliability.starters"])
    return forks


@pytest.fixture
def site(tmp_path: Path) -> Path:
    """A site with one machine that has an agreed profile, and a record."""
    furnish(tmp_path)
    (tmp_path / "locks").mkdir()
    RealSite(tmp_path).inventory.add(Host(HOST, Connection("192.0.2.1", user="root"), profile="bench"), None)
    Database(None, tmp_path, "").record.owned("")
    return tmp_path


class Crowd:
    """Processes of several technicians each, who end with exit status, words and questions to the machine."""

    def __init__(self, forks: ForkServerContext, site: Path, processes: int, threads: int) -> None:
        self.gate = Gate(forks.Barrier(processes * threads), forks.Lock(), forks.Event(), forks.Event())
        self._pipes, self.processes = [], []
        for _ in range(processes):
            ours, theirs = forks.Pipe(duplex=False)
            process = forks.Process(target=start_many, args=(site, threads, self.gate, theirs), daemon=True)
            process.start()
            theirs.close()
            self._pipes.append(ours)
            self.processes.append(process)

    def others_end(self) -> list[tuple[int, str, int]]:
        """Waits for every process but the one that holds the machine."""
        waiting = dict(zip(self._pipes, self.processes, strict=True))
        ends: list[tuple[int, str, int]] = []
        while len(waiting) > 1:
            ready = multiprocessing.connection.wait(list(waiting), PATIENCE_SECONDS)
            assert ready, f"{len(waiting)} processes do not end"
            for pipe in ready:
                ends += pipe.recv()
                waiting.pop(pipe).join()
        assert len(waiting) == 1, "nobody holds the machine"
        [self._held] = waiting.items()
        return ends

    @property
    def holder(self) -> int:
        return int(self._held[1].pid or 0)

    def all_end(self) -> list[tuple[int, str, int]]:
        """Lets the machine answer, and waits for whoever held it."""
        self.gate.answer.set()
        pipe, process = self._held
        ends: list[tuple[int, str, int]] = pipe.recv()
        process.join()
        return ends


def one_more(forks: ForkServerContext, site: Path) -> tuple[int, str, int]:
    """The end of one more who starts; the machine would answer them at once."""
    crowd = Crowd(forks, site, processes=1, threads=1)
    crowd.gate.answer.set()
    [end] = crowd._pipes[0].recv()
    crowd.processes[0].join()
    status, message, asked = end
    return status, message, asked


def all_at_once(forks: ForkServerContext, site: Path, processes: int, threads: int) -> None:
    crowd = Crowd(forks, site, processes, threads)
    others = crowd.others_end()
    assert crowd.gate.asked.is_set()
    everyone = [*others, *crowd.all_end()]
    refused = [message for status, message, _ in everyone if status == BUSY]
    unfiled = sum(NOT_FILED in message for message in refused)
    print(f"1 ran, {len(refused)} were refused; {unfiled} of these are not filed")
    assert Counter(status for status, _, _ in everyone) == {WAITING: 1, BUSY: processes * threads - 1}, everyone
    assert sum(asked for _, _, asked in everyone) == 1, "the machine was asked by more than one"
    messages = {message.partition(", for")[0] for message in refused}
    assert messages == {f"{HOST} is busy with setup of {_me()} (process {crowd.holder}"}
    runs = RealSite(site).history.runs(2000)
    assert Counter(run.outcome for run in runs) == Counter({"busy": len(refused) - unfiled, "waiting": 1})
    assert RealSite(site).log.check(None).ok


def test_of_sixty_simultaneous_starts_one_runs(forks: ForkServerContext, site: Path) -> None:
    all_at_once(forks, site, processes=60, threads=1)


@pytest.mark.soak
@pytest.mark.timeout(1200)
def test_of_a_thousand_simultaneous_starts_one_runs(forks: ForkServerContext, site: Path) -> None:
    all_at_once(forks, site, processes=100, threads=10)


def test_while_the_record_is_busy_nobody_waits_to_be_refused(forks: ForkServerContext, site: Path) -> None:
    holder = Crowd(forks, site, processes=1, threads=1)
    assert holder.gate.asked.wait(PATIENCE_SECONDS)
    holder.others_end()
    with closing(sqlite3.connect(site / ".deskprov/deskprov.db", isolation_level=None)) as writer:
        writer.execute("BEGIN IMMEDIATE")
        status, message, _ = one_more(forks, site)
        assert (status, f"process {holder.holder}" in message, NOT_FILED in message) == (BUSY, True, True)
    status, message, _ = one_more(forks, site)
    assert (status, f"process {holder.holder}" in message, NOT_FILED in message) == (BUSY, True, False)
    assert [(status, asked) for status, _, asked in holder.all_end()] == [(WAITING, 1)]
    assert Counter(run.outcome for run in RealSite(site).history.runs(9)) == {"busy": 1, "waiting": 1}


@pytest.fixture
def frozen(forks: ForkServerContext, site: Path) -> Iterator[Crowd]:
    """Two started at once; the one that holds the machine is frozen."""
    crowd = Crowd(forks, site, processes=2, threads=1)
    crowd.others_end()
    os.kill(crowd.holder, signal.SIGSTOP)
    yield crowd
    crowd._held[1].kill()


def test_a_frozen_holder_keeps_its_machine_and_a_dead_one_does_not(
    forks: ForkServerContext, site: Path, frozen: Crowd
) -> None:
    """What is frozen may go on at any moment, so nobody may begin beside it: here this differs from a lease."""
    status, message, asked = one_more(forks, site)
    assert (status, asked) == (BUSY, 0)
    assert f"process {frozen.holder}" in message
    os.kill(frozen.holder, signal.SIGCONT)
    [(status, _, asked)] = frozen.all_end()
    assert (status, asked) == (WAITING, 1)


def _me() -> str:
    import getpass

    return getpass.getuser()
