"""Moments as people say them."""

from datetime import UTC, datetime, tzinfo
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

_STEPS = ((60, 1, "s"), (3600, 60, "min"), (86400, 3600, "h"), (60 * 86400, 86400, "days"))


def ago(then: datetime | None, now: datetime) -> str:
    """`just now`, `3 min ago`, `1 day ago`; the day itself after two months, and `never` for None."""
    if then is None:
        return "never"
    seconds = int((now - then).total_seconds())
    if seconds < 10:
        return "just now"
    for limit, unit, word in _STEPS:
        if seconds < limit:
            count = seconds // unit
            return f"{count} {word.removesuffix('s') if count == 1 and word == 'days' else word} ago"
    return f"{then:%Y-%m-%d}"


def zone(name: str) -> tzinfo:
    """The site's time zone; UTC when this computer does not know it."""
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError):
        return UTC


def at(moment: datetime, where: tzinfo) -> str:
    """`2026-11-24 13:05`, as clocks of the site show it."""
    return f"{moment.astimezone(where):%Y-%m-%d %H:%M}"


def iso(moment: datetime, where: tzinfo) -> str:
    """The same for programs: `2026-11-24T13:05:09-08:00`."""
    return moment.astimezone(where).isoformat(timespec="seconds")
