"""Which machines a command means. Without a target it means none: "all" must be said, as `@all`."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from operator import attrgetter

from deskprov.api.site import Site
from deskprov.api.site_entries import SiteCatalogue
from deskprov.errors import NoHostMatched, WrongUsage
from deskprov.formats.near_miss import near_misses
from deskprov.model.inventory import Host, Inventory
from deskprov.model.place import Place

FORMS = "a host, tag or serial, @group, profile:NAME, place:NAME or ring:NAME"

KINDS: Mapping[str, Callable[[Host], str]] = {
    "profile": attrgetter("profile"),
    "place": attrgetter("place"),
    "ring": attrgetter("ring"),
}

Places = Callable[[], Mapping[str, Place]]
"""The places of the site; asked when a target names one, for they are in a file of their own."""

FindHost = Callable[[str], str | None]
"""The host name of the asset with this tag or serial; None when there is none."""


def meant(site: Site, targets: Sequence[str]) -> list[Host]:
    """The machines of a site that the targets name, as `match` says. Raises what that raises, and `InvalidInput`."""
    return match(site.inventory.read(), targets, lambda name: site.assets.find_host(name), lambda: _places(site))


def _places(site: Site) -> Mapping[str, Place]:
    return SiteCatalogue(site).places or {}


def match(inventory: Inventory, targets: Sequence[str], find_host: FindHost, places: Places = lambda: {}) -> list[Host]:
    """The machines that the targets name, each once, in the order of the targets.

    A place means all places within it, too. Within a group, profile, place or ring they stand in the order of the
    inventory. Raises `WrongUsage` without targets, and `NoHostMatched` for a target that names no machine.
    """
    if not targets:
        raise WrongUsage("Which machines?", hint=f"Name {FORMS}; every machine of the site is @all.")
    found: dict[str, Host] = {}
    for target in targets:
        for host in _named(inventory, target, find_host, places):
            found.setdefault(host.name, host)
    return list(found.values())


def _named(inventory: Inventory, target: str, find_host: FindHost, places: Places) -> list[Host]:
    if target.startswith("@"):
        return _of_group(inventory, target)
    kind, colon, wanted = target.partition(":")
    if colon and kind in KINDS:
        return _of_kind(inventory, kind, wanted, places() if kind == "place" else {})
    host = inventory.hosts.get(target) or inventory.hosts.get(find_host(target) or "")
    if host is None:
        raise _nothing(target, f"No machine has the name, tag or serial {target}.", inventory.hosts)
    return [host]


def _of_group(inventory: Inventory, target: str) -> list[Host]:
    members = inventory.groups.get(target.removeprefix("@"))
    if members is None:
        raise _nothing(target, f"There is no group {target.removeprefix('@')}.", [f"@{g}" for g in inventory.groups])
    if not members:
        raise NoHostMatched(f"The group {target.removeprefix('@')} has no machines.", hint="deskprov host list")
    return [inventory.hosts[name] for name in members]


def _of_kind(inventory: Inventory, kind: str, wanted: str, places: Mapping[str, Place]) -> list[Host]:
    values = {name: _with_places_around(KINDS[kind](host), places) for name, host in inventory.hosts.items()}
    hosts = [host for host in inventory.hosts.values() if wanted in values[host.name]]
    known = sorted({f"{kind}:{value}" for several in values.values() for value in several})
    if not wanted:
        hint = f"There is: {', '.join(known)}" if known else f"No machine has a {kind}: deskprov host list"
        raise NoHostMatched(f"{kind}: needs a name after the colon.", hint=hint)
    if not hosts:
        raise _nothing(f"{kind}:{wanted}", f"No machine has the {kind} {wanted}.", known)
    return hosts


def _with_places_around(value: str, places: Mapping[str, Place]) -> list[str]:
    """The value, and of a place what it stands in: its room, its building. None for an empty one."""
    around: list[str] = []
    while value and value not in around:
        around.append(value)
        value = places[value].within if value in places else ""
    return around


def _nothing(target: str, message: str, known: Iterable[str]) -> NoHostMatched:
    close = near_misses(target, known)
    hint = f"Did you mean {' or '.join(close)}?" if close else "deskprov host list shows the machines."
    return NoHostMatched(message, hint=hint)
