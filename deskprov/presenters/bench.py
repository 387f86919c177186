"""A bench of machines that are worked on at once: a line for each, kept up to date by what is told of them.

On a terminal that has fewer rows than there are machines, those that are done become a number, and those that wait;
those that have failed stay to be seen.
"""

from collections.abc import Callable, Iterable, Sequence
from enum import IntEnum
from typing import Final

from msgspec import Struct, field
from rich.console import Console, ConsoleOptions, RenderableType, RenderResult
from rich.table import Table
from rich.text import Text

from deskprov.formats.durations import about, took
from deskprov.model.plan import HostPlan
from deskprov.model.ports.progress import Stage
from deskprov.model.result import HostResult, Outcome, Status
from deskprov.presenters.columns import columns
from deskprov.presenters.results import OUTCOMES, counts
from deskprov.presenters.safe_text import safe

STAGES: Final = {
    Stage.LOOKING: "looking",
    Stage.APPLYING: "starting Ansible",
    Stage.REBOOTING: "rebooting",
    Stage.CONFIRMING: "logging in afresh, to see that the way in is still open",
    Stage.VERIFYING: "looking again",
    Stage.RELEASING: "letting it sleep again",
    Stage.STOPPING: "stopping; Ctrl-C again: at once",
}
WAITS = "waits for its turn"
AT_WORK = ("▸", "cyan")
QUEUED = ("·", "dim")
TROUBLE = ("✗", "bold red")
VERIFY_SECONDS = 2.0
FOOTER_ROWS = 2
MOST_FASTER, MOST_SLOWER = 0.25, 20.0
"""How far the pace so far may bend the plan's guess for the rest."""


class Standing(IntEnum):
    """Where a machine stands, in the order in which lines are kept when there is no room for all."""

    FAILED = 0
    AT_WORK = 1
    QUEUED = 2
    DONE = 3


class Line(Struct):
    """One machine. Times are seconds of the bench's clock; `failed` are steps with what was said of them."""

    host: str
    tag: str = ""
    serial: str = ""
    doing: str = ""
    number: int = 0
    total: int = 0
    estimate: float = 0.0
    began: float | None = None
    step_began: float = 0.0
    failed: list[tuple[str, str]] = field(default_factory=list)
    result: HostResult | None = None

    @property
    def standing(self) -> Standing:
        """Where it stands; one with a failed step counts as failed while the other steps go on."""
        if self.failed or (self.result and self.result.outcome not in (Outcome.OK, Outcome.DRIFT)):
            return Standing.FAILED
        if self.result:
            return Standing.DONE
        return Standing.AT_WORK if self.doing else Standing.QUEUED

    def seconds_left(self, now: float) -> float:
        """A guess: what the plan thought of the steps that are left, at the pace of those that are done."""
        if self.result:
            return 0.0
        if self.began is None or not self.total:
            return self.estimate + VERIFY_SECONDS
        done = max(0, self.number - 1)
        thought = self.estimate * done / self.total
        pace = (self.step_began - self.began) / thought if thought else 1.0
        slower = min(max(pace, MOST_FASTER), MOST_SLOWER)
        step = self.estimate / self.total * slower
        in_step = now - self.step_began
        return max(step - in_step, in_step / 4) + step * (self.total - self.number) + VERIFY_SECONDS


class Bench:
    """All machines of a run, in the order asked for. `clock` gives seconds that never go back."""

    def __init__(self, clock: Callable[[], float]) -> None:
        self._clock = clock
        self._lines: dict[str, Line] = {}

    @property
    def many(self) -> bool:
        """True when there is more than one machine."""
        return len(self._lines) > 1

    @property
    def working(self) -> bool:
        """True while a machine is at work."""
        return any(line.doing and not line.result for line in self._lines.values())

    @property
    def results(self) -> Sequence[HostResult]:
        """Of the machines that are through, in order."""
        return [line.result for line in self._lines.values() if line.result]

    def expect(self, host: str, tag: str, serial: str) -> None:
        """A machine of the run, as the record knows it."""
        self._lines[host] = Line(host, tag, serial)

    def stage(self, host: str, stage: Stage) -> None:
        """A machine has come to this stage."""
        line = self._line(host)
        line.doing = STAGES[stage]
        if stage is Stage.APPLYING:
            line.began = line.step_began = self._clock()
        if stage is Stage.VERIFYING:
            line.number, line.step_began = line.total, self._clock()

    def waits(self, host: str, words: str) -> None:
        """A machine waits for something."""
        self._line(host).doing = words

    def planned(self, plans: Sequence[HostPlan]) -> None:
        """The machines have been looked at, and wait."""
        for line in self._lines.values():
            line.doing = ""
        for plan in plans:
            line = self._line(plan.host)
            line.estimate = plan.seconds
            line.serial = line.serial or plan.facts.serial

    def started(self, host: str, resource: str, number: int, total: int) -> None:
        """Work on a step begins."""
        line = self._line(host)
        line.doing, line.number, line.total, line.step_began = resource, number, total, self._clock()

    def ended(self, host: str, resource: str, status: Status, message: str) -> None:
        """A step has ended; remembered when it failed."""
        if status is Status.FAILED:
            self._line(host).failed.append((resource, message))

    def finished(self, result: HostResult) -> None:
        """A machine is through. What the second look found to have failed is known only now."""
        line = self._line(result.host)
        line.result = result
        bad = [(each.resource, each.message) for each in result.results if each.status is Status.FAILED]
        line.failed = bad or line.failed

    def live(self) -> RenderableType:
        """The lines that fit the screen, and the count of all."""
        return _Fitting(list(self._lines.values()), self._clock())

    def whole(self) -> RenderableType:
        """Every machine, when all is over."""
        return _Whole(list(self._lines.values()), self._clock())

    def _line(self, host: str) -> Line:
        return self._lines.setdefault(host, Line(host))


class _Fitting(Struct, frozen=True):
    lines: Sequence[Line]
    now: float

    def __rich_console__(self, console: Console, options: ConsoleOptions) -> RenderResult:
        room = max(1, console.size.height - FOOTER_ROWS - 1)
        shown = _kept(self.lines, room)
        yield _table(shown, self.now)
        if len(self.lines) > 1:
            yield _footer(self.lines, shown, self.now)


class _Whole(Struct, frozen=True):
    lines: Sequence[Line]
    now: float

    def __rich_console__(self, console: Console, options: ConsoleOptions) -> RenderResult:
        """On a terminal one line each; where nothing is wrapped, in a file or a pipe, nothing is cut either."""
        if options.no_wrap:
            yield columns([list(_cells(line, self.now)) for line in self.lines])
        else:
            yield _table(self.lines, self.now)


def _kept(lines: Sequence[Line], room: int) -> list[Line]:
    """In their order, but not more than there is room for: those that are done go first, then those that wait."""
    kept = list(lines)
    for standing in reversed(Standing):
        if len(kept) <= room:
            break
        if standing >= Standing.QUEUED:
            kept = [line for line in kept if line.standing is not standing]
    urgent = sorted(range(len(kept)), key=lambda number: kept[number].standing)[:room]
    return [kept[number] for number in sorted(urgent)]


def _footer(lines: Sequence[Line], shown: Sequence[Line], now: float) -> Text:
    count = {standing: sum(line.standing is standing for line in lines) for standing in Standing}
    text = Text(no_wrap=True, overflow="ellipsis").append(f"{count[Standing.DONE]} of {len(lines)} done", "bold")
    if count[Standing.FAILED]:
        text.append(f", {count[Standing.FAILED]} with something failed", "bold red")
    text.append(f", {_hands(lines)} at work")
    if count[Standing.QUEUED]:
        text.append(f", {count[Standing.QUEUED]} waiting")
    left = _left_of_all(lines, now)
    if left:
        text.append(f"; {about(left)} left")
    hidden = [line for line in lines if line not in shown and line.standing in (Standing.FAILED, Standing.AT_WORK)]
    if hidden:
        text.append(f" (no room for {len(hidden)} lines)", "dim")
    return text


def _hands(lines: Sequence[Line]) -> int:
    """How many are at work, also those of which a step has failed."""
    return sum(bool(line.doing) and not line.result for line in lines)


def _left_of_all(lines: Sequence[Line], now: float) -> float:
    """A guess: the rest of all, by as many hands as are at work now; never less than the longest alone."""
    open_ = [line.seconds_left(now) for line in lines if not line.result]
    hands = _hands(lines)
    if not open_ or not hands or any(line.began is None and line.doing for line in lines):
        return 0.0
    return max(sum(open_) / hands, max(open_))


def _table(lines: Sequence[Line], now: float) -> Table:
    table = Table.grid(padding=(0, 1, 0, 0), expand=True)
    for most in (1, 20, 12, 16, 7):
        table.add_column(no_wrap=True, overflow="ellipsis", max_width=most)
    table.add_column(no_wrap=True, overflow="ellipsis", ratio=1)
    table.add_column(no_wrap=True, justify="right")
    for line in lines:
        table.add_row(*_cells(line, now))
    return table


def _cells(line: Line, now: float) -> Iterable[Text]:
    symbol, style = _symbol(line)
    yield Text(symbol, style)
    yield Text(safe(line.host), "bold")
    yield Text(safe(line.tag))
    yield Text(safe(line.serial), "dim")
    running = line.total and not line.result
    yield Text(f"{line.number}/{line.total}" if running else "", "dim")
    yield _words(line, style)
    if line.result:
        yield Text(took(line.result.seconds) if line.result.seconds else "", "dim")
    else:
        yield Text(about(line.seconds_left(now)) if line.began is not None else "")


def _symbol(line: Line) -> tuple[str, str]:
    if line.result and not (line.failed and line.result.outcome is Outcome.OK):
        return OUTCOMES[line.result.outcome][:2]
    if line.failed:
        return TROUBLE
    return AT_WORK if line.doing else QUEUED


def _words(line: Line, style: str) -> Text:
    if line.failed:
        resource, message = line.failed[0]
        more = f" (and {len(line.failed) - 1} more)" if len(line.failed) > 1 else ""
        return Text(f"{safe(resource)} failed{more}: {safe(message)}".rstrip(": "), "red")
    if line.result is None:
        return Text(safe(line.doing) or WAITS, "" if line.doing else "dim")
    word = OUTCOMES[line.result.outcome][2]
    said = counts(line.result) or line.result.message.removeprefix(f"{line.host} cannot be reached: ")
    return Text(f"{word}: {safe(said)}" if said else word, style)
