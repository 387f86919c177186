"""How a desired value is compared with an observed one; a plain value means equality."""

from msgspec import Struct


class Includes(Struct, frozen=True):
    """The observed collection has at least these members."""

    members: frozenset[str]


class Exactly(Struct, frozen=True):
    """The observed collection has these members and no others, in any order; shown in the `order` of people."""

    members: frozenset[str]
    order: tuple[str, ...] = ()


class AtLeast(Struct, frozen=True):
    """The observed number is this or more."""

    least: int | float


class SameIgnoringCase(Struct, frozen=True):
    """The observed text is this one, upper and lower case aside."""

    text: str


Plain = str | int | float | bool | None
Wanted = Plain | Includes | Exactly | AtLeast | SameIgnoringCase
