"""Time zones by their IANA names, which profiles state, and by those of Windows: the table of Unicode's CLDR.

tzlocal keeps it up to date (common/supplemental/windowsZones.xml of github.com/unicode-org/cldr).
"""

from collections.abc import Iterable

from tzlocal.windows_tz import tz_win, win_tz


def windows_zone(name: str) -> str:
    """What Windows calls the zone with this IANA name. Raises KeyError when it has none."""
    if not name:
        raise KeyError(name)
    return tz_win[name]


def iana_zone(windows: str) -> str:
    """The IANA name that stands for most of a zone of Windows. Raises KeyError for one that is not known."""
    return win_tz[windows]


def known_zones() -> Iterable[str]:
    """The IANA names of all zones that Windows has."""
    return filter(None, tz_win)
