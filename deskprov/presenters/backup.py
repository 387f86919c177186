"""A database as a whole, for people and for programs."""

from typing import Any

from rich.console import Group, RenderableType
from rich.text import Text

from deskprov.model.backup import DatabaseState, Restored
from deskprov.presenters.safe_text import safe

_SHOWN = {"assets": "assets", "asset_events": "events", "runs": "runs", "log": "entries of the log"}
_MEGABYTE = 1_000_000


def state_view(state: DatabaseState) -> RenderableType:
    """Where it is, what it holds, its head, and every flaw."""
    counts = ", ".join(f"{state.rows[name]} {word}" for name, word in _SHOWN.items() if name in state.rows)
    size = f"{state.size / _MEGABYTE:.1f} MB" if state.size is not None else ""
    lines = [Text(safe(state.where), "bold"), Text(f"  {', '.join(part for part in (counts, size) if part)}")]
    if state.head:
        lines.append(Text(f"  log head {state.head.short}", "dim"))
    lines += [Text(f"  ✗ {safe(flaw)}", "red") for flaw in state.flaws]
    if not state.flaws:
        lines.append(Text("  ✓ sound: the whole file and the whole log were checked", "green"))
    return Group(*lines)


def restored_view(restored: Restored) -> RenderableType:
    """What is in place now, and where the earlier record is."""
    kept = [Text(f"The record of before is kept as {safe(restored.aside)}.")] if restored.aside else []
    return Group(state_view(restored.state), *kept, Text("Next: deskprov run list", "dim"))


def state_json(state: DatabaseState) -> dict[str, Any]:
    """The same for programs."""
    return {
        "where": state.where,
        "size": state.size,
        "rows": dict(state.rows),
        "head": str(state.head) if state.head else None,
        "flaws": list(state.flaws),
    }
