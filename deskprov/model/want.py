"""How a desired value is compared with an observed one; a plain value means equality."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Includes:
    """The observed collection has at least these members."""

    members: frozenset[str]


@dataclass(frozen=True, slots=True)
class Exactly:
    """The observed collection has these members and no others, in any order; shown in the `order` of people."""

    members: frozenset[str]
    order: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class AtLeast:
    """The observed number is this or more."""

    least: int | float


@dataclass(frozen=True, slots=True)
class SameIgnoringCase:
    """The observed text is this one, upper and lower case aside."""

    text: str


Plain = str | int | float | bool | None
Wanted = Plain | Includes | Exactly | AtLeast | SameIgnoringCase
