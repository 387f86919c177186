"""What became of a run, as people read it and as programs do."""

from collections.abc import Sequence
from typing import Any

from rich.console import Group, RenderableType
from rich.padding import Padding
from rich.text import Text

from deskprov.formats.durations import took
from deskprov.model.result import HostResult, Outcome, ResourceResult, RunResult, Status
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


def host_view(result: HostResult) -> RenderableType:
    """One machine: its outcome in words, then every resource that is not simply right."""
    symbol, style, word = OUTCOMES[result.outcome]
    line = Text(f"{symbol} ", style).append(safe(result.host), "bold").append(f"  {word}", style)
    if counts := _counts(result):
        line.append(f". {counts}", "default")
    if result.seconds:
        line.append(f", {took(result.seconds)}", "dim")
    parts: list[RenderableType] = [line]
    if result.message:
        parts.append(Padding(Text(safe(result.message)), (0, 0, 0, 4), expand=False))
    if result.hint:
        parts.append(Padding(Text(safe(result.hint), "cyan"), (0, 0, 0, 4), expand=False))
    for resource in result.results:
        if resource.status not in (Status.OK, Status.CHANGED):
            parts.append(result_line(resource.resource, resource.status))
            parts.append(Padding(Text(safe(resource.message)), (0, 0, 0, 6), expand=False))
    return Group(*parts)


def result_line(resource: str, status: Status) -> Text:
    """One resource with its status."""
    symbol, style = STATUSES[status]
    return Text(f"  {symbol} ", style).append(safe(resource)).append(f"  {status.value}", style)


def run_summary(result: RunResult) -> Text:
    """The last line but one: all machines counted by outcome."""
    counts = {outcome: sum(host.outcome is outcome for host in result.hosts) for outcome in Outcome}
    parts = [f"{count} {OUTCOMES[outcome][2]}" for outcome, count in counts.items() if count]
    return Text(f"Run {result.run}: {', '.join(parts)}.", OUTCOMES[result.outcome][1])


def next_step(result: RunResult, status: int, meaning: str) -> Text:
    """The last line: what the exit status means and what to type next."""
    bad = [host.host for host in result.hosts if host.outcome not in (Outcome.OK, Outcome.DRIFT)]
    drifted = [host.host for host in result.hosts if host.outcome is Outcome.DRIFT]
    if bad:
        text = f"Exit {status}: {meaning}. Next: deskprov run show {result.run}"
    elif drifted:
        text = f"Next: deskprov apply {' '.join(drifted[:3])}{' …' if len(drifted) > 3 else ''}"
    elif len(result.hosts) == 1:
        text = f"Next: deskprov asset show {result.hosts[0].host}"
    else:
        text = f"Next: deskprov run show {result.run}"
    return Text(safe(text), "dim")


def run_json(result: RunResult) -> dict[str, Any]:
    """The stable form for programs (DESIGN section 6)."""
    return {
        "run": result.run,
        "verb": result.verb,
        "outcome": result.outcome.value,
        "hosts": [
            {
                "host": host.host,
                "outcome": host.outcome.value,
                "verified": host.verified,
                "seconds": round(host.seconds, 3),
                "message": host.message,
                "hint": host.hint,
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


def _counts(result: HostResult) -> str:
    words = {Status.CHANGED: "changed", Status.OK: "already right", Status.DRIFT: "not as wanted"}
    words |= {Status.FAILED: "failed", Status.SKIPPED: "skipped", Status.UNKNOWN: "unknown"}
    counted = {status: sum(r.status is status for r in result.results) for status in words}
    parts = [f"{count} {words[status]}" for status, count in counted.items() if count]
    if parts and result.verified:
        parts.append("all verified")
    return ", ".join(parts)
