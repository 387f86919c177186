"""What became of a run, as people read it and as programs do."""

from collections.abc import Iterable, Sequence
from itertools import groupby
from typing import Any

from rich.console import Group, RenderableType
from rich.text import Text

from deskprov.formats.durations import took
from deskprov.model.problem import Problem
from deskprov.model.result import HostResult, Outcome, ResourceResult, RunResult, Status, is_reboot
from deskprov.model.serving import SLOW
from deskprov.presenters.hint import Hint
from deskprov.presenters.indented import Indented
from deskprov.presenters.safe_text import safe

OUTCOMES = {
    Outcome.OK: ("✓", "green", "done"),
    Outcome.DRIFT: ("~", "yellow", "not as the profile says"),
    Outcome.FAILED: ("✗", "bold red", "failed"),
    Outcome.UNREACHABLE: ("✗", "red", "not reachable"),
    Outcome.REFUSED: ("✗", "red", "refused"),
    Outcome.INTERRUPTED: ("!", "magenta", "interrupted"),
    Outcome.WAITING: ("…", "cyan", "waiting"),
    Outcome.BUSY: ("…", "cyan", "busy with another run"),
    Outcome.UNKNOWN: ("?", "magenta", "partly unknown"),
}
STATUSES = {
    Status.CHANGED: ("✓", "green"),
    Status.OK: ("=", "dim"),
    Status.DRIFT: ("~", "yellow"),
    Status.FAILED: ("✗", "bold red"),
    Status.SKIPPED: ("↷", "yellow"),
    Status.UNKNOWN: ("?", "magenta"),
    Status.WAITING: ("…", "cyan"),
    Status.SENT: ("→", "cyan"),
    Status.UNSUPPORTED: ("!", "magenta"),
}


NAMED = 4
"""Of things about which the same is said; run show and --json name all."""


def host_view(result: HostResult) -> RenderableType:
    """One machine: its outcome in words, then every resource that is not simply right."""
    symbol, style, word = OUTCOMES[result.outcome]
    line = Text(f"{symbol} ", style).append(safe(result.host), "bold").append(f"  {word}", style)
    if counted := counts(result):
        line.append(f". {counted}", "default")
    if result.seconds:
        line.append(f", {took(result.seconds)}", "dim")
    parts: list[RenderableType] = [line]
    if result.message:
        parts.append(Indented(Text(safe(result.message)), 4))
    parts += _problems(result.problems)
    if result.hint:
        parts.append(Hint(safe(result.hint), "cyan", 4))
    for alike in _told(result):
        parts.append(result_line(_names(alike), alike[0].status))
        parts.append(Indented(Text(safe(alike[0].message)), 6))
    return Group(*parts)


def _problems(problems: Sequence[Problem]) -> Iterable[RenderableType]:
    """A line for each; what to do about several that follow each other is said once."""
    for hint, alike in groupby(problems, key=lambda problem: problem.hint):
        yield from (Indented(Text(safe(f"{problem.place}: {problem.message}")), 4) for problem in alike)
        if hint:
            yield Hint(safe(hint), "cyan", 4)


def _told(result: HostResult) -> Iterable[Sequence[ResourceResult]]:
    """What is not simply right, with what is said in the same words together.

    Of a machine that was refused, how it is now is no reason: what its plan would change is not told.
    """
    alike: dict[tuple[Status, str], list[ResourceResult]] = {}
    for each in result.results:
        planned = result.outcome is Outcome.REFUSED and each.status is Status.DRIFT
        if each.reason == SLOW or not (planned or each.status in (Status.OK, Status.CHANGED)):
            alike.setdefault((each.status, each.message), []).append(each)
    return alike.values()


def _names(alike: Sequence[ResourceResult]) -> str:
    more = f" and {len(alike) - NAMED} more" if len(alike) > NAMED else ""
    return ", ".join(each.resource for each in alike[:NAMED]) + more


def is_bad(result: HostResult) -> bool:
    """True when somebody has to do something about this machine."""
    return result.outcome not in (Outcome.OK, Outcome.DRIFT)


def counts(result: HostResult) -> str:
    """Its resources by what became of them: `2 changed, 7 already right, all verified`."""
    words = {Status.CHANGED: "changed", Status.OK: "already right", Status.DRIFT: "not as wanted"}
    words |= {Status.FAILED: "failed", Status.SKIPPED: "skipped", Status.UNKNOWN: "unknown", Status.WAITING: "waiting"}
    things = [each for each in result.results if not is_reboot(each.resource)]
    counted = {status: sum(thing.status is status for thing in things) for status in words}
    parts = [f"{count} {words[status]}" for status, count in counted.items() if count]
    reboots = sum(is_reboot(each.resource) and each.status is Status.CHANGED for each in result.results)
    if reboots:
        parts.append(f"{reboots} reboot{'s' if reboots > 1 else ''}")
    if parts and result.verified:
        unseen = any(each.status is Status.UNKNOWN for each in things)
        parts.append("all others verified" if unseen else "all verified")
    return ", ".join(parts)


def result_line(resource: str, status: Status) -> Text:
    """One resource with its status."""
    symbol, style = STATUSES[status]
    line = Text(f"  {symbol} ", style, no_wrap=True, overflow="ignore")
    return line.append(safe(resource)).append(f"  {status.value}", style)


def run_summary(result: RunResult) -> Text:
    """The last line but one: all machines counted by outcome."""
    counts = {outcome: sum(host.outcome is outcome for host in result.hosts) for outcome in Outcome}
    parts = [f"{count} {OUTCOMES[outcome][2]}" for outcome, count in counts.items() if count]
    name = f"Run {result.run}" if result.run else "Not in the record"
    line = Text(f"{name}: {', '.join(parts)}.", OUTCOMES[result.outcome][1])
    return line.append(f" Log head {result.log_head.short}.", "dim") if result.log_head else line


def next_step(result: RunResult, status: int, meaning: str, profile: str | None = None) -> RenderableType:
    """The last line: what the exit status means and the one command to go on with, with the profile asked for."""
    names = [host.host for host in result.hosts]
    drifted = [host.host for host in result.hosts if host.outcome is Outcome.DRIFT]
    if any(map(is_bad, result.hosts)):
        text = f"Exit {status}: {meaning}. {_way_on(result)}"
    elif drifted:
        text = f"Next: deskprov apply {' '.join(drifted)}{f' --profile {profile}' if profile else ''}"
    elif len(names) == 1:
        text = f"Next: deskprov asset show {names[0]}"
    else:
        text = f"Next: deskprov run show {result.run}"
    return Hint(safe(text), "dim")


def _way_on(result: RunResult) -> str:
    if not result.run:
        return "Who is at work: deskprov run list"
    outcomes = {host.outcome for host in result.hosts}
    not_reached = [host.host for host in result.hosts if host.outcome in (Outcome.UNREACHABLE, Outcome.REFUSED)]
    resume = f"deskprov run resume {result.run}"
    if Outcome.INTERRUPTED in outcomes:
        return f"Next: {resume}"
    doctor = f"deskprov doctor {' '.join(not_reached)}"
    if result.verb == "verify" or outcomes <= {Outcome.OK, Outcome.DRIFT, Outcome.WAITING}:
        return f"Next: {doctor}" if not_reached else f"Next: deskprov run show {result.run}"
    return f"Next: {doctor}; then: {resume}" if not_reached else f"Mend that, then: {resume}"


def run_json(result: RunResult) -> dict[str, Any]:
    """The stable form for programs (DESIGN section 6)."""
    return {
        "run": result.run or None,
        "verb": result.verb,
        "outcome": result.outcome.value,
        "log_head": str(result.log_head) if result.log_head else None,
        "hosts": [
            {
                "host": host.host,
                "outcome": host.outcome.value,
                "verified": host.verified,
                "seconds": round(host.seconds, 3),
                "message": host.message,
                "hint": host.hint,
                "problems": [str(problem) for problem in host.problems],
                "results": _results_json(host.results),
            }
            for host in result.hosts
        ],
    }


def _results_json(results: Sequence[ResourceResult]) -> list[dict[str, Any]]:
    return [
        {
            "resource": result.resource,
            "status": result.status.value,
            "verified": result.verified,
            "message": result.message,
            "reason": result.reason,
        }
        for result in results
    ]
