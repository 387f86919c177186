"""Lists of assets, fields and planned imports: for a terminal, for a pipe, for programs."""

import json
from collections.abc import Mapping, Sequence
from datetime import datetime, tzinfo
from typing import Any

from rich.console import Group, RenderableType
from rich.table import Table
from rich.text import Text

from deskprov.formats.asset_csv import write_assets
from deskprov.formats.sizes import size
from deskprov.model.asset import FIELDS, Asset, AssetField, FieldGroup, LifeState, differences
from deskprov.model.asset_text import plain
from deskprov.model.facts import Facts
from deskprov.model.history import Sightings
from deskprov.model.ports.assets import AssetChange
from deskprov.model.sighting import fact_data
from deskprov.presenters.moments import ago, iso
from deskprov.presenters.roomy import Roomy
from deskprov.presenters.safe_text import safe

STATE_STYLES = {
    LifeState.STOCK: "dim",
    LifeState.READY: "green",
    LifeState.ASSIGNED: "green",
    LifeState.LOANER: "cyan",
    LifeState.REPAIR: "yellow",
    LifeState.LOST: "bold red",
    LifeState.STOLEN: "bold red",
    LifeState.SURPLUS: "dim",
    LifeState.DISPOSED: "dim",
}
COLUMNS = ("Host", "Tag", "Serial", "Kind", "State", "Place", "With", "Last seen")
_LEAST_FIRST = ("With", "Kind", "Last seen", "Place", "State")
_CHANGES_SHOWN = 20


def assets_view(assets: Sequence[Asset], now: datetime) -> RenderableType:
    """A table and a count, or a sentence when there are none."""
    if not assets:
        return Text(
            "No such asset is in the record. Add: deskprov asset add FIELD=VALUE, deskprov asset import FILE.csv"
        )
    rows = []
    for asset in assets:
        cells = [Text(cell) for cell in _cells(asset, ago(asset.last_seen, now))]
        cells[4].stylize(STATE_STYLES[asset.state])
        rows.append(cells)
    return Group(
        Roomy(COLUMNS, rows, _LEAST_FIRST), Text(f"{len(assets)} asset{'s' if len(assets) != 1 else ''}", "dim")
    )


def assets_lines(assets: Sequence[Asset], where: tzinfo) -> list[str]:
    """One line per asset for a pipe, cells with tabs between, times of the site in ISO 8601."""
    return ["\t".join(_cells(a, iso(a.last_seen, where) if a.last_seen else "")) for a in assets]


def assets_json(assets: Sequence[Asset]) -> dict[str, Any]:
    """Every field of every asset."""
    return {"assets": [{"host": asset.host, "asset": asset_json(asset, FIELDS)} for asset in assets]}


def asset_json(asset: Asset, fields: Mapping[str, AssetField]) -> dict[str, Any]:
    """These fields, and what the record itself knows. The site's own stand apart, under `site_fields`."""
    standard = {name: plain(asset.value(name)) for name in fields if name in FIELDS}
    moments = {name: _iso(getattr(asset, name)) for name in ("last_seen", "created", "updated")}
    return {**standard, "site_fields": dict(asset.site_fields), "practice": asset.practice, **moments}


def facts_json(seen: Sightings | None) -> dict[str, Any]:
    """The machine as it last described itself, without software and users; empty when it was never seen."""
    return {"seen": _iso(seen.at), **fact_data(seen.facts)} if seen else {}


def export_csv(assets: Sequence[Asset], fields: Mapping[str, AssetField]) -> str:
    """The table that `asset import` takes; practice machines are no assets and stay out."""
    return write_assets([asset for asset in assets if not asset.practice], fields)


def export_json(assets: Sequence[Asset], fields: Mapping[str, AssetField]) -> str:
    """The same as JSON text."""
    kept = [{"host": a.host, "asset": asset_json(a, fields)} for a in assets if not a.practice]
    return json.dumps({"assets": kept}, indent=2) + "\n"


def exported_fields(fields: Mapping[str, AssetField], *, personal: bool) -> Mapping[str, AssetField]:
    """The columns of an export, those about people only when they are wanted."""
    return {name: field for name, field in fields.items() if personal or not field.personal}


def fields_view(fields: Mapping[str, AssetField]) -> RenderableType:
    """Every field that people may fill in, by group, with what it takes."""
    table = Table("Field", "Takes", "Is", box=None, pad_edge=False, padding=(0, 3, 0, 0))
    for group in FieldGroup:
        for field in (each for each in fields.values() if each.group is group):
            about = f"{field.about} (personal)" if field.personal else field.about
            table.add_row(Text(field.name, "bold"), Text(field.form.expects), Text(about))
    return table


def fields_json(fields: Mapping[str, AssetField]) -> dict[str, Any]:
    """The same for programs."""
    return {
        "fields": [
            {"field": f.name, "group": f.group, "takes": f.form.expects, "about": f.about, "personal": f.personal}
            for f in fields.values()
        ]
    }


def changes_view(changes: Sequence[AssetChange]) -> RenderableType:
    """What an edit or an import changes, before and after; the first twenty assets in detail."""
    parts: list[RenderableType] = []
    for change in changes[:_CHANGES_SHOWN]:
        parts.append(_change_line(change))
        for name, (before, after) in differences(change.before or Asset(), change.after).items():
            old = f"{_shown(before)} → " if change.before else ""
            parts.append(Text(f"    {name}: ").append(safe(old), "dim").append(safe(_shown(after))))
    if len(changes) > _CHANGES_SHOWN:
        parts.append(Text(f"  … and {len(changes) - _CHANGES_SHOWN} more", "dim"))
    return Group(*parts)


def import_summary(changes: Sequence[AssetChange]) -> str:
    """`2 new, 3 changed`."""
    new = sum(change.before is None for change in changes)
    return f"{new} new, {len(changes) - new} changed" if changes else "nothing to change"


def _change_line(change: AssetChange) -> Text:
    symbol, style = ("~", "yellow") if change.before else ("+", "green")
    return Text(f"  {symbol} ", style).append(safe((change.before or change.after).label), "bold")


def place(asset: Asset) -> str:
    """`Main, room 12, cart C3, slot 7`; empty when nothing is known."""
    named = (("", asset.building), ("room ", asset.room), ("cart ", asset.cart), ("slot ", asset.slot))
    return ", ".join(f"{word}{value}" for word, value in named if value)


def facts_lines(facts: Facts) -> list[tuple[str, str]]:
    """What is known of a machine, each with its label."""
    battery = f"{facts.battery_percent} %" if facts.battery_percent is not None else ""
    if facts.battery_health_percent is not None:
        battery = f"{battery}, holds {facts.battery_health_percent} % of what it held new".removeprefix(", ")
    disks = [f"{d.mount}: {size(d.free)} free of {size(d.size)} ({d.device}, {d.filesystem})" for d in facts.disks]
    cpu = f"{facts.cpu} × {facts.cpu_count}" if facts.cpu and facts.cpu_count else facts.cpu
    lines = [
        ("system", " ".join(part for part in (facts.os, facts.os_version, facts.architecture) if part)),
        ("kernel", facts.kernel),
        ("processor", cpu),
        ("memory", size(facts.memory) if facts.memory else ""),
        *(("disk", disk) for disk in disks),
        ("battery", battery),
        ("reboot", f"is wanted for {', '.join(facts.reboot_wanted)}" if facts.reboot_wanted else ""),
        ("TPM", facts.tpm),
        ("secure boot", _yes_no(facts.secure_boot, "on", "off")),
        *(("encryption", f"{volume.mount} {volume.state}") for volume in facts.encryption),
        ("activated", _yes_no(facts.activated, "yes", "no")),
        ("belongs to", facts.joined),
        ("administrators", ", ".join(facts.administrators)),
        ("printers", ", ".join(facts.printers)),
        ("Wi-Fi", ", ".join(facts.wifi_networks)),
        *(("not answered", check) for check in facts.unanswered),
        ("calls itself", facts.hostname),
    ]
    return [(label, text) for label, text in lines if text]


def _yes_no(known: bool | None, yes: str, no: str) -> str:
    return "" if known is None else yes if known else no


def _cells(asset: Asset, seen: str) -> list[str]:
    host = f"{asset.host} (practice)" if asset.practice else asset.host
    cells = (host, asset.tag, asset.serial, asset.kind, asset.state, place(asset), asset.assigned_to, seen)
    return [safe(cell) for cell in cells]


def _shown(value: Any) -> str:
    if isinstance(value, list):
        return "; ".join(str(part) for part in value) or "(empty)"
    return "(empty)" if value in (None, "") else str(value)


def _iso(moment: datetime | None) -> str | None:
    return moment.isoformat() if moment else None
