"""Runs as they stand in the record: a list, one run, one machine's past."""

from collections.abc import Sequence
from datetime import datetime, tzinfo
from typing import Any

from rich.cells import cell_len
from rich.console import Group, RenderableType
from rich.table import Table
from rich.text import Text

from deskprov.formats.durations import took
from deskprov.model.history import FactChange, HostRun, RunDetail, RunState, RunSummary, StepRecord
from deskprov.model.run import Asked, PlanReference, StepState
from deskprov.presenters.hint import Hint
from deskprov.presenters.indented import Indented
from deskprov.presenters.moments import ago, at, iso
from deskprov.presenters.named import Named
from deskprov.presenters.results import OUTCOMES, STATUSES
from deskprov.presenters.safe_text import safe

_NAMED_HOSTS = 3
_MACHINE_WIDTH = 24


def runs_view(runs: Sequence[RunSummary], now: datetime) -> RenderableType:
    """A table, newest first, or a sentence when there are none."""
    if not runs:
        return Text("There was no run yet. The first: deskprov setup HOST")
    table = Table(box=None, pad_edge=False, padding=(0, 2, 0, 0))
    # what somebody has to type again is never cut; the other columns wrap
    table.add_column("Run", no_wrap=True, width=max(cell_len(safe(run.run)) for run in runs))
    longest = max(cell_len(safe(_machines(run))) for run in runs)
    for heading in ("When", "Verb", "By", "Machines", "Outcome"):
        whole = heading == "Machines" and longest <= _MACHINE_WIDTH
        table.add_column(heading, overflow="fold", width=max(longest, len(heading)) if whole else None)
    for run in runs:
        cells = (run.run, ago(run.at, now), run.verb, run.by, _machines(run))
        table.add_row(*(Text(safe(cell)) for cell in cells), _outcome(run))
    return table


def runs_lines(runs: Sequence[RunSummary], where: tzinfo) -> list[str]:
    """One line per run for a pipe, cells with tabs between, times of the site in ISO 8601."""
    return [
        "\t".join(safe(cell) for cell in (r.run, iso(r.at, where), r.verb, r.by, ",".join(r.hosts), _word(r)))
        for r in runs
    ]


def run_view(detail: RunDetail, where: tzinfo, log: str = "") -> RenderableType:
    """A run with every machine and every result; `log` is where its log is, empty for nowhere."""
    run = detail.summary
    parts: list[RenderableType] = [
        Text(safe(run.run), "bold").append(f"  {safe(run.verb)}  ", "default").append(_outcome(run)),
        _line("by", f"{run.by} on {run.controller}"),
        _line("began", at(run.at, where)),
        _line("ended", at(run.ended, where) if run.ended else ""),
        _line("asked for", _asked_for(run)),
        _line("continues", run.continues),
        _line(
            "site", f"commit {run.commit[:12]}{', with changes not in git' if run.dirty else ''}" if run.commit else ""
        ),
    ]
    if run.plan:
        told = f"{run.plan.digest[:12]}, made by {run.plan.by} at {at(run.plan.made, where)}"
        parts.append(_line("plan file", told))
    parts.append(_line("log", log))
    for machine in detail.hosts:
        parts += [Text(""), _machine_line(machine), *steps_lines(machine)]
    return Group(*(part for part in parts if part is not _NOTHING))


def continuation_view(
    earlier: RunSummary, left: Sequence[HostRun], changed: Sequence[str], retired: Sequence[str], now: datetime
) -> RenderableType:
    """Which run goes on, for which machines and why, and what is different from then."""
    title = Text("Going on with ").append(safe(earlier.run), "bold")
    title.append(f", the {safe(earlier.verb)} that {safe(earlier.by)} began {ago(earlier.at, now)}.")
    lines = [title, *(Text("  ").append(safe(m.host), "bold").append("  ").append(_left_because(m)) for m in left)]
    if changed:
        lines.append(
            Text(f"The profile of {safe(', '.join(changed))} was changed since: it counts as it is now.", "yellow")
        )
    if retired:
        lines.append(Text(f"Left out, because no longer in the inventory: {safe(', '.join(retired))}.", "yellow"))
    return Group(*lines)


def _left_because(run: HostRun) -> Text:
    uncertain = [step.resource for step in run.steps if step.state is StepState.STARTED and not step.verified]
    told = host_status(run)
    if uncertain:
        told.append(f", in {safe(uncertain[0])}", "default")
    return told


def runs_json(runs: Sequence[RunSummary]) -> dict[str, Any]:
    """All that is known of each run, without its machines' results."""
    return {"runs": [_summary_json(run) for run in runs]}


def run_json(detail: RunDetail) -> dict[str, Any]:
    """One run with every machine and every step."""
    return {**_summary_json(detail.summary), "hosts": [{"host": m.host, **_machine_json(m)} for m in detail.hosts]}


def host_run_json(run: HostRun) -> dict[str, Any]:
    """One run as it was for one machine (DESIGN section 6: `runs` of `asset show`)."""
    summary = run.summary
    return {
        "run": summary.run,
        "at": summary.at.isoformat(),
        "by": summary.by,
        "verb": summary.verb,
        "commit": summary.commit,
        "dirty": summary.dirty,
        **_machine_json(run),
    }


def run_line(run: HostRun, now: datetime) -> Text:
    """One run of one machine on one line."""
    line = Text("  ").append(host_status(run)).append(f"  {safe(run.summary.verb)}", "default")
    if run.profile:
        line.append(f" as {safe(run.profile)}", "default")
    line.append(f"  {ago(run.summary.at, now)} by {safe(run.summary.by)}", "dim")
    if run.seconds:
        line.append(f", {took(run.seconds)}", "dim")
    return line.append(f"  {safe(run.summary.run)}", "dim")


def host_status(run: HostRun) -> Text:
    """A machine's outcome with its symbol and words."""
    if run.outcome is None:
        running = run.summary.state is RunState.RUNNING
        return Text("… running" if running else "? not come to", "cyan" if running else "magenta")
    symbol, style, word = OUTCOMES[run.outcome]
    return Text(f"{symbol} {word}{', verified' if run.verified else ''}", style)


def steps_lines(run: HostRun) -> list[RenderableType]:
    """What there is to say about a machine in a run, and every step with its result."""
    said: list[RenderableType] = [Indented(Text(safe(run.message), "default"), 4)] if run.message else []
    if run.hint:
        said.append(Hint(safe(run.hint), "cyan", 4))
    return [*said, *(_step_line(step) for step in run.steps)]


def fact_change_line(change: FactChange, where: tzinfo) -> Text:
    """When a fact changed, and how."""
    told = f"{change.fact.replace('_', ' ')}: {_plainly(change.before)} → {_plainly(change.after)}"
    return Text(f"  {at(change.at, where)}  ", "dim").append(safe(told), "default")


def fact_change_json(change: FactChange) -> dict[str, Any]:
    """The same for programs."""
    return {"at": change.at.isoformat(), "fact": change.fact, "before": change.before, "after": change.after}


def _plainly(value: Any) -> str:
    if isinstance(value, list):
        return "; ".join(_plainly(part) for part in value)
    if isinstance(value, dict):
        return " ".join(str(part) for part in value.values())
    return str(value)


_NOTHING = Text("")


def _asked_for(run: RunSummary) -> str:
    asked = run.asked or Asked()
    words = [
        *run.targets,
        *(["--profile", asked.profile] if asked.profile else []),
        *(["--clean"] if asked.clean else []),
        *(["--no-reboot"] if not asked.reboots else []),
    ]
    words += [word for key in asked.blind for word in ("--blind", key)]
    return " ".join([*words, *(word for key in asked.reset for word in ("--reset", key))])


def _line(label: str, text: str) -> Text:
    return Text(f"  {label:<10} ", "dim").append(safe(text), "default") if text else _NOTHING


def _machines(run: RunSummary) -> str:
    if len(run.hosts) <= _NAMED_HOSTS:
        return ", ".join(run.hosts)
    return f"{', '.join(run.hosts[: _NAMED_HOSTS - 1])} and {len(run.hosts) - _NAMED_HOSTS + 1} more"


def _outcome(run: RunSummary) -> Text:
    if run.outcome is None:
        return Text("… running", "cyan")
    symbol, style, word = OUTCOMES[run.outcome]
    others = {name: count for name, count in run.outcomes.items() if name != run.outcome.value}
    told = "".join(f", {count} {name}" for name, count in others.items()) if len(run.hosts) > 1 else ""
    return Text(f"{symbol} {word}", style).append(told, "default")


def _word(run: RunSummary) -> str:
    return run.outcome.value if run.outcome else run.state.value


def _machine_line(run: HostRun) -> Text:
    line = Text(safe(run.host), "bold").append("  ").append(host_status(run))
    if run.practice:
        line.append("  practice", "magenta")
    if run.profile:
        line.append(f"  {safe(run.profile)} {safe(run.profile_hash[:12])}".rstrip(), "dim")
    return line.append(f"  {took(run.seconds)}", "dim") if run.seconds else line


def _step_line(step: StepRecord) -> Named:
    if step.status is None:
        word = "begun, and no word since" if step.state is StepState.STARTED else "not begun"
        return Named(Text("? ", "magenta").append(safe(step.resource)), Text(f"  {word}", "magenta"), 4)
    symbol, style = STATUSES[step.status]
    told = Text(f"  {step.status.value}", style)
    if step.verified:
        told.append(", verified", "dim")
    if step.message:
        told.append(f"  {safe(step.message)}", "default")
    return Named(Text(f"{symbol} ", style).append(safe(step.resource), "default"), told, 4)


def _summary_json(run: RunSummary) -> dict[str, Any]:
    return {
        "run": run.run,
        "verb": run.verb,
        "at": run.at.isoformat(),
        "ended": run.ended.isoformat() if run.ended else None,
        "by": run.by,
        "controller": run.controller,
        "targets": list(run.targets),
        "asked": _asked_json(run.asked),
        "continues": run.continues or None,
        "machines": list(run.hosts),
        "commit": run.commit,
        "dirty": run.dirty,
        "state": run.state.value,
        "outcome": run.outcome.value if run.outcome else None,
        "outcomes": dict(run.outcomes),
        "plan": _plan_json(run.plan) if run.plan else None,
    }


def _asked_json(asked: Asked | None) -> dict[str, Any] | None:
    if asked is None:
        return None
    options = {"clean": asked.clean, "blind": list(asked.blind), "reset": list(asked.reset), "reboots": asked.reboots}
    return {"profile": asked.profile or None, **options}


def _plan_json(plan: PlanReference) -> dict[str, str]:
    return {"digest": plan.digest, "by": plan.by, "made": plan.made.isoformat()}


def _machine_json(run: HostRun) -> dict[str, Any]:
    return {
        "profile": run.profile,
        "profile_hash": run.profile_hash,
        "practice": run.practice,
        "outcome": run.outcome.value if run.outcome else None,
        "verified": run.verified,
        "seconds": round(run.seconds, 3),
        "message": run.message,
        "hint": run.hint,
        "results": [_step_json(step) for step in run.steps],
    }


def _step_json(step: StepRecord) -> dict[str, Any]:
    return {
        "resource": step.resource,
        "action": step.action,
        "state": step.state.value,
        "status": step.status.value if step.status else None,
        "verified": step.verified,
        "message": step.message,
        "reason": step.reason,
    }
