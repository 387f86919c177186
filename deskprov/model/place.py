"""Places: the buildings, rooms and carts of a site, out of places.yml."""

from dataclasses import dataclass
from enum import StrEnum

from deskprov.model.source import Source


class PlaceKind(StrEnum):
    """What a place is."""

    BUILDING = "building"
    ROOM = "room"
    CART = "cart"


@dataclass(frozen=True, slots=True)
class Place:
    """One place. `name` is what machines have as `deskprov_place`; `within` names the place around it, or is empty."""

    name: str
    kind: PlaceKind
    title: str
    within: str
    source: Source
