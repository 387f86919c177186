"""What follows from a look at a machine for its asset record.

The record is the authority for what people entered. A machine fills in only what is empty; where it says otherwise,
that is reported, because the wrong computer may stand in the right place.
"""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, fields, replace
from datetime import datetime
from typing import Any

from deskprov.model.asset import Asset, AssetKind, LifeState, differences
from deskprov.model.asset_text import printable
from deskprov.model.facts import Disk, Facts
from deskprov.model.history import AssetEvent, EventKind, FactChange
from deskprov.model.placeholder import is_placeholder

BY_MACHINE = "deskprov"
"""Who is named for what a machine itself told."""

_FILLED = ("serial", "maker", "model", "uuid", "macs")
_NEVER_DIFFERENT = ("serial", "uuid")
_LISTED_APART = frozenset({"software", "users"})
_FLEETING = frozenset({"battery_percent", "boot_id"})


def first_asset(host: str, *, practice: bool) -> Asset:
    """The asset of a machine that the record does not know yet: it answers, so it is out of its box."""
    return Asset(host=host, kind=AssetKind.COMPUTER, state=LifeState.READY, practice=practice)


def serial_of(facts: Facts) -> str:
    """The serial number that the machine gives, as it may stand in a record; empty for a placeholder."""
    serial = printable(facts.serial)
    return "" if is_placeholder(serial) else serial


def identify(asset: Asset, facts: Facts, at: datetime) -> tuple[Asset, Sequence[AssetEvent]]:
    """The asset with what the machine says about itself, and what is to be logged."""
    said = _identity(facts)
    missing = {name: said[name] for name in _FILLED if said[name] and not asset.value(name)}
    # a new installation of the operating system gives itself a new id: no other machine for that
    current = {"machine_id": said["machine_id"]} if said["machine_id"] else {}
    after = asset.with_values(missing | current)
    events = []
    if changed := differences(asset, after):
        events.append(AssetEvent(at, BY_MACHINE, EventKind.IDENTIFIED, detail=changed))
    contradicted = {
        name: [asset.value(name), said[name]]
        for name in _NEVER_DIFFERENT
        if asset.value(name) and said[name] and asset.value(name).casefold() != said[name].casefold()
    }
    if contradicted:
        events.append(AssetEvent(at, BY_MACHINE, EventKind.IDENTITY_MISMATCH, _mismatch(contradicted), contradicted))
    return replace(after, last_seen=at), events


def fact_data(facts: Facts) -> dict[str, Any]:
    """The facts as plain JSON data, without software and users; text cleaned of what cannot be printed."""
    data = asdict(replace(facts, software=(), users=()))
    return {name: _clean(value) for name, value in data.items() if name not in _LISTED_APART}


def facts_from(data: Mapping[str, Any]) -> Facts:
    """The facts again; names that this release does not know are left out."""
    known = {f.name for f in fields(Facts)} - _LISTED_APART
    values = {name: value for name, value in data.items() if name in known}
    disks = tuple(Disk(**disk) for disk in values.get("disks", ()))
    return Facts(**{**values, "disks": disks, "macs": tuple(values.get("macs", ()))})


def fact_changes(before: Mapping[str, Any], after: Mapping[str, Any], at: datetime) -> Sequence[FactChange]:
    """What is known both times and differs. How full a disk or a battery is, is no change."""
    changes = []
    for name in after.keys() - _FLEETING:
        old, new = _lasting(name, before.get(name)), _lasting(name, after[name])
        if old and new and old != new:
            changes.append(FactChange(at, name, old, new))
    return sorted(changes, key=lambda change: change.fact)


def _identity(facts: Facts) -> dict[str, Any]:
    texts = {name: printable(getattr(facts, name)) for name in ("maker", "model", "uuid", "machine_id")}
    real = {name: "" if is_placeholder(value) else value for name, value in texts.items()}
    return {**real, "serial": serial_of(facts), "macs": tuple(printable(mac) for mac in facts.macs)}


def _mismatch(contradicted: Mapping[str, list[str]]) -> str:
    return "; ".join(f"{name}: the record says {ours}, the machine {its}" for name, (ours, its) in contradicted.items())


def _lasting(name: str, value: Any) -> Any:
    if name == "disks" and value:
        return [{key: part for key, part in disk.items() if key != "free"} for disk in value]
    return list(value) if isinstance(value, tuple) else value


def _clean(value: Any) -> Any:
    if isinstance(value, str):
        return printable(value)
    if isinstance(value, Mapping):
        return {name: _clean(part) for name, part in value.items()}
    if isinstance(value, list | tuple):
        return [_clean(part) for part in value]
    return value
