"""Ports to the asset record and to the history of runs. Runs are written through the port in `record`."""

from collections.abc import Sequence
from datetime import datetime
from typing import Protocol

from msgspec import Struct

from deskprov.model.asset import Asset
from deskprov.model.history import AssetEvent, EventKind, FactChange, HostRun, RunDetail, RunSummary, Sightings


class AssetChange(Struct, frozen=True):
    """A new asset (`before` is None), or one as it was read and as it shall be."""

    before: Asset | None
    after: Asset
    kind: EventKind = EventKind.EDITED


class AssetStore(Protocol):
    """The assets of the site. Every change is one transaction and durable when it returns; all raise `RecordError`."""

    def find(self, name: str) -> Asset | None:
        """The asset with this host name, tag or serial number (in this order), upper and lower case aside.

        Raises `NoHostMatched` when several have this serial number, naming them.
        """

    def find_host(self, tag_or_serial: str) -> str | None:
        """The host name of the asset that `find` gives; None when there is no asset, or it has no host name."""

    def all(self) -> Sequence[Asset]:
        """Every asset, by host name, then tag, then serial number; practice machines too."""

    def save(self, changes: Sequence[AssetChange], at: datetime, by: str) -> Sequence[Asset]:
        """Stores all changes or none, logs each, and returns the assets as stored.

        Raises `RecordError` when one was changed by someone else since it was read, or a host name or tag is taken.
        """

    def log(self, asset: Asset, event: AssetEvent) -> None:
        """Adds to the events of a stored asset."""

    def events(self, asset: Asset) -> Sequence[AssetEvent]:
        """What happened to it, newest first."""

    def sightings(self, asset: Asset) -> Sightings | None:
        """The last look at the machine; None when there was none."""

    def fact_changes(self, asset: Asset) -> Sequence[FactChange]:
        """What was different at later looks, newest first."""


class RunHistory(Protocol):
    """The runs of the site, newest first; all raise `RecordError`."""

    def runs(self, limit: int) -> Sequence[RunSummary]:
        """The latest runs."""

    def run(self, name: str) -> RunDetail | None:
        """A run by its id or the beginning of it (the latest that fits); None when there is none."""

    def of_host(self, host: str, limit: int) -> Sequence[HostRun]:
        """The latest runs of one machine, also those under an earlier name of it."""
