"""Reads and edits assets."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row, Table, select, true, update

from deskprov.adapters.database.engine import Transactions
from deskprov.adapters.database.rows import (
    add_events,
    assets_where,
    events_of,
    insert_asset,
    key_of,
    tag_keys,
    update_asset,
)
from deskprov.adapters.database.schema import assets, fact_changes, sightings, software, users
from deskprov.errors import NoHostMatched
from deskprov.model.asset import Asset, differences, first_values, meant
from deskprov.model.history import AssetEvent, FactChange, SeenSoftware, SeenUser, Sightings
from deskprov.model.ports.assets import AssetChange
from deskprov.model.sighting import facts_from


class DatabaseAssets:
    """The port `AssetStore`."""

    def __init__(self, transactions: Transactions) -> None:
        self._transactions = transactions

    def find(self, name: str) -> Asset | None:
        """The asset with this host name, tag or serial number. Raises `NoHostMatched` for a shared serial number."""
        key = key_of(name)
        with self._transactions.reading() as connection:
            for column, keys in (
                (assets.c.host_key, [key]),
                (assets.c.tag_key, tag_keys(name)),
                (assets.c.serial_key, [key]),
            ):
                found = meant(assets_where(connection, column.in_(keys))) if key else []
                if len(found) > 1:
                    raise NoHostMatched(
                        f"The serial number {name} belongs to several: {', '.join(asset.label for asset in found)}.",
                        hint="Name the one you mean by its host name or tag.",
                    )
                if found:
                    return found[0]
        return None

    def find_host(self, tag_or_serial: str) -> str | None:
        """The host name of the asset that `find` gives."""
        asset = self.find(tag_or_serial)
        return asset.host or None if asset else None

    def all(self) -> Sequence[Asset]:
        """Every asset, by host name, then tag, then serial number."""
        with self._transactions.reading() as connection:
            found = assets_where(connection, true())
        return sorted(found, key=lambda asset: tuple(key_of(n) or "" for n in (asset.host, asset.tag, asset.serial)))

    def save(self, changes: Sequence[AssetChange], at: datetime, by: str) -> Sequence[Asset]:
        """Stores all changes or none, logs each, and returns the assets as stored."""
        with self._transactions.writing() as connection:
            _free_names(connection, changes)
            return [_save(connection, change, at, by) for change in changes]

    def log(self, asset: Asset, event: AssetEvent) -> None:
        """Adds to the events of a stored asset."""
        with self._transactions.writing() as connection:
            add_events(connection, asset.id, [event])

    def events(self, asset: Asset) -> Sequence[AssetEvent]:
        """What happened to it, newest first."""
        with self._transactions.reading() as connection:
            return events_of(connection, asset.id)

    def sightings(self, asset: Asset) -> Sightings | None:
        """The last look at the machine; None when there was none."""
        with self._transactions.reading() as connection:
            row = connection.execute(select(sightings).where(sightings.c.asset_id == asset.id)).first()
            if row is None:
                return None
            packages = [
                SeenSoftware(each.name, each.version, each.first_seen, each.last_seen, each.present)
                for each in _present_first(connection, software, asset)
            ]
            accounts = [
                SeenUser(each.name, each.full_name, each.administrator, each.first_seen, each.last_seen, each.present)
                for each in _present_first(connection, users, asset)
            ]
            return Sightings(row.at, facts_from(row.facts), packages, accounts)

    def fact_changes(self, asset: Asset) -> Sequence[FactChange]:
        """What was different at later looks, newest first."""
        query = select(fact_changes).where(fact_changes.c.asset_id == asset.id).order_by(fact_changes.c.id.desc())
        with self._transactions.reading() as connection:
            return [FactChange(row.at, row.fact, row.before, row.after) for row in connection.execute(query)]


def _free_names(connection: Connection, changes: Sequence[AssetChange]) -> None:
    """Lets go of host names and tags first, so that two assets may swap theirs."""
    for change in changes:
        if change.before is not None and _names(change.before) != _names(change.after):
            mine = assets.c.id == change.before.id
            connection.execute(update(assets).where(mine).values(host_key=None, tag_key=None))


def _names(asset: Asset) -> tuple[str | None, str | None]:
    return key_of(asset.host), key_of(asset.tag)


def _save(connection: Connection, change: AssetChange, at: datetime, by: str) -> Asset:
    if change.before is None:
        stored = insert_asset(connection, change.after, at)
        add_events(connection, stored.id, [AssetEvent(at, by, change.kind, detail=first_values(stored))])
        return stored
    changed = differences(change.before, change.after)
    if not changed:
        return change.before
    stored = update_asset(connection, change.before, change.after, at)
    add_events(connection, stored.id, [AssetEvent(at, by, change.kind, detail=changed)])
    return stored


def _present_first(connection: Connection, table: Table, asset: Asset) -> Sequence[Row[Any]]:
    query = select(table).where(table.c.asset_id == asset.id)
    return connection.execute(query.order_by(table.c.present.desc(), table.c.name, table.c.id)).all()
