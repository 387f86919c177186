"""The asset record: look at it, correct it, fill it from a table, give it out again."""

from collections.abc import Mapping, Sequence
from typing import Any

from msgspec import Struct

from deskprov.api.site import Site
from deskprov.errors import NoHostMatched, WrongUsage
from deskprov.formats.asset_csv import nearest, read_assets, shown
from deskprov.formats.near_miss import near_misses
from deskprov.model.asset import Asset, AssetField, differences, fields_with
from deskprov.model.asset_filter import AssetFilter, mentions
from deskprov.model.history import AssetEvent, EventKind, HostRun, Sightings
from deskprov.model.inventory import Host
from deskprov.model.ports.assets import AssetChange
from deskprov.model.problem import InvalidInput
from deskprov.stages.record import NAMES, plan_import, taken_names

RUNS_SHOWN = 20


class AssetDetail(Struct, frozen=True):
    """All that the record tells about one asset; events and runs newest first, the latest twenty runs.

    `host` is what the inventory says of it, None when that has no such machine or cannot be read.
    """

    asset: Asset
    sightings: Sightings | None
    events: Sequence[AssetEvent]
    runs: Sequence[HostRun]
    host: Host | None = None


def fields(site: Site) -> Mapping[str, AssetField]:
    """The fields that people may fill in, the site's own after the others."""
    return fields_with(site.settings.asset_fields)


def listing(site: Site, wanted: AssetFilter) -> Sequence[Asset]:
    """The assets that a filter admits, by name."""
    return [asset for asset in site.assets.all() if wanted.admits(asset)]


def find(site: Site, text: str) -> Sequence[Asset]:
    """The assets in whose fields every word of the text stands, by name."""
    return [asset for asset in site.assets.all() if mentions(asset, text)]


def asset_called(site: Site, name: str) -> Asset:
    """The asset with this host name, tag or serial number. Raises `NoHostMatched`, with near misses."""
    if asset := site.assets.find(name):
        return asset
    if name in site.inventory.read().hosts:
        raise NoHostMatched(f"Nobody has looked at {name} yet.", hint=f"deskprov setup {name}, or deskprov plan {name}")
    names = [getattr(asset, each) for asset in site.assets.all() for each in NAMES]
    close = near_misses(name, filter(None, names))
    hint = f"Did you mean {' or '.join(close)}?" if close else "deskprov asset find TEXT looks into every field."
    raise NoHostMatched(f"The record has no asset {shown(name)}.", hint=hint)


def show(site: Site, name: str) -> AssetDetail:
    """Everything about one asset. Raises `NoHostMatched`."""
    asset = asset_called(site, name)
    runs = site.history.of_host(asset.host, RUNS_SHOWN) if asset.host else []
    host = _in_inventory(site, asset.host) if asset.host else None
    return AssetDetail(asset, site.assets.sightings(asset), site.assets.events(asset), runs, host)


def _in_inventory(site: Site, name: str) -> Host | None:
    try:
        return site.inventory.read().hosts.get(name)
    except InvalidInput:
        return None  # the record is readable all the same; validate says what is wrong there


def edit(site: Site, name: str, assignments: Sequence[str]) -> AssetChange:
    """Sets fields, each given as `FIELD=VALUE`, and returns the asset before and as stored.

    A machine of the inventory that has no record yet gets one. Raises `NoHostMatched`, and `WrongUsage` with
    everything that is wrong with the assignments.
    """
    values = _values(site, assignments)
    before = site.assets.find(name)
    if before is None and name in site.inventory.read().hosts:
        return AssetChange(None, _store(site, AssetChange(None, Asset(host=name).with_values(values))))
    before = before or asset_called(site, name)
    return AssetChange(before, _store(site, AssetChange(before, before.with_values(values))))


def add(site: Site, assignments: Sequence[str]) -> Asset:
    """Makes an asset that nobody recorded yet. Raises `WrongUsage` with everything that is wrong."""
    asset = Asset().with_values(_values(site, assignments))
    if not any(getattr(asset, name) for name in NAMES):
        raise WrongUsage("An asset needs a tag, a serial or a host.", hint="deskprov asset add tag=GV-0042 kind=laptop")
    return _store(site, AssetChange(None, asset))


def note(site: Site, name: str, text: str) -> Asset:
    """Adds a remark to an asset's history. Raises `NoHostMatched`; `WrongUsage` for one without a word."""
    if not text.strip():
        raise WrongUsage("A remark needs words.", hint="deskprov asset note GV-0042 lent to room 12")
    asset = asset_called(site, name)
    site.assets.log(asset, AssetEvent(site.clock.now(), site.operator, EventKind.NOTE, text))
    return asset


def plan_table(site: Site, content: bytes, file: str) -> Sequence[AssetChange]:
    """What a CSV table would change. Raises `InvalidInput` with every problem, by line and column."""
    rows, problems = read_assets(content, file, fields(site))
    changes, clashes = plan_import(site.assets.all(), rows)
    if problems or clashes:
        raise InvalidInput(sorted([*problems, *clashes], key=lambda problem: problem.source))
    return changes


def import_changes(site: Site, changes: Sequence[AssetChange]) -> Sequence[Asset]:
    """Stores what `plan_table` gave, all of it or nothing. Raises `RecordError` when the record changed since."""
    return site.assets.save(changes, site.clock.now(), site.operator)


def _values(site: Site, assignments: Sequence[str]) -> dict[str, Any]:
    known = fields(site)
    values: dict[str, Any] = {}
    wrong = []
    for assignment in assignments:
        name, equals, text = assignment.partition("=")
        name = name.strip().replace("-", "_")
        if not equals:
            wrong.append(f"{shown(assignment)} is not FIELD=VALUE")
        elif name not in known:
            wrong.append(f"there is no field {shown(name)} ({nearest(name, known)})")
        else:
            try:
                values[name] = known[name].form.value(text)
            except ValueError as error:
                wrong.append(f"{name}: {shown(text)} {error}")
    if wrong:
        raise WrongUsage(f"Nothing was changed: {'; '.join(wrong)}.", hint="deskprov asset fields lists them all.")
    return values


def _store(site: Site, change: AssetChange) -> Asset:
    if change.before and not differences(change.before, change.after):
        return change.before
    for name, owner in taken_names(site.assets.all(), change):
        raise WrongUsage(
            f"The {name} {shown(change.after.value(name))} belongs to another asset, {owner.label}.",
            hint=f"deskprov asset show {owner.label}",
        )
    [stored] = site.assets.save([change], site.clock.now(), site.operator)
    return stored
