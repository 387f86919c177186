"""What is taken from a machine's raw words about itself, on any platform: nothing long, nothing of a wrong kind."""

import re
from collections.abc import Mapping, Sequence
from typing import Any

from deskprov.model.placeholder import is_placeholder

LONGEST = 200
MOST = 100
LARGEST = 10**15
"""Characters of a text, entries of a list, and numbers, that are taken from a machine; software has its own limit."""

_MAC = re.compile(r"[0-9a-f]{2}(:[0-9a-f]{2}){5}\Z")
_NO_MAC = frozenset({"00:00:00:00:00:00", "ff:ff:ff:ff:ff:ff"})
_DIGITS = re.compile(r"[0-9]{1,15}\Z")


def raw(source: Mapping[str, Any], name: str) -> str:
    """The text of that name as it is, or an empty one."""
    value = source.get(name)
    return value if isinstance(value, str) else ""


def line(words: str) -> str:
    """The text on one line, cut off where nobody would read on."""
    return " ".join(words.split())[:LONGEST]


def text(source: Mapping[str, Any], name: str) -> str:
    """The text of that name on one line."""
    return line(raw(source, name))


def named(firmware: Mapping[str, Any], name: str) -> str:
    """A text of the firmware; empty when it is what a maker left in place of one."""
    words = text(firmware, name)
    return "" if is_placeholder(words) else words


def entries(source: Mapping[str, Any], name: str) -> list[Any]:
    """The first entries of the list of that name."""
    value = source.get(name)
    return value[:MOST] if isinstance(value, list) else []


def texts(source: Mapping[str, Any], name: str) -> list[str]:
    """The texts in the list of that name, each on one line; empty ones are left out."""
    return [line(entry) for entry in entries(source, name) if isinstance(entry, str) and entry.strip()]


def rows(source: Mapping[str, Any], name: str) -> list[Mapping[str, Any]]:
    """The rows in the list of that name."""
    return [row for row in entries(source, name) if isinstance(row, dict)]


def first(source: Mapping[str, Any], name: str) -> Mapping[str, Any]:
    """The first of them, or an empty one."""
    return next(iter(rows(source, name)), {})


def number(value: Any) -> int | None:
    """A whole number from 0 on, also when it is said as text."""
    if isinstance(value, str) and _DIGITS.match(value):
        return int(value)
    known = isinstance(value, int) and not isinstance(value, bool) and 0 <= value < LARGEST
    return value if known else None


def macs(addresses: Sequence[Any]) -> list[str]:
    """Each address once, in small letters and in order."""
    spelt = [address.lower() for address in addresses if isinstance(address, str)]
    return sorted({mac for mac in spelt if _MAC.match(mac) and mac not in _NO_MAC})


def model(maker: str, name: str, version: str) -> str:
    """Lenovo gives the name people know ("ThinkPad T14 Gen 4") as the version, and a machine type as the name."""
    return version if maker.casefold() == "lenovo" and version else name
