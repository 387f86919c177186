"""What became of a check of the log."""

from typing import Any

from rich.console import Group, RenderableType
from rich.text import Text

from deskprov.model.log import LogCheck, LogFlaw

MOST_SHOWN = 10


def log_view(check: LogCheck) -> RenderableType:
    """Every flaw, or that there is none; the head, and what it is good for."""
    if check.flaws:
        shown = [_flaw(flaw) for flaw in check.flaws[:MOST_SHOWN]]
        more = len(check.flaws) - len(shown)
        return Group(
            Text("✗ The log, or the record that it vouches for, was altered.", "bold red"),
            *shown,
            *([Text(f"  … and {more} more")] if more else []),
            Text("Put a copy of the database aside before anything else; deskprov db restore brings back a backup."),
        )
    if check.head is None:
        return Text("The log is empty: nothing was changed yet.")
    entries = f"{check.entries} entr{'y' if check.entries == 1 else 'ies'}"
    against = f", and goes back to {check.noted.short}" if check.noted else ""
    lines = [Text(f"✓ The log is whole: {entries}{against}. The record is as it says.", "green")]
    lines.append(Text(f"Head {check.head}"))
    if check.noted is None:
        lines.append(Text("Only a head noted outside of this computer proves that its end was not cut off.", "dim"))
    return Group(*lines)


def log_json(check: LogCheck) -> dict[str, Any]:
    """The same for programs."""
    return {
        "ok": check.ok,
        "entries": check.entries,
        "head": str(check.head) if check.head else None,
        "noted": str(check.noted) if check.noted else None,
        "flaws": [{"entry": flaw.number, "message": flaw.message} for flaw in check.flaws],
    }


def _flaw(flaw: LogFlaw) -> Text:
    where = "Not logged" if flaw.number is None else f"Entry {flaw.number}"
    return Text(f"  {where}: ", "red").append(flaw.message, "default")
