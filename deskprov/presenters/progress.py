"""A run while it goes on: live lines on a terminal, plain lines elsewhere; when there are many, a table at the end."""

import time
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

from rich.console import Console, RenderableType
from rich.live import Live
from rich.text import Text

from deskprov.model.plan import HostPlan
from deskprov.model.ports.progress import Stage
from deskprov.model.result import HostResult, Status
from deskprov.presenters.bench import STAGES, Bench
from deskprov.presenters.results import host_view, is_bad, result_line
from deskprov.presenters.safe_text import safe, safe_lines

if TYPE_CHECKING:
    from deskprov.model.playbook import TaskEvent

MESSAGE_LINES = 10
REFRESH_PER_SECOND = 4


class PlainProgress:
    """Writes a line when something is through; for logs, pipes and CI."""

    def __init__(self, console: Console, verbosity: int = 0, clock: Callable[[], float] = time.monotonic) -> None:
        self._console = console
        self._verbosity = verbosity
        self._bench = Bench(clock)

    def expects(self, host: str, tag: str, serial: str) -> None:
        """Notes a machine for the table at the end."""
        self._bench.expect(host, tag, serial)

    def warns(self, host: str, words: str) -> None:
        """Says it at once."""
        _warn(self._console, host, words)

    def stage(self, host: str, stage: Stage) -> None:
        """Says what a machine is at."""
        self._bench.stage(host, stage)
        self._console.print(Text(f"{safe(host)}: {STAGES[stage]}", "dim"))

    def waits(self, host: str, words: str) -> None:
        """Says what a machine waits for."""
        self._bench.waits(host, words)
        self._console.print(Text(f"{safe(host)}: {safe(words)}", "dim"))

    def planned(self, plans: Sequence[HostPlan], failed: Sequence[HostResult]) -> None:
        """Nothing: the plan is shown by whoever asks for a yes."""
        self._bench.planned(plans)

    def started(self, host: str, resource: str, number: int, total: int) -> None:
        """Nothing: a plain log says what is through."""

    def said(self, host: str, event: "TaskEvent") -> None:
        """With -v, what Ansible says."""
        _say(self._console, self._verbosity, host, event)

    def ended(self, host: str, resource: str, status: Status, message: str) -> None:
        """One line per resource; why one failed stands in the machine's result."""
        line = result_line(resource, status)
        self._console.print(Text(f"{safe(host)}: ").append(line) if self._bench.many else line)

    def finished(self, result: HostResult) -> None:
        """The machine's result."""
        self._bench.finished(result)
        self._console.print(host_view(result))

    @property
    def untold(self) -> Sequence[HostResult]:
        """None: each result is shown when it is there."""
        return ()

    def __enter__(self) -> "PlainProgress":
        return self

    def __exit__(self, *_: object) -> None:
        if self._bench.many and self._bench.results:
            self._console.print(self._bench.whole())


class LiveProgress:
    """Rewritten in place: a line for each of many machines, or one line below the finished steps of a single one."""

    def __init__(self, console: Console, verbosity: int = 0, clock: Callable[[], float] = time.monotonic) -> None:
        self._console = console
        self._verbosity = verbosity
        self._bench = Bench(clock)
        self._live = Live(
            get_renderable=self._view, console=console, refresh_per_second=REFRESH_PER_SECOND, transient=True
        )

    def __enter__(self) -> "LiveProgress":
        return self

    def __exit__(self, *_: object) -> None:
        self._live.stop()
        if self._bench.many and self._bench.results:
            self._console.print(self._bench.whole())
            for result in self.untold:
                self._console.print(host_view(result))

    def expects(self, host: str, tag: str, serial: str) -> None:
        """Makes the machine's line."""
        self._bench.expect(host, tag, serial)

    def warns(self, host: str, words: str) -> None:
        """Says it at once."""
        _warn(self._console, host, words)

    def stage(self, host: str, stage: Stage) -> None:
        """Moves a machine to a stage."""
        self._bench.stage(host, stage)
        self._live.start()

    def waits(self, host: str, words: str) -> None:
        """Says it in the machine's line."""
        self._bench.waits(host, words)
        self._live.start()

    def planned(self, plans: Sequence[HostPlan], failed: Sequence[HostResult]) -> None:
        """Takes the lines away, since a plan is shown and a question asked next."""
        self._bench.planned(plans)
        self._live.stop()

    def started(self, host: str, resource: str, number: int, total: int) -> None:
        """Shows the resource that is being worked on."""
        self._bench.started(host, resource, number, total)

    def said(self, host: str, event: "TaskEvent") -> None:
        """With -v, what Ansible says."""
        _say(self._console, self._verbosity, host, event)

    def ended(self, host: str, resource: str, status: Status, message: str) -> None:
        """Leaves a line for the resource of a single machine; one of many keeps what has failed in its own line."""
        self._bench.ended(host, resource, status, message)
        if not self._bench.many:
            self._console.print(result_line(resource, status))

    def finished(self, result: HostResult) -> None:
        """Leaves the result of a single machine; of many there is a table at the end."""
        self._bench.finished(result)
        if not self._bench.working:
            self._live.stop()
        if not self._bench.many:
            self._console.print(host_view(result))

    @property
    def untold(self) -> Sequence[HostResult]:
        """Results of machines in trouble that are shown at the end only, because there are many machines."""
        return [result for result in self._bench.results if is_bad(result)] if self._bench.many else ()

    def _view(self) -> RenderableType:
        return self._bench.live()


def progress(console: Console, verbosity: int = 0) -> PlainProgress | LiveProgress:
    """What fits the console: live on a terminal, plain lines elsewhere."""
    return LiveProgress(console, verbosity) if console.is_terminal else PlainProgress(console, verbosity)


def _warn(console: Console, host: str, words: str) -> None:
    line = Text(f"WARNING: {safe(host)}: {safe(words)}.", "yellow")
    console.print(line, soft_wrap=True)


def _say(console: Console, verbosity: int, host: str, event: "TaskEvent") -> None:
    """From -v each task and how it went; from -vv what the machine said, from -vvv all of it."""
    if not verbosity:
        return
    seconds = f"  {event.seconds:.1f} s" if event.seconds else ""
    console.print(Text(f"    {safe(host)}  {safe(event.task)}  {event.kind}{seconds}", "dim"))
    lines = safe_lines(event.message) if event.message and verbosity > 1 else []
    for line in lines if verbosity > 2 else lines[:MESSAGE_LINES]:
        console.print(Text(f"        {line}", "dim"))
