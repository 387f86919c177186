"""Row 6 on real machines: killed around Ansible, what is left is swept or keeps the lock, and the job is finished."""

import itertools
import signal
import time
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import pytest

from deskprov.adapters.fault_points import VARIABLE, FaultPoint
from tests.end_to_end.bench import Bench
from tests.reliability.at_work import (
    PATIENCE_SECONDS,
    Lookout,
    database_is_whole,
    has_begun,
    hold_back_groupadd,
    let_go,
    made,
    newest,
    practice_bench,
    runs_at_work,
    shadow,
    until,
)
from tests.reliability.test_row_06_killed import EVERY_START, FIRST_START

pytestmark = pytest.mark.practice

MACHINE = "practice-1"
AROUND_ANSIBLE = (
    FaultPoint.FOLDER_MADE,
    FaultPoint.FOLDER_CLAIMED,
    FaultPoint.FOLDER_FURNISHED,
    FaultPoint.PLAYER_STARTED,
    FaultPoint.PLAYER_ENDED,
    FaultPoint.FOLDER_REMOVED,
)
SWEEPING = FaultPoint.LEFTOVER_ENDED
KILLS = 200


@pytest.fixture(scope="module")
def bench(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Bench]:
    with practice_bench(tmp_path_factory.mktemp("site")) as bench:
        yield bench


class Job:
    """Something new for the machine to get: a group, a user with a password, a file."""

    numbers = itertools.count(1)

    def __init__(self, bench: Bench) -> None:
        self.bench = bench
        self.name = f"round{next(self.numbers)}"
        bench.profile(
            self.name,
            f"groups:\n  - g{self.name}\nusers:\n  - name: u{self.name}\n    password: tech-password\n"
            f"files:\n  - path: /srv/{self.name}\n    content: here\n",
        )

    def killed_at(self, point: FaultPoint, number: int = 1, *, resume: bool = False) -> bool:
        """Starts it with this fault; False when it came through, because the point is not reached so often."""
        way = ("--resume",) if resume else (MACHINE, "--profile", self.name)
        self.bench.env[VARIABLE] = f"{point}:{number}"
        process = self.bench.start("setup", *way, "--yes")
        del self.bench.env[VARIABLE]
        said = b"".join(process.communicate(timeout=120)).decode()
        assert process.returncode in (0, -signal.SIGKILL), said
        if process.returncode == 0:
            return False
        assert database_is_whole(self.bench)
        return True

    def start_again(self, *status: int) -> str:
        """What the next start says."""
        return self.bench.run("setup", MACHINE, "--profile", self.name, "--yes", status=status)

    def is_finished_by_the_next_start(self) -> None:
        """Nobody works beside an orphan, and what it did is not done once more."""
        passwords = {shadow(self.bench, MACHINE, f"u{self.name}")}
        begun = time.monotonic()
        while "Ansible is still finishing" in (said := self.start_again(0, 75)):
            assert time.monotonic() - begun < PATIENCE_SECONDS, "the orphan does not end"
            passwords.add(shadow(self.bench, MACHINE, f"u{self.name}"))
        run = newest(self.bench)
        assert (run["outcome"], run["hosts"][0]["verified"]) == ("ok", True), said
        passwords.add(shadow(self.bench, MACHINE, f"u{self.name}"))
        assert len(passwords - {""}) == 1, "the password was set more than once"
        assert not runs_at_work(self.bench)
        unended = [r for r in self.bench.data("run", "list", "-n", "500", "--json")["runs"] if r["ended"] is None]
        assert unended == []


def is_interrupted(bench: Bench) -> str:
    """The newest run is told to be, before anything else was started; its id."""
    run = newest(bench)
    assert (run["state"], run["outcome"], run["ended"]) == ("interrupted", "interrupted", None)
    return str(run["run"])


@pytest.mark.soak
def test_killed_around_ansible_the_next_start_finishes_the_job(bench: Bench) -> None:
    with Lookout(bench) as lookout:
        job = Job(bench)
        for point in AROUND_ANSIBLE[:4]:  # each leaves something behind for the next to find
            assert job.killed_at(point)
            is_interrupted(bench)
            until(lambda: not runs_at_work(bench), "the end of the orphan")
        job.is_finished_by_the_next_start()
        for point in AROUND_ANSIBLE[4:]:
            job = Job(bench)
            assert job.killed_at(point)
            is_interrupted(bench)
            job.is_finished_by_the_next_start()
    assert lookout.most == 1, "nothing was seen at work, or two runs side by side"


def test_an_orphan_in_the_middle_of_a_step_keeps_its_machine(bench: Bench) -> None:
    job = Job(bench)
    hold_back_groupadd(bench, MACHINE, f"g{job.name}")
    process = bench.start("setup", MACHINE, "--profile", job.name, "--yes")
    until(lambda: has_begun(bench, MACHINE), "the making of the group")
    process.kill()
    process.communicate()
    try:
        assert runs_at_work(bench)
        assert "Ansible is still finishing" in job.start_again(75)
    finally:
        let_go(bench, MACHINE)
    job.is_finished_by_the_next_start()
    assert made(bench, MACHINE, f"g{job.name}") == 1


def test_killed_in_the_middle_of_a_pack_nothing_of_it_is_called_done(bench: Bench) -> None:
    """Four things go in one run of a module: the first is made, the second is being made, of two nothing is known."""
    names = [f"groups/{word}pack" for word in ("first", "held", "last")]
    body = "groups:\n" + "".join(f"  - {name.partition('/')[2]}\n" for name in names)
    bench.profile("pack", f"{body}folders:\n  - /srv/pack\n")
    hold_back_groupadd(bench, MACHINE, "heldpack")
    process = bench.start("setup", MACHINE, "--profile", "pack", "--yes")
    until(lambda: has_begun(bench, MACHINE), "the making of the second group")
    process.kill()
    process.communicate()
    try:
        is_interrupted(bench)
        steps = {step["resource"]: step["state"] for step in newest(bench)["hosts"][0]["results"]}
        assert steps == dict.fromkeys([*names, "folders//srv/pack"], "started")
        assert bench.on(MACHINE, "getent", "group", "firstpack")
    finally:
        let_go(bench, MACHINE)
    begun = time.monotonic()
    while "Ansible is still finishing" in bench.run("run", "resume", "--yes", status=(0, 75)):
        assert time.monotonic() - begun < PATIENCE_SECONDS, "the orphan does not end"
    resumed = newest(bench)["hosts"][0]
    assert (resumed["outcome"], resumed["verified"]) == ("ok", True)
    assert [made(bench, MACHINE, name.partition("/")[2]) for name in names] == [1, 1, 1]


def test_a_killed_setup_is_resumed(bench: Bench) -> None:
    job = Job(bench)
    assert job.killed_at(FaultPoint.PLAYER_STARTED)
    run = is_interrupted(bench)
    begun = time.monotonic()
    while "Ansible is still finishing" in (said := bench.run("setup", "--resume", "--yes", status=(0, 75))):
        assert time.monotonic() - begun < PATIENCE_SECONDS, "the orphan does not end"
    assert f"Going on with {run}" in said
    resumed = newest(bench)
    assert (resumed["outcome"], resumed["continues"], resumed["asked"]["profile"]) == ("ok", run, job.name)
    assert "none was broken off" in bench.run("setup", "--resume", "--yes", status=5)


def test_every_point_is_a_test_s() -> None:
    """A new write comes with a point, and a point with a test that kills there."""
    assert {*FIRST_START, *EVERY_START, *AROUND_ANSIBLE, SWEEPING} == set(FaultPoint)


@pytest.mark.soak
@pytest.mark.timeout(4 * 3600)
def test_two_hundred_kills_at_every_point_of_a_setup(bench: Bench, tmp_path: Path) -> None:
    kills: Counter[str] = Counter()
    with Lookout(bench) as lookout:
        while kills.total() < KILLS:
            for point in (*EVERY_START, *AROUND_ANSIBLE):
                for number in itertools.count(1):
                    job = Job(bench)
                    if not job.killed_at(point, number):
                        break
                    kills[point] += 1
                    job.is_finished_by_the_next_start()
                print(f"{kills.total()} kills so far, {point}: {kills[point]}", flush=True)
    print(f"{kills.total()} kills: {dict(kills)}")
    assert lookout.most == 1
