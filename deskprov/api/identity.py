"""Makes sure, after the first look and before anything is changed, that the right machine has answered.

A pinned key alone does not tell: machines that were imaged from one disk share their keys, and then a swapped address
or a name server's mistake would have one machine set up as another.
"""

import shlex

from deskprov.api.site import Site
from deskprov.errors import AnotherMachine, NoHostMatched
from deskprov.model.asset import Asset
from deskprov.model.facts import Facts
from deskprov.model.history import AssetEvent, EventKind
from deskprov.model.identity import contradictions, is_another, serial_of
from deskprov.model.inventory import Host
from deskprov.model.sighting import BY_MACHINE, is_news

_IN_WORDS = {"serial": "serial number", "uuid": "UUID"}


def check_identity(site: Site, host: Host, facts: Facts) -> None:
    """Raises `AnotherMachine`, and logs that, when the facts are not those of the machine that the record means.

    Practice machines are made anew under their names, and may show the serial number of their controller.
    """
    if host.practice:
        return
    own = _record_of(site, host)
    if own is not None and is_another(own, facts):
        raise _not_itself(site, host, own, facts)
    serial = serial_of(facts)
    if serial and not (own is not None and own.serial.casefold() == serial.casefold()):
        other = _holder(site, host, serial)
        if other is not None:
            raise _somebody_else(site, host, other, serial, known=own is not None)


def _record_of(site: Site, host: Host) -> Asset | None:
    found = site.assets.find(host.name)
    return found if found is not None and found.host.casefold() == host.name.casefold() else None


def _holder(site: Site, host: Host, serial: str) -> Asset | None:
    """The record of another machine of the inventory that has this serial number."""
    try:
        found = site.assets.find(serial)
    except NoHostMatched:
        # several share it, so that it tells none of them apart
        return None
    if found is None or found.practice or found.serial.casefold() != serial.casefold():
        return None
    names = {name.casefold() for name in site.inventory.read().hosts} - {host.name.casefold()}
    return found if found.host.casefold() in names else None


def _not_itself(site: Site, host: Host, own: Asset, facts: Facts) -> AnotherMachine:
    different = contradictions(own, facts)
    _log(site, own, f"another machine answered as {host.name}", different)
    told = " and ".join(f"its {_IN_WORDS[name]} is {its}, not {ours}" for name, (ours, its) in different.items())
    correct = " ".join(shlex.quote(f"{name}={its}") for name, (_, its) in different.items())
    return AnotherMachine(
        host.name,
        f"Another machine than the record's answers as {host.name}: {told}. Nothing was changed on it.",
        hint=f"Check the address: deskprov host show {host.name}. If it is the right machine and its board was "
        f"replaced: deskprov asset edit {host.name} {correct}",
    )


def _somebody_else(site: Site, host: Host, other: Asset, serial: str, *, known: bool) -> AnotherMachine:
    _log(site, other, f"it answered as {host.name}", {"answered_as": [other.host, host.name]})
    verb = f"edit {host.name}" if known else f"add host={host.name}"
    return AnotherMachine(
        host.name,
        f"{other.host} answers as {host.name}: the serial number is {serial}, which the record has for {other.host}. "
        "Nothing was changed on it.",
        hint=f"Check both addresses: deskprov host list. If it is one machine under two names, or two share a serial "
        f"number: deskprov asset {verb} {shlex.quote(f'serial={serial}')}",
    )


def _log(site: Site, asset: Asset, text: str, detail: dict[str, list[str]]) -> None:
    event = AssetEvent(site.clock.now(), BY_MACHINE, EventKind.IDENTITY_MISMATCH, text, detail)
    if is_news(event, site.assets.events(asset)):
        site.assets.log(asset, event)
