"""One asset with all that the record tells about it."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime, tzinfo
from typing import Any

from rich.console import Group, RenderableType
from rich.text import Text

from deskprov.model.asset import Asset, AssetField, FieldGroup
from deskprov.model.escrow import EscrowAct
from deskprov.model.history import AssetEvent, EventKind, HostRun, Sightings
from deskprov.model.inventory import Host
from deskprov.presenters.assets import STATE_STYLES, asset_json, facts_json, facts_lines
from deskprov.presenters.hint import Hint
from deskprov.presenters.moments import ago, at
from deskprov.presenters.runs import host_run_json, run_line, steps_lines
from deskprov.presenters.safe_text import safe
from deskprov.presenters.secrets import ACT_WORDS

EVENTS_SHOWN = 8
EARLIER_RUNS_SHOWN = 5
_LABEL_WIDTH = 17
_FIELDS_SHOWN = 6
_HEADED = frozenset({"host", "tag", "kind", "state"})
_EVENT_WORDS = {
    EventKind.CREATED: "taken into the record",
    EventKind.IMPORTED: "imported",
    EventKind.EDITED: "edited",
    EventKind.JOINED: "joined",
    EventKind.IDENTIFIED: "identified",
    EventKind.IDENTITY_MISMATCH: "IDENTITY MISMATCH",
    EventKind.ENROLLED: "enrolled",
    EventKind.SET_UP: "set up",
    EventKind.NOTE: "note",
    EventKind.MOVED: "moved",
    EventKind.CHECKED_OUT: "checked out",
    EventKind.CHECKED_IN: "checked in",
    EventKind.REPAIR: "repair",
    EventKind.WIPED: "wiped",
    EventKind.AUDITED: "audited",
    EventKind.SECRET: "password",
}


def asset_view(
    asset: Asset,
    seen: Sightings | None,
    events: Sequence[AssetEvent],
    runs: Sequence[HostRun],
    fields: Mapping[str, AssetField],
    now: datetime,
    where: tzinfo,
    host: Host | None,
) -> RenderableType:
    """The record as a technician reads it: what it is, where, with whom, what it has, what was done to it.

    `host` is what the inventory says of it.
    """
    parts: list[RenderableType] = [_heading(asset, now)]
    for group in FieldGroup:
        filled = [
            (field.name.replace("_", " "), field.form.text(asset.value(field.name)))
            for field in fields.values()
            if field.group is group and field.name not in _HEADED
        ]
        parts += _section(group.value, filled)
    if seen:
        parts += _section(f"machine, as it was {ago(seen.at, now)}", [*facts_lines(seen.facts), *_counted(seen)])
    parts += _runs(runs, now)
    parts += _events(asset, events, where)
    parts += [Text(""), Hint(f"Next: {safe(_next(asset, host, runs))}", "dim")]
    return Group(*parts)


def detail_json(
    asset: Asset,
    seen: Sightings | None,
    events: Sequence[AssetEvent],
    runs: Sequence[HostRun],
    fields: Mapping[str, AssetField],
) -> dict[str, Any]:
    """The stable form for programs (DESIGN section 6)."""
    return {
        "host": asset.host,
        "asset": asset_json(asset, fields),
        "facts": facts_json(seen),
        "software": [
            {"name": s.name, "version": s.version, **_when(s.first_seen, s.last_seen), "present": s.present}
            for s in (seen.software if seen else ())
        ],
        "users": [
            {
                "name": u.name,
                "full_name": u.full_name,
                "administrator": u.administrator,
                **_when(u.first_seen, u.last_seen),
                "present": u.present,
            }
            for u in (seen.users if seen else ())
        ],
        "runs": [host_run_json(run) for run in runs],
        "events": [event_json(event) for event in events],
    }


def software_lines(seen: Sightings | None) -> list[str]:
    """Every package that is there, with its version, tabs between."""
    return [f"{safe(s.name)}\t{safe(s.version)}" for s in (seen.software if seen else ()) if s.present]


def event_line(event: AssetEvent, where: tzinfo) -> Text:
    """When, what, by whom, and what about it."""
    style = "bold red" if event.kind is EventKind.IDENTITY_MISMATCH else "default"
    line = Text(f"  {at(event.at, where)}  ", "dim").append(_EVENT_WORDS[event.kind], style)
    told = _about_password(event) if event.kind is EventKind.SECRET else safe(event.text) or ", ".join(_changed(event))
    if told:
        line.append(f": {told}", "default")
    return line.append(f"  ({safe(event.by)})", "dim")


def event_json(event: AssetEvent) -> dict[str, Any]:
    """The same for programs."""
    return {
        "at": event.at.isoformat(),
        "by": event.by,
        "kind": event.kind.value,
        "text": event.text,
        "detail": dict(event.detail),
    }


def _heading(asset: Asset, now: datetime) -> Text:
    line = Text(safe(asset.label), "bold")
    if asset.tag and asset.tag != asset.label:
        line.append(f"  {safe(asset.tag)}", "bold cyan")
    line.append(f"  {asset.kind.value}", "default").append(f"  {asset.state.value}", STATE_STYLES[asset.state])
    if asset.practice:
        line.append("  PRACTICE MACHINE", "magenta")
    return line.append(f"  last seen {ago(asset.last_seen, now)}", "dim")


def _section(title: str, lines: Iterable[tuple[str, str]]) -> list[Text]:
    filled = [(label, text) for label, text in lines if text]
    if not filled:
        return []
    return [Text(""), Text(title.capitalize(), "bold"), *(_line(label, text) for label, text in filled)]


def _line(label: str, text: str) -> Text:
    return Text(f"  {label:<{_LABEL_WIDTH}} ", "dim").append(safe(text), "default")


def _counted(seen: Sightings) -> list[tuple[str, str]]:
    packages = sum(package.present for package in seen.software)
    people = [f"{u.name}{' (administrator)' if u.administrator else ''}" for u in seen.users if u.present]
    return [
        ("software", f"{packages} package{'s' if packages != 1 else ''}; --software lists them" if packages else ""),
        ("accounts", ", ".join(people)),
    ]


def _runs(runs: Sequence[HostRun], now: datetime) -> list[RenderableType]:
    if not runs:
        return []
    latest, *earlier = runs
    parts: list[RenderableType] = [Text(""), Text("Last run", "bold"), run_line(latest, now), *steps_lines(latest)]
    if earlier:
        parts += [Text(""), Text("Earlier runs", "bold")]
        parts += [run_line(run, now) for run in earlier[:EARLIER_RUNS_SHOWN]]
    return parts


def _next(asset: Asset, host: Host | None, runs: Sequence[HostRun]) -> str:
    if host:
        profile = host.profile or next((run.profile for run in runs if run.profile), "PROFILE")
        return f"deskprov verify {host.name}{'' if host.profile else f' --profile {profile}'}"
    return (
        f"deskprov host add {asset.host or 'NAME'} --address ADDRESS{f' --asset-tag {asset.tag}' if asset.tag else ''}"
    )


def _events(asset: Asset, events: Sequence[AssetEvent], where: tzinfo) -> list[Text]:
    if not events:
        return []
    lines = [Text(""), Text("Life", "bold"), *(event_line(event, where) for event in events[:EVENTS_SHOWN])]
    if len(events) > EVENTS_SHOWN:
        lines.append(Text(f"  … {len(events) - EVENTS_SHOWN} more: deskprov host history {safe(asset.label)}", "dim"))
    return lines


def _about_password(event: AssetEvent) -> str:
    """Whose it is, what was done with it, and why."""
    account = safe(str(event.detail.get("key", ""))).removeprefix("users/")
    act = str(event.detail.get("act", ""))
    # a later release may have done something that this one has no word for
    done = ACT_WORDS[EscrowAct(act)] if act in set(EscrowAct) else safe(act)
    return f"{account} {done}" + (f": {safe(event.text)}" if event.text else "")


def _changed(event: AssetEvent) -> list[str]:
    """The fields that changed; of a whole new record only that it is new."""
    whole = event.kind in (EventKind.CREATED, EventKind.IMPORTED)
    told = []
    for field, value in event.detail.items():
        name = safe(field)
        old, new = (_short(part) for part in value) if _is_pair(value) else ("", _short(value))
        if old:
            told.append(f"{name} {old} → {new or '(empty)'}")
        elif not whole:
            told.append(f"{name} {new or '(empty)'}")
    return [*told[:_FIELDS_SHOWN], *(["…"] if len(told) > _FIELDS_SHOWN else [])]


def _is_pair(value: Any) -> bool:
    return isinstance(value, list) and len(value) == 2


def _short(value: Any) -> str:
    text = (
        "; ".join(str(part) for part in value) if isinstance(value, list) else str(value if value is not None else "")
    )
    return safe(text if len(text) <= 40 else f"{text[:39]}…")


def _when(first: datetime, last: datetime) -> dict[str, str]:
    return {"first_seen": first.isoformat(), "last_seen": last.isoformat()}
