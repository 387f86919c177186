"""Assets and their events as rows."""

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from msgspec.structs import fields, replace
from sqlalchemy import ColumnElement, Connection, Row, insert, select, update

from deskprov.adapters.database.chain import append
from deskprov.adapters.database.documents import ASSET, EVENT
from deskprov.adapters.database.schema import asset_events, assets
from deskprov.errors import RecordError
from deskprov.model.asset import Asset
from deskprov.model.history import AssetEvent, EventKind
from deskprov.model.log import LogKind

_FIELDS = tuple(field.name for field in fields(Asset))


def key_of(name: str) -> str | None:
    """What a host name, tag or serial number is compared by; None for no name."""
    return name.strip().casefold() or None


def tag_keys(name: str) -> list[str]:
    """By what a tag is found: that of a real machine, and that of a practice machine. No two of a kind share one."""
    key = key_of(name)
    return [key, _practice(key)] if key else []


def asset_from(row: Row[Any]) -> Asset:
    """The asset of a row of `assets`."""
    return Asset(**{name: getattr(row, name) for name in _FIELDS})


def assets_where(connection: Connection, condition: ColumnElement[bool]) -> list[Asset]:
    """Assets in the order they were added."""
    return [asset_from(row) for row in connection.execute(select(assets).where(condition).order_by(assets.c.id))]


def locked_assets(connection: Connection, condition: ColumnElement[bool]) -> list[Asset]:
    """The same, kept from others until the transaction ends (on SQLite they are already)."""
    query = select(assets).where(condition).order_by(assets.c.id).with_for_update()
    return [asset_from(row) for row in connection.execute(query)]


def insert_asset(connection: Connection, asset: Asset, at: datetime) -> Asset:
    """A new row."""
    stored = replace(asset, revision=1, created=at, updated=at)
    result = connection.execute(insert(assets).values(_values(stored)))
    [new_id] = result.inserted_primary_key or (0,)
    append(connection, ASSET, [new_id], LogKind.ASSET_SAVED, at)
    return replace(stored, id=new_id)


def update_asset(connection: Connection, before: Asset, after: Asset, at: datetime) -> Asset:
    """Replaces a row that is still as `before` was read. Raises `RecordError` when it is not."""
    stored = replace(after, id=before.id, revision=before.revision + 1, updated=at, last_seen=before.last_seen)
    values = {name: value for name, value in _values(stored).items() if name not in ("created", "last_seen")}
    unchanged = (assets.c.id == before.id) & (assets.c.revision == before.revision)
    if connection.execute(update(assets).where(unchanged).values(values)).rowcount != 1:
        raise RecordError(
            f"{before.label} was changed by someone else in the meantime; nothing was saved.",
            hint=f"deskprov asset show {before.label}, then try again.",
        )
    append(connection, ASSET, [before.id], LogKind.ASSET_SAVED, at)
    return stored


def add_events(connection: Connection, asset_id: int, events: Iterable[AssetEvent]) -> None:
    """New rows, in order."""
    for event in events:
        row = insert(asset_events).values(
            asset_id=asset_id,
            at=event.at,
            by=event.by,
            kind=event.kind,
            text=event.text,
            detail=dict(event.detail),
        )
        [new_id] = connection.execute(row).inserted_primary_key or (0,)
        append(connection, EVENT, [new_id], LogKind.ASSET_EVENT, event.at)


def events_of(connection: Connection, asset_id: int, *kinds: EventKind) -> list[AssetEvent]:
    """Events, newest first; of all kinds when none is named."""
    query = select(asset_events).where(asset_events.c.asset_id == asset_id).order_by(asset_events.c.id.desc())
    if kinds:
        query = query.where(asset_events.c.kind.in_(kinds))
    return [AssetEvent(row.at, row.by, row.kind, row.text, row.detail) for row in connection.execute(query)]


def _values(asset: Asset) -> dict[str, Any]:
    values = {name: getattr(asset, name) for name in _FIELDS if name != "id"}
    keys = {f"{name}_key": key_of(getattr(asset, name)) for name in ("host", "tag", "serial")}
    if asset.practice and keys["tag_key"]:
        keys["tag_key"] = _practice(keys["tag_key"])
    return {**values, **keys, "site_fields": dict(asset.site_fields)}


def _practice(key: str) -> str:
    """With a character that no tag has before it."""
    return f"\x01{key}"
