"""A machine's past in one list: runs, events of its record, and facts that changed."""

from collections.abc import Sequence
from datetime import datetime, tzinfo
from typing import Any

from rich.console import Group, RenderableType
from rich.text import Text

from deskprov.model.history import AssetEvent, FactChange, HostRun
from deskprov.presenters.asset_detail import event_json, event_line
from deskprov.presenters.moments import at
from deskprov.presenters.runs import fact_change_json, fact_change_line, host_run_json, host_status
from deskprov.presenters.safe_text import safe


def history_view(
    host: str,
    runs: Sequence[HostRun],
    events: Sequence[AssetEvent],
    changes: Sequence[FactChange],
    where: tzinfo,
    limit: int,
) -> RenderableType:
    """One line each, newest first."""
    lines: list[tuple[datetime, Text]] = [
        *((run.summary.at, _run_line(run, where)) for run in runs),
        *((event.at, event_line(event, where)) for event in events),
        *((change.at, fact_change_line(change, where)) for change in changes),
    ]
    newest = sorted(lines, key=lambda line: line[0], reverse=True)
    return Group(Text(safe(host), "bold"), *(line for _, line in newest[:limit]))


def history_json(
    host: str, runs: Sequence[HostRun], events: Sequence[AssetEvent], changes: Sequence[FactChange]
) -> dict[str, Any]:
    """The same for programs, each kind apart."""
    return {
        "host": host,
        "runs": [host_run_json(run) for run in runs],
        "events": [event_json(event) for event in events],
        "fact_changes": [fact_change_json(change) for change in changes],
    }


def _run_line(run: HostRun, where: tzinfo) -> Text:
    line = Text(f"  {at(run.summary.at, where)}  ", "dim").append(safe(run.summary.verb), "default").append(" ")
    return line.append(host_status(run)).append(f"  {safe(run.summary.run)} ({safe(run.summary.by)})", "dim")
