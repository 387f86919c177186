"""Turns at package feeds: kept over threads and processes, held by nobody who was killed, and counted by the minute."""

import fcntl
import json
import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from threading import Barrier, Thread

import pytest

from deskprov.adapters.feed_turns import KernelFeedTurns, KernelTurn
from deskprov.errors import HostError
from deskprov.model.feed import FeedLimit, FeedWait
from deskprov.testing import FixedClock

FEED = "feed.example.org:443/nuget"
ONE_AT_ONCE = FeedLimit(machines_at_once=1)
FIVE_A_MINUTE = FeedLimit(packages_per_minute=5)
NOW = datetime(2026, 9, 1, 8, tzinfo=UTC)

TAKE_IT = """
import sys
from pathlib import Path
from deskprov.adapters.feed_turns import KernelFeedTurns
from deskprov.model.feed import FeedLimit
limit = FeedLimit.model_validate_json(sys.argv[2])
turn = KernelFeedTurns(Path(sys.argv[1])).take("pc-1", "feed.example.org:443/nuget", int(sys.argv[3]), limit)
print(type(turn).__name__, flush=True)
sys.stdin.read()
"""


@contextmanager
def another_process(folder: Path, limit: FeedLimit, packages: int = 1) -> Iterator["subprocess.Popen[str]"]:
    """A process that has asked for a turn, and stays."""
    command = [sys.executable, "-c", TAKE_IT, str(folder), limit.model_dump_json(), str(packages)]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as process:
        try:
            yield process
        finally:
            process.kill()


def said(process: "subprocess.Popen[str]") -> str:
    assert process.stdout is not None
    return process.stdout.readline().strip()


def take(folder: Path, limit: FeedLimit, packages: int = 1, clock: FixedClock | None = None) -> KernelTurn | FeedWait:
    return KernelFeedTurns(folder, clock).take("pc-1", FEED, packages, limit)


def test_one_process_waits_for_another_and_whoever_is_killed_holds_nothing(tmp_path: Path) -> None:
    with another_process(tmp_path, ONE_AT_ONCE) as first:
        assert said(first) == "KernelTurn"
        with another_process(tmp_path, ONE_AT_ONCE) as second:
            assert said(second) == "FeedWait"
        assert take(tmp_path, ONE_AT_ONCE) == FeedWait("a machine is fetching from it already", 1.0)
        assert isinstance(take(tmp_path, FeedLimit(machines_at_once=2)), KernelTurn), "another place is free"
        first.kill()
        first.wait()
        turn = take(tmp_path, ONE_AT_ONCE)
    assert isinstance(turn, KernelTurn)
    turn.end()
    assert isinstance(take(tmp_path, ONE_AT_ONCE), KernelTurn), "it was let go"


def test_no_more_threads_than_the_limit_have_a_turn_at_once(tmp_path: Path) -> None:
    together, got = Barrier(12), []
    turns = KernelFeedTurns(tmp_path)

    def work() -> None:
        together.wait()
        got.append(turns.take("pc-1", FEED, 1, FeedLimit(machines_at_once=3)))

    threads = [Thread(target=work) for _ in range(12)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    held = [turn for turn in got if isinstance(turn, KernelTurn)]
    assert len(held) == 3
    for turn in held:
        turn.end()


def test_what_any_process_began_counts_for_a_minute_also_when_it_is_gone(tmp_path: Path) -> None:
    with another_process(tmp_path, FIVE_A_MINUTE, packages=3) as first:
        assert said(first) == "KernelTurn"
    clock = FixedClock(datetime.now(UTC))
    wait = take(tmp_path, FIVE_A_MINUTE, 3, clock)
    assert isinstance(wait, FeedWait)
    assert wait.why == "at most 5 packages a minute"
    assert 0 < wait.seconds <= 61
    assert isinstance(take(tmp_path, FIVE_A_MINUTE, 2, clock), KernelTurn), "for those there is room"
    assert isinstance(take(tmp_path, FIVE_A_MINUTE, 1, clock), FeedWait)
    clock.forward(wait.seconds + 0.001)
    assert isinstance(take(tmp_path, FIVE_A_MINUTE, 3, clock), KernelTurn)


def test_in_no_minute_are_more_begun_than_the_site_lets(tmp_path: Path) -> None:
    clock, begun = FixedClock(NOW), []
    for _ in range(40):
        if isinstance(take(tmp_path, FIVE_A_MINUTE, 2, clock), KernelTurn):
            begun.append(clock.monotonic())
        clock.forward(7)
    assert all(sum(2 for when in begun if start <= when < start + 60) <= 5 for start in begun)
    assert len(begun) >= 8, "and they come to their turn"


def test_who_needs_more_than_a_minute_lets_gets_it_alone_and_takes_the_next_minutes_too(tmp_path: Path) -> None:
    clock = FixedClock(NOW)
    assert isinstance(take(tmp_path, FIVE_A_MINUTE, 12, clock), KernelTurn)
    for minutes, expected in ((1, FeedWait), (1, FeedWait), (1, KernelTurn)):
        clock.forward(60 * minutes)
        assert isinstance(take(tmp_path, FIVE_A_MINUTE, 5, clock), expected)


def test_a_refusal_of_the_minute_holds_no_place(tmp_path: Path) -> None:
    both = FeedLimit(machines_at_once=1, packages_per_minute=5)
    clock = FixedClock(NOW)
    first = take(tmp_path, both, 5, clock)
    assert isinstance(first, KernelTurn)
    first.end()
    assert isinstance(take(tmp_path, both, 1, clock), FeedWait)
    assert isinstance(take(tmp_path, ONE_AT_ONCE, 1, clock), KernelTurn), "its place is free"


@pytest.mark.parametrize(
    "content", ["", "no json", "{}", "[[1]]", "[[null, 5]]", "[" * 5000, json.dumps([[NOW.timestamp() + 10**6, 5]])]
)
def test_what_somebody_else_wrote_into_the_file_stops_nothing(tmp_path: Path, content: str) -> None:
    clock = FixedClock(NOW)
    assert isinstance(take(tmp_path, FIVE_A_MINUTE, 1, clock), KernelTurn)
    [file] = tmp_path.glob("*.minute")
    file.write_text(content)
    assert isinstance(take(tmp_path, FIVE_A_MINUTE, 5, clock), KernelTurn)
    assert isinstance(take(tmp_path, FIVE_A_MINUTE, 5, clock), FeedWait)


def test_whoever_holds_the_file_keeps_others_waiting_in_words_and_not_in_the_kernel(tmp_path: Path) -> None:
    both = FeedLimit(machines_at_once=1, packages_per_minute=5)
    clock = FixedClock(NOW)
    first = take(tmp_path, both, 1, clock)
    assert isinstance(first, KernelTurn)
    first.end()
    [file] = tmp_path.glob("*.minute")
    got: list[KernelTurn | FeedWait] = []
    with file.open("rb") as held:
        fcntl.flock(held, fcntl.LOCK_EX)
        asker = Thread(target=lambda: got.append(take(tmp_path, both, 1, clock)), daemon=True)
        asker.start()
        asker.join(20)
        assert got == [FeedWait("somebody else is looking at what was begun", 1.0)]
    assert isinstance(take(tmp_path, both, 1, clock), KernelTurn), "it had kept no place"


@pytest.mark.parametrize(("back", "expected"), [(3000, KernelTurn), (70, KernelTurn), (20, FeedWait)])
def test_a_clock_that_was_set_back_makes_nobody_wait_for_longer_than_a_turn_may_take(
    tmp_path: Path, back: int, expected: type
) -> None:
    clock = FixedClock(NOW)
    assert isinstance(take(tmp_path, FIVE_A_MINUTE, 5, clock), KernelTurn)
    clock.forward(-back)
    answer = take(tmp_path, FIVE_A_MINUTE, 5, clock)
    assert isinstance(answer, expected)
    assert isinstance(answer, KernelTurn) or answer.seconds == 60 + back


@pytest.mark.parametrize("limit", [ONE_AT_ONCE, FIVE_A_MINUTE])
def test_where_nobody_can_say_who_fetches_nothing_is_fetched(tmp_path: Path, limit: FeedLimit) -> None:
    turn = take(tmp_path, limit)
    assert isinstance(turn, KernelTurn)
    turn.end()
    [file] = tmp_path.iterdir()
    file.unlink()
    os.mkfifo(file)
    with pytest.raises(HostError, match="Nobody can say who fetches from feed") as refused:
        take(tmp_path, limit)
    assert refused.value.hint.startswith(f"See who owns them: ls -l {tmp_path}/deskprov-feed-")


def test_feeds_do_not_wait_for_each_other(tmp_path: Path) -> None:
    turns = KernelFeedTurns(tmp_path)
    for feed in (FEED, "community"):
        assert isinstance(turns.take("pc-1", feed, 1, ONE_AT_ONCE), KernelTurn)
