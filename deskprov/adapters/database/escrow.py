"""What is kept sealed, as rows. A burned row keeps its dates and loses what was sealed."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row, Select, insert, null, select, update

from deskprov.adapters.database.chain import append
from deskprov.adapters.database.documents import ESCROW, ESCROW_EVENT
from deskprov.adapters.database.engine import Transactions
from deskprov.adapters.database.rows import add_events, events_of, key_of
from deskprov.adapters.database.schema import assets, escrow, escrow_events
from deskprov.adapters.escrow.sealing import Seal
from deskprov.errors import SecretUnavailable
from deskprov.model.escrow import EscrowAct, EscrowEvent, EscrowState, Kept, NewSecret, Owner
from deskprov.model.history import AssetEvent, EventKind
from deskprov.model.log import LogKind
from deskprov.model.secret import Value

_HELD = escrow.c.state != EscrowState.REPLACED


class DatabaseEscrow:
    """The port `Escrow`."""

    def __init__(self, transactions: Transactions, seal: Seal) -> None:
        self._transactions = transactions
        self._seal = seal

    def kept(self) -> Sequence[Kept]:
        """All that is not burned, by machine and key, the newest of an owner first."""
        with self._transactions.reading() as connection:
            found = [_kept(row) for row in connection.execute(_rows())]
        return sorted(found, key=lambda kept: (kept.owner.host.casefold(), kept.owner.key, -kept.id))

    def of(self, owner: Owner) -> Sequence[Kept]:
        """What is not burned of this owner, newest first."""
        with self._transactions.reading() as connection:
            return _of(connection, owner)

    def keep(self, new: NewSecret, at: datetime, by: str) -> Kept:
        """Seals and stores, in one transaction with what it burns and with the log."""
        [kept] = self.keep_all([new], at, by)
        return kept

    def keep_all(self, new: Sequence[NewSecret], at: datetime, by: str) -> Sequence[Kept]:
        """Several in one transaction."""
        with self._transactions.writing() as connection:
            return [self._keep(connection, each, at, by) for each in new]

    def open(self, kept: Kept) -> Value:
        """The value, if the private key opens it and it was sealed for this owner."""
        with self._transactions.reading() as connection:
            row = _held(connection, kept)
        return self._opened(row, kept.owner)

    def prove(self, kept: Kept, at: datetime, by: str) -> None:
        """Makes it current and burns all else of its owner, at once, unless it has been burned itself."""
        with self._transactions.writing() as connection:
            _held(connection, kept)
            _burn(connection, [other for other in _of(connection, kept.owner) if other.id != kept.id], at)
            connection.execute(update(escrow).where(escrow.c.id == kept.id).values(state=EscrowState.CURRENT))
            append(connection, ESCROW, [kept.id], LogKind.ESCROW_SAVED, at)
            _log(connection, EscrowEvent(at, by, EscrowAct.PROVED, kept.owner), _asset_id(connection, kept.owner))

    def reseal(self, at: datetime, by: str) -> int:
        """Seals everything anew, all or nothing."""
        with self._transactions.writing() as connection:
            rows = connection.execute(_rows()).all()
            for row in rows:
                owner = _kept(row).owner
                sealed = self._seal.seal(self._opened(row, owner), _bound_to(row.asset_id, owner))
                values = {"sealed": sealed, "keys": tuple(self._seal.keys)}
                connection.execute(update(escrow).where(escrow.c.id == row.id).values(values))
                append(connection, ESCROW, [row.id], LogKind.ESCROW_SAVED, at)
                _log(connection, EscrowEvent(at, by, EscrowAct.RESEALED, owner), row.asset_id)
        return len(rows)

    def log(self, event: EscrowEvent) -> None:
        """Writes down what a person did."""
        with self._transactions.writing() as connection:
            _log(connection, event, _asset_id(connection, event.owner))

    def events(self, owner: Owner) -> Sequence[EscrowEvent]:
        """What was done with the secrets of this owner, newest first."""
        with self._transactions.reading() as connection:
            if owner.host:
                told = events_of(connection, _asset_id(connection, owner) or 0, EventKind.SECRET)
                return [
                    EscrowEvent(e.at, e.by, EscrowAct(e.detail["act"]), owner, e.text)
                    for e in told
                    if e.detail.get("key") == owner.key
                ]
            query = select(escrow_events).where(escrow_events.c.key == owner.key).order_by(escrow_events.c.id.desc())
            return [EscrowEvent(r.at, r.by, r.act, owner, r.reason) for r in connection.execute(query)]

    def _keep(self, connection: Connection, new: NewSecret, at: datetime, by: str) -> Kept:
        asset = _asset_id(connection, new.owner)
        sealed = self._seal.seal(new.value, _bound_to(asset, new.owner))
        if new.state is EscrowState.CURRENT:
            _burn(connection, _of(connection, new.owner), at)
        values = {
            "asset_id": asset,
            "purpose": new.owner.key,
            "state": new.state,
            "mark": new.value.mark,
            "keys": tuple(self._seal.keys),
            "sealed": sealed,
            "at": at,
            "by": by,
        }
        result = connection.execute(insert(escrow).values(values))
        [new_id] = result.inserted_primary_key or (0,)
        append(connection, ESCROW, [new_id], LogKind.ESCROW_SAVED, at)
        _log(connection, EscrowEvent(at, by, new.act, new.owner), asset)
        return Kept(new_id, new.owner, new.state, new.value.mark, tuple(self._seal.keys), at, by)

    def _opened(self, row: Row[Any], owner: Owner) -> Value:
        return self._seal.open(row.sealed, _bound_to(row.asset_id, owner), owner.label)


def _rows() -> Select[Any]:
    with_host = select(escrow, assets.c.host).outerjoin(assets, assets.c.id == escrow.c.asset_id)
    return with_host.where(_HELD).order_by(escrow.c.id.desc())


def _of(connection: Connection, owner: Owner) -> list[Kept]:
    mine = assets.c.host_key == key_of(owner.host) if owner.host else escrow.c.asset_id.is_(None)
    return [_kept(row) for row in connection.execute(_rows().where(mine, escrow.c.purpose == owner.key))]


def _held(connection: Connection, kept: Kept) -> Row[Any]:
    """Its row. Raises `SecretUnavailable` when it holds nothing any more."""
    row = connection.execute(select(escrow).where(escrow.c.id == kept.id)).one()
    if row.sealed is None or row.state is EscrowState.REPLACED:
        raise SecretUnavailable(f"What was kept for {kept.owner.label} has been replaced.", hint="Look again.")
    return row


def _kept(row: Row[Any]) -> Kept:
    owner = Owner(row.host or "", row.purpose)
    return Kept(row.id, owner, row.state, row.mark, row.keys, row.at, row.by, row.ended)


def _burn(connection: Connection, kept: Sequence[Kept], at: datetime) -> None:
    values = {"state": EscrowState.REPLACED, "sealed": null(), "ended": at}
    for each in kept:
        connection.execute(update(escrow).where(escrow.c.id == each.id).values(values))
        append(connection, ESCROW, [each.id], LogKind.ESCROW_SAVED, at)


def _asset_id(connection: Connection, owner: Owner) -> int | None:
    """The machine's asset; None for a secret of the site."""
    if not owner.host:
        return None
    query = select(assets.c.id).where(assets.c.host_key == key_of(owner.host))
    found: int | None = connection.execute(query).scalar()
    if found is None:
        raise SecretUnavailable(
            f"The record does not know {owner.host} yet.", hint=f"Look at it once: deskprov plan {owner.host}"
        )
    return found


def _bound_to(asset: int | None, owner: Owner) -> str:
    return f"site {owner.key}" if asset is None else f"asset {asset} {owner.key}"


def _log(connection: Connection, event: EscrowEvent, asset: int | None) -> None:
    if asset is not None:
        detail = {"act": event.act.value, "key": event.owner.key}
        add_events(connection, asset, [AssetEvent(event.at, event.by, EventKind.SECRET, event.reason, detail)])
        return
    values = {"at": event.at, "by": event.by, "act": event.act, "key": event.owner.key, "reason": event.reason}
    new = connection.execute(insert(escrow_events).values(values)).inserted_primary_key or ()
    append(connection, ESCROW_EVENT, new, LogKind.ESCROW_EVENT, event.at)
