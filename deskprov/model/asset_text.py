"""How the values of an asset are read from text and written as text: cells of a table, `FIELD=VALUE` on a command line.

A spreadsheet guesses; this does not. A date is ISO only, because 03/04/2026 is two different days.
"""

import re
from collections.abc import Callable, Sequence
from datetime import date
from decimal import Decimal
from enum import StrEnum
from typing import Any

from msgspec import Struct

from deskprov.model.names import is_name
from deskprov.model.placeholder import is_placeholder

LONGEST = 200
"""Characters in one line of text."""

_MAC = re.compile(r"[0-9a-f]{12}\Z")
_UUID = re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}\Z")


class TextForm(Struct, frozen=True):
    """One way of writing a value. `read` gets text that is not empty and raises `ValueError` in words, such as
    "is no date; write it as 2026-11-24"; `empty` is the value of no text at all; `expects` names the form for help.
    """

    expects: str
    read: Callable[[str], Any]
    write: Callable[[Any], str] = str
    empty: Any = None

    def value(self, text: str) -> Any:
        """The value of a text, spaces around it aside. Raises `ValueError` in words."""
        trimmed = text.strip()
        return self.read(trimmed) if trimmed else self.empty

    def text(self, value: Any) -> str:
        """The text of a value, so that `value(text(v)) == v`."""
        return "" if value in (None, "", ()) else self.write(value)


def plain(value: Any) -> Any:
    """A value as plain JSON data: dates as ISO text, prices as text, tuples as lists."""
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, Decimal | StrEnum):
        return str(value)
    if isinstance(value, tuple):
        return list(value)
    return value


def printable(text: str, longest: int = LONGEST) -> str:
    """Text of a machine as one line: what cannot be printed becomes `�`, the rest is cut off."""
    return "".join(c if c.isprintable() else "\N{REPLACEMENT CHARACTER}" for c in text[:longest]).strip()


def choice(words: type[StrEnum], empty: StrEnum | None = None) -> TextForm:
    """One word of an enumeration."""
    return _one_of([word.value for word in words], words, empty)


def _one_of(words: Sequence[str], make: Callable[[str], Any], empty: Any) -> TextForm:
    def read(text: str) -> Any:
        if text.casefold() not in words:
            raise ValueError(f"is none of {', '.join(words)}")
        return make(text.casefold())

    return TextForm(" | ".join(words), read, empty=empty)


def _line(text: str) -> str:
    for character in text:
        if not character.isprintable():
            raise ValueError(f"holds a character that cannot be printed (U+{ord(character):04X})")
    if len(text) > LONGEST:
        raise ValueError(f"is longer than {LONGEST} characters")
    return text


def _host(text: str) -> str:
    if not is_name(text):
        raise ValueError("is no host name; letters, digits, '.', '_' and '-', at most 63")
    return text


def _serial(text: str) -> str:
    if is_placeholder(text):
        raise ValueError("is a placeholder of the firmware, not a serial number; leave it empty")
    return _line(text)


def _uuid(text: str) -> str:
    if not _UUID.match(text.lower()):
        raise ValueError("is no UUID; write it as 4c4c4544-0031-3010-8039-b4c04f4e3532")
    return text.lower()


def _list(text: str) -> tuple[str, ...]:
    return tuple(_line(part) for part in (piece.strip() for piece in text.split(";")) if part)


def _macs(text: str) -> tuple[str, ...]:
    return tuple(_mac(part) for part in re.split(r"[;,\s]+", text) if part)


def _mac(text: str) -> str:
    digits = re.sub(r"[:.-]", "", text.lower())
    if not _MAC.match(digits):
        raise ValueError(f"holds {text!r}, which is no hardware address; write it as 00:00:5e:00:53:01")
    return ":".join(digits[i : i + 2] for i in range(0, 12, 2))


def _date(text: str) -> date:
    if re.fullmatch(r"[0-9]{4}-[0-9]{2}-[0-9]{2}", text):
        try:
            return date.fromisoformat(text)
        except ValueError:
            raise ValueError("is a day that no calendar has") from None
    raise ValueError("is no date; write it as 2026-11-24 (year-month-day)")


def _year(text: str) -> int:
    if not re.fullmatch(r"(19|20|21)[0-9]{2}", text):
        raise ValueError("is no year; write it as 2030")
    return int(text)


def _price(text: str) -> Decimal:
    if not re.fullmatch(r"[0-9]{1,10}(\.[0-9]{1,2})?", text):
        raise ValueError("is no price; write it as 499.00, with a point and without a currency sign")
    return Decimal(text).quantize(Decimal("0.01"))


def _currency(text: str) -> str:
    if not re.fullmatch(r"[A-Za-z]{3}", text):
        raise ValueError("is no currency; write its three letters, such as USD")
    return text.upper()


def _number(text: str) -> int | float:
    if re.fullmatch(r"-?[0-9]{1,15}", text):
        return int(text)
    if re.fullmatch(r"-?[0-9]{1,15}\.[0-9]{1,4}", text):
        return float(text)
    raise ValueError("is no number; write it as 42 or 4.2")


def _yes_no(text: str) -> bool:
    if text.casefold() not in ("yes", "no"):
        raise ValueError("is neither yes nor no")
    return text.casefold() == "yes"


LINE = TextForm("text", _line, empty="")
HOST = TextForm("host name", _host, empty="")
SERIAL = TextForm("serial number", _serial, empty="")
UUID = TextForm("UUID", _uuid, empty="")
LIST = TextForm("texts with ; between them", _list, "; ".join, empty=())
MACS = TextForm("hardware addresses with ; between them", _macs, "; ".join, empty=())
DATE = TextForm("2026-11-24", _date, date.isoformat)
YEAR = TextForm("2030", _year)
PRICE = TextForm("499.00", _price)
CURRENCY = TextForm("USD", _currency, empty="")
LANGUAGE = _one_of(["en", "es"], str, "")
SITE_TEXT = TextForm("text", _line)
NUMBER = TextForm("42 or 4.2", _number)
ISO_DATE = TextForm("2026-11-24", lambda text: _date(text).isoformat())
YES_NO = TextForm("yes | no", _yes_no, lambda value: "yes" if value else "no")
