"""What is judged in the same way on every platform: whether it is the recorded machine, and its clock."""

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from msgspec import Struct

from deskprov.formats.durations import took
from deskprov.formats.endpoint_text import one_line
from deskprov.model.asset import Asset
from deskprov.model.check import Check, failed, ok, warning
from deskprov.model.facts import Facts
from deskprov.model.identity import contradictions, is_another
from deskprov.model.inventory import Connection

NAMES = ("sudo", "python", "identity", "disk", "clock", "package_lock", "reboot", "power")
"""What is judged of a machine's answer, in order."""

FULL = 200 * 2**20
SCARCE = 2 * 2**30
"""Bytes free. Below `FULL` not even a small package can be installed; below `SCARCE` a desktop's packages may not."""

CHARGE = 30
"""Percent of a battery below which nothing long should be begun on it."""

CLOCK_SECONDS = 60.0
CLOCK_WRONG_SECONDS = 300.0
"""Kerberos allows five minutes (RFC 4120, 1.6); apt refuses lists, and browsers certificates, of the future."""


class Asked(Struct, frozen=True):
    """Whom we asked, between which two moments of our own clock (UTC), and what the record knows of the machine."""

    connection: Connection
    began: datetime
    ended: datetime
    asset: Asset | None


class Mending(Struct, frozen=True):
    """What mends a clock: `fix` in every case, and what is said and done beside it when it is hours off."""

    fix: str
    hours_found: str = ""
    hours_fix: str = ""


def identity(asset: Asset | None, facts: Facts) -> Check:
    """Whether the machine is the one in the record."""
    serial = f"serial number {one_line(facts.serial, 40)}" if facts.serial else "a machine without a serial number"
    if asset is None:
        return ok("identity", f"{serial}; not in the asset record yet")
    contradicted = contradictions(asset, facts)
    if not contradicted:
        return ok("identity", f"{serial}; nothing in the asset record says otherwise")
    told = "; ".join(
        f"{name}: the record says {one_line(ours, 40)}, the machine {one_line(its, 40)}"
        for name, (ours, its) in contradicted.items()
    )
    fix = f"Look at the label. If the record is wrong: deskprov asset edit {asset.host}; if the machine was swapped, "
    fix += "correct its address in the inventory."
    if is_another(asset, facts):
        return failed("identity", f"this is another machine than the record's. {told}", fix)
    return warning("identity", f"not all is as recorded. {told}", fix)


def clock(asked: Asked, seconds: float, zone: str, mending: Mending) -> Check:
    """Whether the machine's clock, in seconds since 1970, is right. `zone` is its time zone, empty if not told."""
    off = _off(datetime.fromtimestamp(seconds, UTC), asked)
    its_zone = f"; its time zone is {zone}" if zone else ""
    apart = took(abs(off)) if abs(off) < 2 * 86400 else f"{abs(off) / 86400:.0f} days"
    found = f"{apart} {'ahead of' if off > 0 else 'behind'} this computer{its_zone}"
    if abs(off) < CLOCK_SECONDS:
        return ok("clock", found if abs(off) > 1 else f"right to the second{its_zone}")
    if abs(off) < CLOCK_WRONG_SECONDS:
        return warning("clock", found, mending.fix)
    if hours := _whole_hours(off):
        found += f". A difference of {hours} looks like a clock that was set to local time in the wrong time zone"
        return failed("clock", found + mending.hours_found, mending.fix + mending.hours_fix)
    return failed("clock", found, mending.fix)


def _off(its: datetime, asked: Asked) -> float:
    """Seconds that the machine's clock is ahead (positive) or behind, at least; it was read while we waited."""
    if its < asked.began:
        return (its - asked.began).total_seconds()
    return max(0.0, (its - asked.ended).total_seconds())


def _whole_hours(off: float) -> str:
    """A whole number of half hours, as time zones are apart, in words; empty when it is not near one."""
    halves = round(abs(off) / 1800)
    if not 1 <= halves <= 28 or abs(abs(off) - halves * 1800) > 120:
        return ""
    return f"{halves / 2:g} hour{'s' if halves != 2 else ''}"


def text(told: Mapping[str, Any], name: str) -> str:
    """What the machine says under this name, if that is a text."""
    value = told.get(name)
    return value if isinstance(value, str) else ""


def listed(told: Mapping[str, Any], name: str) -> list[Any]:
    """The first of what the machine lists under this name."""
    value = told.get(name)
    return value[:20] if isinstance(value, list) else []
