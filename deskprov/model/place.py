"""Places: the buildings, rooms and carts of a site, out of places.yml."""

from enum import StrEnum

from msgspec import Struct

from deskprov.model.source import Source


class PlaceKind(StrEnum):
    """What a place is."""

    BUILDING = "building"
    ROOM = "room"
    CART = "cart"


class Place(Struct, frozen=True):
    """One place. `name` is what machines have as `deskprov_place`; `within` names the place around it, or is empty."""

    name: str
    kind: PlaceKind
    title: str
    within: str
    source: Source
