"""A bench of machines on a terminal: a line each, what failed stays, and nothing runs over the edge of the screen."""

import io
import re

import pytest
from rich.console import Console

from deskprov.model.facts import Facts
from deskprov.model.plan import HostPlan
from deskprov.model.platform import Platform
from deskprov.model.ports.progress import Stage
from deskprov.model.result import HostResult, Outcome, ResourceResult, Status
from deskprov.presenters.bench import VERIFY_SECONDS, Bench, Line
from deskprov.presenters.progress import LiveProgress, PlainProgress

ESCAPES = re.compile(r"\x1b\[[0-9;?]*[A-Za-z]")


class Time:
    """A clock that goes when it is told to."""

    def __init__(self) -> None:
        self.now = 100.0

    def __call__(self) -> float:
        return self.now


def plan(host: str, seconds: float = 60.0, serial: str = "") -> HostPlan:
    return HostPlan(host, "lab", Platform.LINUX, Facts(serial=serial), [], seconds=seconds)


def result(host: str, outcome: Outcome = Outcome.OK, *failed: tuple[str, str]) -> HostResult:
    results = [ResourceResult(name, Status.FAILED, message=words) for name, words in failed]
    results.append(ResourceResult("groups/lab", Status.CHANGED, verified=True))
    return HostResult(host, outcome, verified=not failed, seconds=75.0, results=results)


def bench(count: int, clock: Time | None = None) -> Bench:
    made = Bench(clock or Time())
    for number in range(1, count + 1):
        made.expect(f"pc-{number}", f"LT-{number:03}", "")
    made.planned([plan(f"pc-{number}", serial=f"SN{number:03}") for number in range(1, count + 1)])
    return made


def shown(made: Bench, width: int = 80, height: int = 24) -> list[str]:
    console = Console(width=width, height=height, file=io.StringIO(), force_terminal=True, color_system=None)
    with console.capture() as capture:
        console.print(made.live())
    return [line.rstrip() for line in ESCAPES.sub("", capture.get()).splitlines()]


def begin(made: Bench, host: str, resource: str = "software/tree", number: int = 3, total: int = 7) -> None:
    made.stage(host, Stage.APPLYING)
    made.started(host, resource, number, total)


def test_a_line_has_name_tag_serial_step_and_time_left() -> None:
    clock = Time()
    made = bench(2, clock)
    made.stage("pc-1", Stage.APPLYING)
    clock.now += 120 / 7
    made.started("pc-1", "software/tree", 3, 7)
    assert shown(made)[0].split() == ["▸", "pc-1", "LT-001", "SN001", "3/7", "software/tree", "about", "40", "s"]
    assert shown(made)[1].split() == ["·", "pc-2", "LT-002", "SN002", "waits", "for", "its", "turn"]
    assert shown(made)[2] == "0 of 2 done, 1 at work, 1 waiting; about 2 min left"


def test_the_order_is_that_asked_for_whatever_happens_first() -> None:
    made = bench(3)
    for host in ("pc-3", "pc-1"):
        begin(made, host)
    made.finished(result("pc-2"))
    assert [line.split()[1] for line in shown(made)[:3]] == ["pc-1", "pc-2", "pc-3"]


def test_a_failed_step_is_said_in_words_and_stays() -> None:
    made = bench(2)
    begin(made, "pc-1")
    made.ended("pc-1", "software/tree", Status.FAILED, "No room on the disk.")
    made.started("pc-1", "software/sl", 4, 7)
    assert "✗ pc-1" in shown(made, 120)[0]
    assert "4/7  software/tree failed: No room on the disk." in re.sub(r"(4/7) +", r"\1  ", shown(made, 120)[0])
    made.finished(result("pc-1", Outcome.FAILED, ("software/tree", "No room on the disk."), ("software/sl", "No.")))
    assert "software/tree failed (and 1 more): No room on the disk." in shown(made, 120)[0]
    assert "1 with something failed" in shown(made)[2]


def test_an_unreachable_machine_says_why() -> None:
    made = bench(2)
    words = "pc-1 cannot be reached: 192.0.2.1 refuses connections on port 22."
    made.finished(HostResult("pc-1", Outcome.UNREACHABLE, False, 0.0, message=words))
    assert "✗ pc-1" in shown(made, 120)[0]
    assert "not reachable: 192.0.2.1 refuses connections on port 22." in shown(made, 120)[0]


@pytest.mark.parametrize(("width", "height"), [(80, 24), (120, 40), (40, 10)])
@pytest.mark.parametrize("count", [3, 12, 30, 300])
def test_nothing_leaves_the_screen(width: int, height: int, count: int) -> None:
    made = bench(count)
    for number in range(1, count + 1, 2):
        begin(made, f"pc-{number}", "software/" + "x" * 300)
    made.ended("pc-1", "software/tree", Status.FAILED, "word " * 300)
    lines = shown(made, width, height)
    assert len(lines) < height
    assert max(map(len, lines)) <= width


def test_those_that_are_done_become_a_number_and_those_that_failed_stay() -> None:
    made = bench(30)
    for number in range(1, 16):
        made.finished(result(f"pc-{number}"))
    made.finished(result("pc-4", Outcome.FAILED, ("groups/lab", "No.")))
    for number in range(16, 26):
        begin(made, f"pc-{number}")
    lines = shown(made)
    hosts = [line.split()[1] for line in lines[:-1]]
    assert hosts == ["pc-4", *(f"pc-{number}" for number in range(16, 31))]
    assert lines[-1].startswith("14 of 30 done, 1 with something failed, 10 at work, 5 waiting")


def test_more_failed_than_there_is_room_for_are_counted() -> None:
    made = bench(30)
    for number in range(1, 31):
        made.finished(result(f"pc-{number}", Outcome.FAILED, ("groups/lab", "No.")))
    lines = shown(made)
    assert [line.split()[1] for line in lines[:-1]] == [f"pc-{number}" for number in range(1, 22)]
    assert lines[-1] == "0 of 30 done, 30 with something failed, 0 at work (no room for 9 lines)"


def test_what_a_machine_says_cannot_act_on_the_terminal() -> None:
    made = bench(2)
    begin(made, "pc-1")
    made.ended("pc-1", "software/tree", Status.FAILED, "\x1b[2J\x07\u202egone\nand more")
    assert r"\x1b[2J\x07\u202egone\nand more" in shown(made, 160)[0]


def test_the_time_left_follows_the_pace() -> None:
    line = Line("pc-1", estimate=60.0, began=0.0, total=6, number=1)
    assert line.seconds_left(0.0) == 60.0 + VERIFY_SECONDS
    slow = Line("pc-1", estimate=60.0, began=0.0, total=6, number=3, step_began=60.0)  # two steps took three times 10 s
    assert slow.seconds_left(60.0) == 4 * 30.0 + VERIFY_SECONDS
    assert slow.seconds_left(80.0) == 100.0 + VERIFY_SECONDS
    fast = Line("pc-1", estimate=60.0, began=0.0, total=6, number=3, step_began=5.0)
    assert fast.seconds_left(5.0) == 4 * 2.5 + VERIFY_SECONDS  # at most four times as fast as thought


def test_a_step_that_takes_longer_than_thought_never_has_no_time_left() -> None:
    line = Line("pc-1", estimate=10.0, began=0.0, total=1, number=1)
    assert line.seconds_left(1000.0) > 100


def test_live_lines_go_and_a_table_with_the_failures_stays() -> None:
    console = Console(width=100, height=24, file=io.StringIO(), force_terminal=True, color_system=None)
    with console.capture() as capture, LiveProgress(console, clock=Time()) as watcher:
        for host in ("pc-1", "pc-2"):
            watcher.expects(host, "", "")
            watcher.stage(host, Stage.LOOKING)
        watcher.planned([plan("pc-1"), plan("pc-2")], [])
        for host in ("pc-1", "pc-2"):
            watcher.stage(host, Stage.APPLYING)
        watcher.finished(result("pc-1", Outcome.FAILED, ("groups/lab", "It is in use.")))
        watcher.finished(result("pc-2"))
    said = ESCAPES.sub("", capture.get())
    end = said[said.rindex("✗ pc-1  ") - 400 :]
    assert "✓ pc-2" in end
    assert "done: 1 changed, all verified" in end
    assert "✗ pc-1  failed. 1 changed, 1 failed, 1 min 15 s" in end
    assert "groups/lab  failed\n      It is in use." in end


def test_who_asks_for_a_yes_is_given_what_a_terminal_has_not_shown_yet() -> None:
    console = Console(width=100, height=24, file=io.StringIO(), force_terminal=True, color_system=None)
    bad, good = result("pc-1", Outcome.FAILED), result("pc-2")
    with console.capture(), LiveProgress(console, clock=Time()) as many, LiveProgress(console, clock=Time()) as one:
        for each in (bad, good):
            many.expects(each.host, "", "")
            many.finished(each)
        one.expects("pc-1", "", "")
        one.finished(bad)
        assert (list(many.untold), list(one.untold)) == ([bad], [])
        assert list(PlainProgress(console).untold) == []


def test_without_a_terminal_there_are_lines_as_it_happens_and_a_table_at_the_end() -> None:
    console = Console(width=160, no_color=True)
    with console.capture() as capture, PlainProgress(console, clock=Time()) as watcher:
        for host in ("pc-1", "pc-2"):
            watcher.expects(host, "LT-9", "")
            watcher.stage(host, Stage.LOOKING)
        watcher.ended("pc-1", "groups/lab", Status.CHANGED, "")
        watcher.finished(result("pc-1"))
        watcher.finished(result("pc-2", Outcome.FAILED, ("groups/lab", "It is in use.")))
    lines = [line.rstrip() for line in capture.get().splitlines()]
    assert lines[:3] == ["pc-1: looking", "pc-2: looking", "pc-1:   ✓ groups/lab  changed"]
    assert re.fullmatch(r"✓ pc-1 LT-9 +done: 1 changed, all verified +1 min 15 s", lines[-2])
    assert re.fullmatch(r"✗ pc-2 LT-9 +groups/lab failed: It is in use\. +1 min 15 s", lines[-1])


def test_a_single_machine_needs_no_count() -> None:
    made = bench(1)
    begin(made, "pc-1")
    assert len(shown(made)) == 1
