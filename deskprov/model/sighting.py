"""What follows from a look at a machine for its asset record.

The record is the authority for what people entered. A machine fills in only what is empty; where it says otherwise,
that is reported, because the wrong computer may stand in the right place.
"""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from msgspec import to_builtins
from msgspec.structs import fields, replace

from deskprov.model.asset import Asset, AssetKind, LifeState, differences
from deskprov.model.asset_text import printable
from deskprov.model.facts import Disk, EncryptedVolume, Facts, InstalledSoftware, LocalUser, VolumeState
from deskprov.model.history import AssetEvent, EventKind, FactChange
from deskprov.model.identity import contradictions, given_by_maker
from deskprov.model.placeholder import is_placeholder

BY_MACHINE = "deskprov"
"""Who is named for what a machine itself told."""

_FILLED = ("serial", "maker", "model", "uuid", "macs")
_LISTED_APART = frozenset({"software", "users"})
_FLEETING = frozenset(
    {"battery_percent", "boot_id", "elevated", "kept_awake", "on_battery", "reboot_wanted", "unanswered"}
)
_TEXTS = ("macs", "reboot_wanted", "administrators", "printers", "wifi_networks", "unanswered")


def new_asset(
    host: str, same_serial: Sequence[Asset], at: datetime, *, practice: bool
) -> tuple[Asset, Sequence[AssetEvent]]:
    """The asset of a machine whose host name the record does not know, and what is to be logged.

    It is the one that was imported with this serial number and has no host name yet; else a new one, which is out of
    its box, for it answers. Practice machines and real ones have nothing to do with each other's serial numbers.
    """
    same_serial = [asset for asset in same_serial if asset.practice == practice]
    waiting = [asset for asset in same_serial if not asset.host]
    if len(waiting) == 1:
        joined = f"found on the network as {host} by its serial number"
        return replace(waiting[0], host=host), [AssetEvent(at, BY_MACHINE, EventKind.JOINED, joined)]
    asset = Asset(host=host, kind=AssetKind.COMPUTER, state=LifeState.READY, practice=practice)
    events = [AssetEvent(at, BY_MACHINE, EventKind.CREATED, "first look at the machine")]
    if same_serial:
        others = [other.label for other in same_serial]
        told = f"its serial number is also that of {', '.join(others)}"
        events.append(AssetEvent(at, BY_MACHINE, EventKind.IDENTITY_MISMATCH, told, {"same_serial": others}))
    return asset, events


def gives_way(asset: Asset, *, practice: bool) -> bool:
    """True for the record of a practice machine, found by the name that a real machine has now: it lets go of it."""
    return asset.practice and not practice and bool(asset.tag or asset.serial)


def identify(asset: Asset, facts: Facts, at: datetime, *, practice: bool) -> tuple[Asset, Sequence[AssetEvent]]:
    """The asset with what the machine says about itself, and what is to be logged."""
    said = _identity(facts)
    missing = {name: said[name] for name in _FILLED if said[name] and not asset.value(name)}
    # a new installation of the operating system gives itself a new id: no other machine for that
    current = {"machine_id": said["machine_id"]} if said["machine_id"] else {}
    after = replace(asset.with_values(missing | current), practice=practice, last_seen=at)
    events = []
    changed = differences(asset, after)
    if asset.practice != practice:
        changed["practice"] = [asset.practice, practice]
    if changed:
        events.append(AssetEvent(at, BY_MACHINE, EventKind.IDENTIFIED, detail=changed))
    if contradicted := contradictions(asset, facts):
        events.append(AssetEvent(at, BY_MACHINE, EventKind.IDENTITY_MISMATCH, _mismatch(contradicted), contradicted))
    return after, events


def is_news(event: AssetEvent, earlier: Sequence[AssetEvent]) -> bool:
    """False for a contradiction that the latest of its kind (`earlier` is newest first) has told already."""
    if event.kind is not EventKind.IDENTITY_MISMATCH:
        return True
    latest = next((old for old in earlier if old.kind is event.kind), None)
    return latest is None or latest.detail != event.detail


def set_up(asset: Asset, run: str, at: datetime) -> tuple[Asset, Sequence[AssetEvent]]:
    """The asset after a run that brought it to what its profile says: out of stock, if it was in."""
    if asset.state is not LifeState.STOCK:
        return asset, []
    after = replace(asset, state=LifeState.READY)
    return after, [AssetEvent(at, BY_MACHINE, EventKind.SET_UP, detail={"run": run, **differences(asset, after)})]


def fact_data(facts: Facts) -> dict[str, Any]:
    """The facts as plain JSON data, without software and users; text cleaned of what cannot be printed."""
    data = to_builtins(replace(facts, software=(), users=()))
    return {name: _clean(value) for name, value in data.items() if name not in _LISTED_APART}


def packages(facts: Facts) -> Sequence[InstalledSoftware]:
    """The software once each, its text cleaned of what cannot be printed. None at all means that nobody looked."""
    cleaned = (InstalledSoftware(printable(item.name), printable(item.version)) for item in facts.software)
    return list(dict.fromkeys(cleaned))


def accounts(facts: Facts) -> Sequence[LocalUser] | None:
    """The users once each, cleaned; None when nobody looked (a machine without a single package there is none)."""
    if not facts.users and not facts.software:
        return None
    cleaned = (LocalUser(printable(u.name), printable(u.full_name), u.administrator) for u in facts.users)
    return list({user.name: user for user in cleaned}.values())


def facts_from(data: Mapping[str, Any]) -> Facts:
    """The facts again; names that this release does not know are left out."""
    known = {f.name for f in fields(Facts)} - _LISTED_APART
    values = {name: value for name, value in data.items() if name in known}
    lists: dict[str, Any] = {name: tuple(values.get(name, ())) for name in _TEXTS}
    lists["disks"] = tuple(Disk(**disk) for disk in values.get("disks", ()))
    lists["encryption"] = tuple(
        EncryptedVolume(volume["mount"], VolumeState(volume["state"])) for volume in values.get("encryption", ())
    )
    return Facts(**{**values, **lists})


def fact_changes(before: Mapping[str, Any], after: Mapping[str, Any], at: datetime) -> Sequence[FactChange]:
    """What is known both times and differs. How full a disk or a battery is, is no change."""
    changes = []
    for name in after.keys() - _FLEETING:
        old, new = _lasting(name, before.get(name)), _lasting(name, after[name])
        if old and new and old != new:
            changes.append(FactChange(at, name, old, new))
    return sorted(changes, key=lambda change: change.fact)


def _identity(facts: Facts) -> dict[str, Any]:
    texts = {name: printable(getattr(facts, name)) for name in ("maker", "model", "machine_id")}
    real = {name: "" if is_placeholder(value) else value for name, value in texts.items()}
    return {**real, **given_by_maker(facts), "macs": tuple(printable(mac) for mac in facts.macs)}


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
