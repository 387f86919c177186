"""A run while it goes on: a live line per machine on a terminal, plain lines elsewhere."""

from collections.abc import Sequence

from rich.console import Console, RenderableType
from rich.live import Live
from rich.spinner import Spinner
from rich.table import Table
from rich.text import Text

from deskprov.model.plan import HostPlan
from deskprov.model.playbook import TaskEvent
from deskprov.model.ports.progress import Stage
from deskprov.model.result import HostResult, Status
from deskprov.presenters.results import host_view, result_line
from deskprov.presenters.safe_text import safe, safe_lines

STAGES = {
    Stage.LOOKING: "looking",
    Stage.APPLYING: "starting Ansible",
    Stage.VERIFYING: "looking again",
}

MESSAGE_LINES = 10


class PlainProgress:
    """Writes a line when something is through; for logs, pipes and CI."""

    def __init__(self, console: Console, verbosity: int = 0) -> None:
        self._console = console
        self._verbosity = verbosity
        self._many = False

    def stage(self, host: str, stage: Stage) -> None:
        """Says what a machine is at."""
        self._console.print(Text(f"{safe(host)}: {STAGES[stage]}", "dim"))

    def planned(self, plans: Sequence[HostPlan], failed: Sequence[HostResult]) -> None:
        """Nothing: the plan is shown by whoever asks for a yes."""
        self._many = len(plans) > 1

    def started(self, host: str, resource: str, number: int, total: int) -> None:
        """Nothing: a plain log says what is through."""

    def said(self, host: str, event: TaskEvent) -> None:
        """With -v, what Ansible says."""
        _say(self._console, self._verbosity, host, event)

    def ended(self, host: str, resource: str, status: Status, message: str) -> None:
        """One line per resource; why one failed stands in the machine's result."""
        line = result_line(resource, status)
        self._console.print(Text(f"{safe(host)}: ").append(line) if self._many else line)

    def finished(self, result: HostResult) -> None:
        """The machine's result."""
        self._console.print(host_view(result))

    def __enter__(self) -> "PlainProgress":
        return self

    def __exit__(self, *_: object) -> None:
        pass


class LiveProgress:
    """One line per machine that is still at work, rewritten in place; what is through scrolls up above it."""

    def __init__(self, console: Console, verbosity: int = 0) -> None:
        self._console = console
        self._verbosity = verbosity
        self._lines: dict[str, str] = {}
        self._many = False
        self._live = Live(get_renderable=self._view, console=console, refresh_per_second=8, transient=True)

    def __enter__(self) -> "LiveProgress":
        return self

    def __exit__(self, *_: object) -> None:
        self._live.stop()

    def stage(self, host: str, stage: Stage) -> None:
        """Moves a machine to a stage."""
        self._lines[host] = STAGES[stage]
        self._live.start()

    def planned(self, plans: Sequence[HostPlan], failed: Sequence[HostResult]) -> None:
        """Clears the lines, since a plan is shown and a question asked next."""
        self._many = len(plans) > 1
        self._lines.clear()
        self._live.stop()

    def started(self, host: str, resource: str, number: int, total: int) -> None:
        """Shows the resource that is being worked on."""
        self._lines[host] = f"{number:>3}/{total}  {safe(resource)}"

    def said(self, host: str, event: TaskEvent) -> None:
        """With -v, what Ansible says."""
        _say(self._console, self._verbosity, host, event)

    def ended(self, host: str, resource: str, status: Status, message: str) -> None:
        """Leaves a line for the resource; with many machines only when there is something to say."""
        line = result_line(resource, status)
        if not self._many:
            self._console.print(line)
        elif status not in (Status.OK, Status.CHANGED):
            self._console.print(Text(f"{safe(host)}: ").append(line))

    def finished(self, result: HostResult) -> None:
        """Takes the machine's line away and leaves its result."""
        self._lines.pop(result.host, None)
        self._console.print(host_view(result))
        if not self._lines:
            self._live.stop()

    def _view(self) -> RenderableType:
        table = Table.grid(padding=(0, 1))
        for host, line in self._lines.items():
            table.add_row(Spinner("dots", style="cyan"), Text(safe(host), "bold"), Text(line, "dim"))
        return table


def progress(console: Console, verbosity: int = 0) -> PlainProgress | LiveProgress:
    """What fits the console: live on a terminal, plain lines elsewhere."""
    return LiveProgress(console, verbosity) if console.is_terminal else PlainProgress(console, verbosity)


def _say(console: Console, verbosity: int, host: str, event: TaskEvent) -> None:
    """From -v each task and how it went; from -vv what the machine said, from -vvv all of it."""
    if not verbosity:
        return
    seconds = f"  {event.seconds:.1f} s" if event.seconds else ""
    console.print(Text(f"    {safe(host)}  {safe(event.task)}  {event.kind}{seconds}", "dim"))
    lines = safe_lines(event.message) if event.message and verbosity > 1 else []
    for line in lines if verbosity > 2 else lines[:MESSAGE_LINES]:
        console.print(Text(f"        {line}", "dim"))
