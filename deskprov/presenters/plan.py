"""A plan as people read it and as programs do."""

from collections.abc import Iterable, Sequence
from typing import Any

from rich.console import Group, RenderableType
from rich.text import Text

from deskprov.formats.durations import about
from deskprov.model.plan import Action, Change, HostPlan, Reboot, Segment
from deskprov.model.result import HostResult, Outcome
from deskprov.presenters.hanging import Hanging
from deskprov.presenters.indented import Indented
from deskprov.presenters.named import Named
from deskprov.presenters.safe_text import safe, safe_lines

SYMBOLS = {
    Action.CREATE: ("+", "green"),
    Action.UPDATE: ("~", "yellow"),
    Action.DELETE: ("-", "bold red"),
    Action.ENSURE: ("*", "cyan"),
    Action.UNKNOWN: ("?", "magenta"),
    Action.NONE: ("=", "dim"),
}
WORDS = {
    Action.CREATE: "create",
    Action.UPDATE: "change",
    Action.DELETE: "REMOVE",
    Action.ENSURE: "cannot predict",
    Action.UNKNOWN: "unknown",
    Action.NONE: "right already",
}
SURE = {Reboot.NO: 0, Reboot.MAYBE: 1, Reboot.YES: 2}
UNCONFIRMED = (
    "An earlier run changed how deskprov comes in and did not come to confirm it. The machine takes that back by "
    "itself within minutes; setup and apply have it do so first."
)
NEVER_REPLACED = {
    "files": frozenset({"folder", "other"}),
    "folders": frozenset({"file", "link", "other"}),
    "links": frozenset({"file", "folder", "other"}),
}
PREVIEW_LINES = 40
VALUE_LENGTH = 70


def plan_view(plan: HostPlan, also: Sequence[str] = (), *, everything: bool = False) -> RenderableType:
    """A plan: what changes, before and after, and the file and line that ask for it; it is that of `also`, too."""
    parts: list[RenderableType] = [_heading(plan, also), _counts(plan)]
    for change in plan.changes:
        if change.action is Action.UNKNOWN or (change.action is Action.NONE and (everything or change.note)):
            parts += _change_view(change, "")
    for segment in plan.segments:
        parts += _segment_view(segment)
    parts += [_left_over_view(change) for change in plan.left_over]
    if plan.hindered:
        parts.append(Text(f"  ! {safe(plan.hindered)}", "magenta"))
    if plan.unconfirmed:
        parts.append(Text(f"  ! {UNCONFIRMED}", "magenta"))
    parts += [Text(f"  ! {safe(problem.words)}", "magenta") for problem in plan.problems]
    return Group(*parts)


def reboots_in_words(plans: Sequence[HostPlan]) -> str:
    """How many machines will reboot, and how many may; empty when none will."""
    strongest = [max((SURE[segment.reboot] for segment in plan.segments), default=0) for plan in plans]
    will, may = strongest.count(SURE[Reboot.YES]), strongest.count(SURE[Reboot.MAYBE])
    told = [
        f"{count} machine{'s' if count != 1 else ''} {word} reboot" for count, word in ((will, "will"), (may, "may"))
    ]
    return " and ".join(words for words, count in zip(told, (will, may), strict=True) if count)


def plans_summary(plans: Sequence[HostPlan]) -> Text:
    """One line over all machines: how much would change, and about how long it takes."""
    changes = sum(change.pending for plan in plans for change in plan.changes)
    removals = sum(change.action is Action.DELETE for plan in plans for change in plan.changes)
    machines = f"{len(plans)} machine{'s' if len(plans) != 1 else ''}"
    ensured = sum(plan.counts[Action.ENSURE] for plan in plans)
    unknown = sum(plan.counts[Action.UNKNOWN] for plan in plans)
    unseen = f"{unknown} cannot be seen and will not be touched without --blind" if unknown else ""
    if not changes and not ensured:
        return Text(f"{unseen}.", "magenta") if unseen else Text(f"Nothing to do on {machines}.", "green")
    text = Text(f"Plan: {changes} change{'s' if changes != 1 else ''} on {machines}", "bold")
    if ensured:
        text.append(f", and {ensured} that cannot be predicted")
    if removals:
        text.append(f", {removals} of them REMOVED", "bold red")
    text.append(f", {about(max(plan.seconds for plan in plans))}.")
    if blocked := sum(bool(_obstacle(change)) for plan in plans for change in plan.changes):
        text.append(f" {blocked} of them will FAIL, for the reason given there.", "bold red")
    if reboots := reboots_in_words(plans):
        text.append(f" {reboots[0].upper()}{reboots[1:]}.", "bold yellow")
    return text.append(f" {unseen}.", "magenta") if unseen else text


def plan_outcome(plan: HostPlan) -> Outcome:
    """Unknown when something could not be seen, drift when something differs, else ok."""
    if plan.counts[Action.UNKNOWN]:
        return Outcome.UNKNOWN
    return Outcome.DRIFT if plan.pending else Outcome.OK


def plans_json(plans: Sequence[HostPlan], failed: Sequence[HostResult]) -> dict[str, Any]:
    """The stable form for programs (DESIGN section 6)."""
    looked = [
        {
            "host": plan.host,
            "profile": plan.profile,
            "platform": plan.platform,
            "outcome": plan_outcome(plan).value,
            "practice": plan.practice,
            "changes": [_change_json(change) for change in plan.changes if change.action is not Action.NONE],
            "noted": [{"resource": each.resource.key, "note": each.note} for each in plan.changes if each.note],
            "problems": [str(problem) for problem in plan.problems],
            "left_over": [_change_json(change) for change in plan.left_over],
            "counts": dict(plan.counts),
            "seconds": round(plan.seconds),
            "segments": [_segment_json(segment) for segment in plan.segments],
            "unconfirmed": plan.unconfirmed,
            "taken_back": plan.taken_back,
            "hindered": plan.hindered,
        }
        for plan in plans
    ]
    unseen: list[dict[str, Any]] = [
        {
            "host": result.host,
            "outcome": result.outcome.value,
            "message": result.message,
            "hint": result.hint,
            "problems": [str(problem) for problem in result.problems],
            "changes": [],
            "counts": {},
        }
        for result in failed
    ]
    return {"hosts": looked + unseen}


def _heading(plan: HostPlan, also: Sequence[str]) -> Text:
    text = Text(", ".join(map(safe, (plan.host, *also))), "bold")
    text.append(f"  {plan.profile}", "not bold")
    if plan.practice:
        text.append(f"  practice machine{'s' if also else ''}", "cyan not bold")
    return text.append(f"  each of these {len(also) + 1}:", "not bold") if also else text


def _counts(plan: HostPlan) -> Text:
    text = Text("  ")
    for action in (Action.CREATE, Action.UPDATE, Action.DELETE, Action.ENSURE, Action.UNKNOWN, Action.NONE):
        count = plan.counts[action]
        if count or action in (Action.CREATE, Action.UPDATE, Action.NONE):
            symbol, style = SYMBOLS[action]
            text.append(f"{symbol} {count} {WORDS[action]}   ", style if count else "dim")
    return text


def _segment_view(segment: Segment) -> Iterable[RenderableType]:
    for change in segment.changes:
        yield from _change_view(change, segment.guards.get(change.resource.key, ""))
    why = safe(", ".join(segment.because))
    if segment.reboot is Reboot.YES:
        yield Text("  ↻ reboot", "bold yellow").append(f"  for {why}", "not bold default")
    elif segment.reboot is Reboot.MAYBE:
        yield Text("  ↻ may reboot", "yellow").append(f"  if the machine asks for it after {why}", "dim")


def _change_view(change: Change, guarded: str) -> Iterable[RenderableType]:
    symbol, style = SYMBOLS[change.action]
    name = Text(f"{symbol} ").append(safe(change.resource.key))
    name.stylize(style)
    told = Text()
    if change.action is Action.DELETE:
        told.append("  REMOVE", "bold red")
    if change.left_over:
        told.append("  left over: deskprov set it, no profile names it any more", "red")
    if why := _obstacle(change):
        told.append(f"  will FAIL: {safe(why)}", "bold red")
    if change.reason:
        told.append(f"  {safe(change.reason)}", "dim")
    if guarded:
        told.append("  last, with a timed undo", "cyan")
    yield Named(name, told.append(f"  {safe(str(change.resource.source))}", "dim"))
    for difference in change.differences:
        if difference.option in _told_otherwise(change):
            continue
        yield Indented(_difference_view(change.action, difference.option, difference.before, difference.after), 6)
    if change.written:
        yield Indented(Text("writes: " + ", ".join(sorted(change.written)), "dim"), 6)
    if change.transfer:
        yield Indented(Text(f"transfer: {change.transfer}", "dim"), 6)
    if change.preview:
        yield from _preview(change.preview)
    if change.note:
        yield Indented(Text(safe(change.note), "cyan"), 6)


def _obstacle(change: Change) -> str:
    """Why it will fail: what was foreseen, or something of another kind is there that its type never replaces."""
    kinds = [d.before for d in change.differences if d.option == "kind"]
    never = NEVER_REPLACED.get(change.resource.type, frozenset())
    in_the_way = "something else is there" if change.action is Action.UPDATE and never & set(kinds) else ""
    return change.obstacle or in_the_way


def _told_otherwise(change: Change) -> frozenset[str]:
    """Options that need no line: a diff shows the content, and what is created is of its own kind."""
    shown_by_preview = {"sha256"} if change.preview else set()
    shown_by_action = {"kind"} if change.action is Action.CREATE else set()
    return frozenset(shown_by_preview | shown_by_action)


def _difference_view(action: Action, option: str, before: Any, after: Any) -> Text:
    text = Text(f"{option}: ", "dim")
    if action is not Action.CREATE:
        text.append(_value(before), "red").append(" → ", "dim")
    return text.append(_value(after), "green")


def _preview(preview: str) -> Iterable[RenderableType]:
    """A diff; a line that is wrapped goes on below with a mark, where nothing else has a sign."""
    lines = safe_lines(preview)
    while lines and not lines[-1]:
        lines.pop()
    for line in lines[:PREVIEW_LINES]:
        style = "green" if line.startswith("+") else "red" if line.startswith("-") else "dim"
        yield Hanging(Text(f"      {line[:1]}", style), Text(line[1:], style), 7, Text("     ↳ ", "dim"))
    if len(lines) > PREVIEW_LINES:
        yield Text(f"      … {len(lines) - PREVIEW_LINES} more lines", "dim")


def _left_over_view(change: Change) -> Text:
    text = Text("  ! ", "magenta").append(safe(change.resource.key), "magenta")
    return text.append("  left over: deskprov set it, no profile names it any more; --clean removes it", "dim")


def _value(value: Any) -> str:
    if value is None:
        return "not set"
    if isinstance(value, list):
        return ", ".join(safe(str(item)) for item in value) or "none"
    if isinstance(value, bool):
        return "yes" if value else "no"
    text = safe(str(value))
    return text if len(text) <= VALUE_LENGTH else text[: VALUE_LENGTH - 1] + "…"


def _change_json(change: Change) -> dict[str, Any]:
    source = change.resource.source
    return {
        "resource": change.resource.key,
        "action": change.action.value,
        "before": {d.option: d.before for d in change.differences} if change.action is not Action.CREATE else None,
        "after": {d.option: d.after for d in change.differences} if change.action is not Action.DELETE else None,
        "writes": sorted(change.written),
        "preview": change.preview,
        "left_over": change.left_over,
        "reason": change.reason,
        "obstacle": _obstacle(change),
        "transfer": change.transfer,
        "source": {"file": source.file, "line": source.line},
    }


def _segment_json(segment: Segment) -> dict[str, Any]:
    return {
        "resources": [change.resource.key for change in segment.changes],
        "reboot": segment.reboot.value,
        "because": list(segment.because),
        "guarded": dict(segment.guards),
    }
