"""Column types that mean the same on every database: time with its zone, exact money, text that any database takes."""

from collections.abc import Mapping
from datetime import UTC, datetime
from decimal import Decimal
from enum import StrEnum
from typing import Any

from sqlalchemy import JSON, DateTime, Dialect, Numeric, Text
from sqlalchemy.types import TypeDecorator, TypeEngine

CENT = Decimal("0.01")


def storable(text: str) -> str:
    """The text without what a database refuses: NUL, and halves of surrogate pairs that machines sometimes send."""
    whole = text.replace("\0", "\N{REPLACEMENT CHARACTER}")
    return whole if whole.isascii() else whole.encode("utf-8", errors="replace").decode("utf-8")


class UtcDateTime(TypeDecorator[datetime]):
    """A moment; always UTC and aware on both sides. A naive one is refused, because nobody knows when it is."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """To the database, in UTC. Raises `ValueError` for a naive time."""
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError("a moment in the record needs a time zone")
        return value.astimezone(UTC)

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """From the database; SQLite keeps no zone, PostgreSQL answers in the session's."""
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


class Money(TypeDecorator[Decimal]):
    """An amount with two decimals, exact up to ten digits before the point. SQLite has no decimals of its own."""

    impl = Numeric(12, 2)
    cache_ok = True

    def load_dialect_impl(self, dialect: Dialect) -> TypeEngine[Any]:
        """A plain number for SQLite, NUMERIC elsewhere."""
        number: TypeEngine[Any] = Numeric(12, 2)
        if dialect.name == "sqlite":
            number = Numeric(12, 2, asdecimal=False)
        return dialect.type_descriptor(number)

    def process_bind_param(self, value: Decimal | None, dialect: Dialect) -> Any:
        """To the database."""
        return float(value) if value is not None and dialect.name == "sqlite" else value

    def process_result_value(self, value: Any, dialect: Dialect) -> Decimal | None:
        """From the database."""
        return None if value is None else Decimal(str(value)).quantize(CENT)


class AnyText(TypeDecorator[str]):
    """Text from anywhere."""

    impl = Text
    cache_ok = True

    def process_bind_param(self, value: str | None, dialect: Dialect) -> str | None:
        """To the database."""
        return None if value is None else storable(value)


class Data(TypeDecorator[Any]):
    """Plain JSON data from anywhere."""

    impl = JSON
    cache_ok = True

    def process_bind_param(self, value: Any, dialect: Dialect) -> Any:
        """To the database."""
        return _storable_data(value)


class Texts(TypeDecorator[tuple[str, ...]]):
    """Some texts in their order."""

    impl = JSON
    cache_ok = True

    def process_bind_param(self, value: tuple[str, ...] | None, dialect: Dialect) -> Any:
        """To the database."""
        return [storable(text) for text in value or ()]

    def process_result_value(self, value: Any, dialect: Dialect) -> tuple[str, ...]:
        """From the database."""
        return tuple(value or ())


class Word(TypeDecorator[StrEnum]):
    """One word of an enumeration, as text, so that a new word needs no migration."""

    impl = Text
    cache_ok = True

    def __init__(self, words: type[StrEnum]) -> None:
        super().__init__()
        self.words = words

    def process_bind_param(self, value: StrEnum | None, dialect: Dialect) -> str | None:
        """To the database."""
        return None if value is None else str(value)

    def process_result_value(self, value: str | None, dialect: Dialect) -> StrEnum | None:
        """From the database."""
        return None if value is None else self.words(value)


def _storable_data(value: Any) -> Any:
    if isinstance(value, str):
        return storable(value)
    if isinstance(value, Mapping):
        return {storable(str(name)): _storable_data(part) for name, part in value.items()}
    if isinstance(value, list | tuple):
        return [_storable_data(part) for part in value]
    return value
