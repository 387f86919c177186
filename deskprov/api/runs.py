"""What happened: the runs of the site, and everything that the record tells about one machine over time."""

from collections.abc import Sequence

from msgspec import Struct

from deskprov.api.site import Site
from deskprov.errors import NoHostMatched
from deskprov.formats.near_miss import near_miss
from deskprov.model.history import AssetEvent, FactChange, HostRun, RunDetail, RunSummary
from deskprov.presenters.safe_text import safe


class HostHistory(Struct, frozen=True):
    """A machine's past, each list newest first."""

    host: str
    runs: Sequence[HostRun]
    events: Sequence[AssetEvent]
    fact_changes: Sequence[FactChange]


def runs(site: Site, limit: int) -> Sequence[RunSummary]:
    """The latest runs, newest first."""
    return site.history.runs(limit)


def run(site: Site, name: str) -> RunDetail:
    """A run by its id or the beginning of it; the latest when `name` is empty. Raises `NoHostMatched`."""
    if found := site.history.run(name):
        return found
    if not name:
        raise NoHostMatched("There was no run yet.", hint="deskprov setup HOST is the first.")
    meant = near_miss(name, [summary.run for summary in site.history.runs(500)])
    hint = f"Did you mean {meant}?" if meant else "deskprov run list shows the latest."
    raise NoHostMatched(f"The record has no run '{safe(name)}'.", hint=hint)


def of_host(site: Site, name: str, limit: int) -> Sequence[HostRun]:
    """The latest runs of a machine, by host name, tag or serial number, newest first."""
    return site.history.of_host(site.assets.find_host(name) or name, limit)


def history(site: Site, name: str, limit: int) -> HostHistory:
    """All that happened to a machine. Raises `NoHostMatched` when the record knows nothing of it."""
    asset = site.assets.find(name)
    host = asset.host if asset and asset.host else name
    past = site.history.of_host(host, limit)
    if asset is None and not past:
        raise NoHostMatched(
            f"The record knows nothing of '{safe(name)}'.", hint="deskprov asset find TEXT looks for it."
        )
    if asset is None:
        return HostHistory(host, past, [], [])
    return HostHistory(host, past, site.assets.events(asset)[:limit], site.assets.fact_changes(asset)[:limit])
