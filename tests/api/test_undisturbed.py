"""Looks beside somebody else's run: the machine is busy, nothing of it is told or recorded, and the others go on."""

from collections.abc import Callable
from contextlib import ExitStack
from pathlib import Path

import pytest

from deskprov.api.plan_files import plan_and_write
from deskprov.api.running import Request
from deskprov.api.verifying import plan, verify
from deskprov.errors import Unreachable
from deskprov.model.inventory import Host
from deskprov.model.result import HostResult, Outcome, Status
from tests.api.test_applying import Desk, look_here

NAMES = ["pc-1", "pc-2"]
BUSY = "pc-1 is busy with another run."
WAS_BUSY = "pc-1 was busy with another run during the look, which is of no use then."

During = Callable[[Desk, ExitStack], None]


def begins(desk: Desk, stack: ExitStack) -> None:
    stack.enter_context(desk.site.locks.hold("pc-1", "setup"))


def begins_and_ends(desk: Desk, stack: ExitStack) -> None:
    with desk.site.locks.hold("pc-1", "setup"):
        pass


def reboots_it(desk: Desk, stack: ExitStack) -> None:
    begins(desk, stack)
    raise Unreachable("pc-1", "pc-1 does not answer.")


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    return Desk(tmp_path, *NAMES)


def disturbed(desk: Desk, stack: ExitStack, during: During) -> None:
    """Whenever pc-1 is asked, another run does this before it answers."""

    def answer(host: Host, program: bytes) -> bytes:
        if host.name == "pc-1":
            during(desk, stack)
        return look_here(host, program)

    desk.answer = answer


def check_busy(result: HostResult, words: str) -> None:
    assert (result.outcome, result.verified, result.message) == (Outcome.BUSY, False, words)
    assert not result.results


def test_one_that_is_busy_is_not_asked_and_the_others_are_looked_at(desk: Desk) -> None:
    with ExitStack() as stack:
        begins(desk, stack)
        run = verify(desk.site, Request(NAMES), desk.watcher)
        for looked in (plan, plan_and_write):
            [seen], [busy] = looked(desk.site, Request(NAMES), desk.watcher)[:2]
            assert (seen.host, seen.pending) == ("pc-2", 1)
            check_busy(busy, BUSY)
    check_busy(run.hosts[0], BUSY)
    assert [result.status for result in run.hosts[1].results] == [Status.DRIFT]
    assert desk.site.transport.asked == ["pc-2"] * 3
    [recorded] = desk.site.record.runs(9)
    assert (recorded.outcome, recorded.outcomes) == (Outcome.BUSY, {"busy": 1, "drift": 1})
    assert [name for name in NAMES if desk.site.assets.find(name)] == ["pc-2"], "what it says of itself is no find"


@pytest.mark.parametrize(("during", "words"), [(begins, BUSY), (begins_and_ends, WAS_BUSY), (reboots_it, BUSY)])
def test_a_run_that_begins_during_the_look_makes_it_worthless(desk: Desk, during: During, words: str) -> None:
    with ExitStack() as stack:
        disturbed(desk, stack, during)
        busy, seen = verify(desk.site, Request(NAMES), desk.watcher).hosts
    check_busy(busy, words)
    assert seen.outcome is Outcome.DRIFT
    assert [name for name in NAMES if desk.site.assets.find(name)] == ["pc-2"]


def test_a_run_that_ended_before_the_look_is_no_matter(desk: Desk) -> None:
    begins_and_ends(desk, ExitStack())
    assert [result.outcome for result in verify(desk.site, Request(NAMES), desk.watcher).hosts] == [Outcome.DRIFT] * 2


def test_a_machine_that_does_not_answer_is_not_busy_for_that(desk: Desk) -> None:
    def answer(host: Host, program: bytes) -> bytes:
        raise Unreachable(host.name, f"{host.name} does not answer.")

    desk.answer = answer
    results = verify(desk.site, Request(NAMES), desk.watcher).hosts
    assert [result.outcome for result in results] == [Outcome.UNREACHABLE] * 2


def test_a_run_is_not_busy_with_itself(desk: Desk) -> None:
    assert [result.outcome for result in desk.run(*NAMES)] == [Outcome.OK] * 2
    assert desk.site.transport.asked.count("pc-1") == 2, "before and after"
