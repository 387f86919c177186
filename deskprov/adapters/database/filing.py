"""Files a look at a machine: its asset, its facts and what changed in them, its software and users."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from msgspec.structs import replace
from sqlalchemy import Connection, Table, insert, select, true, update

from deskprov.adapters.database.rows import (
    add_events,
    events_of,
    insert_asset,
    key_of,
    locked_assets,
    update_asset,
)
from deskprov.adapters.database.schema import assets, fact_changes, sightings, software, users
from deskprov.model.asset import Asset, differences
from deskprov.model.facts import Facts
from deskprov.model.history import AssetEvent, EventKind
from deskprov.model.identity import serial_of
from deskprov.model.sighting import accounts, fact_data, gives_way, identify, is_news, new_asset, packages
from deskprov.model.sighting import fact_changes as compare_facts

_Seen = Mapping[tuple[str, ...], Mapping[str, Any]]
"""What identifies a thing, and what else is said about it."""


def file_sighting(connection: Connection, host: str, facts: Facts, at: datetime, *, practice: bool) -> None:
    """Everything that follows from one look, inside the caller's transaction."""
    before, events = _asset_of(connection, host, facts, at, practice=practice)
    after, learned = identify(before, facts, at, practice=practice)
    told = events_of(connection, before.id, EventKind.IDENTITY_MISMATCH)
    if differences(before, after) or before.practice != after.practice:
        update_asset(connection, before, after, at)
    # no news for the log, so the salt stays
    connection.execute(update(assets).where(assets.c.id == before.id).values(last_seen=at, salt=assets.c.salt))
    add_events(connection, before.id, [event for event in [*events, *learned] if is_news(event, told)])
    _file_facts(connection, before.id, fact_data(facts), at)
    if installed := packages(facts):
        there: _Seen = {(item.name, item.version): {} for item in installed}
        _file_present(connection, software, before.id, ("name", "version"), there, at)
    if (known := accounts(facts)) is not None:
        people: _Seen = {(u.name,): {"full_name": u.full_name, "administrator": u.administrator} for u in known}
        _file_present(connection, users, before.id, ("name",), people, at)


def _asset_of(
    connection: Connection, host: str, facts: Facts, at: datetime, *, practice: bool
) -> tuple[Asset, Sequence[AssetEvent]]:
    for known in locked_assets(connection, assets.c.host_key == key_of(host)):
        if not gives_way(known, practice=practice):
            return known, []
        update_asset(connection, known, replace(known, host=""), at)
    serial = key_of(serial_of(facts))
    same_serial = locked_assets(connection, assets.c.serial_key == serial) if serial else []
    asset, events = new_asset(host, same_serial, at, practice=practice)
    if asset.id:
        [before] = [one for one in same_serial if one.id == asset.id]
        return update_asset(connection, before, asset, at), events
    return insert_asset(connection, asset, at), events


def _file_facts(connection: Connection, asset_id: int, data: Mapping[str, Any], at: datetime) -> None:
    row = connection.execute(select(sightings.c.facts).where(sightings.c.asset_id == asset_id)).first()
    if row is None:
        connection.execute(insert(sightings).values(asset_id=asset_id, at=at, facts=data))
        return
    connection.execute(update(sightings).where(sightings.c.asset_id == asset_id).values(at=at, facts=data))
    changes = [
        {"asset_id": asset_id, "at": change.at, "fact": change.fact, "before": change.before, "after": change.after}
        for change in compare_facts(row.facts, data, at)
    ]
    if changes:
        connection.execute(insert(fact_changes), changes)


def _file_present(
    connection: Connection,
    table: Table,
    asset_id: int,
    identity: Sequence[str],
    seen: _Seen,
    at: datetime,
) -> None:
    """Marks what is there now, and keeps what is not, with the time it was last there."""
    known = {
        tuple(getattr(row, name) for name in identity): row
        for row in connection.execute(select(table).where(table.c.asset_id == asset_id))
    }
    for row in [row for key, row in known.items() if row.present and key not in seen]:
        connection.execute(update(table).where(table.c.id == row.id).values(present=False))
    still_there = (table.c.asset_id == asset_id) & (table.c.present == true())
    connection.execute(update(table).where(still_there).values(last_seen=at))
    for key in seen.keys() & known.keys():
        row, values = known[key], seen[key]
        if not row.present or any(getattr(row, name) != values[name] for name in values):
            connection.execute(update(table).where(table.c.id == row.id).values(present=True, last_seen=at, **values))
    times = {"first_seen": at, "last_seen": at, "present": True}
    new = [
        {"asset_id": asset_id, **times, **dict(zip(identity, key, strict=True)), **values}
        for key, values in seen.items()
        if key not in known
    ]
    if new:
        connection.execute(insert(table), new)
