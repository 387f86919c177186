"""Which assets a person wants to see."""

from datetime import date, datetime

from msgspec import Struct

from deskprov.model.asset import FIELDS, Asset, AssetKind, FieldGroup, LifeState

_PLACES = tuple(name for name, field in FIELDS.items() if field.group is FieldGroup.PLACE)


class AssetFilter(Struct, frozen=True):
    """All that is said must be true of an asset; `place` is its district, building, room or cart in any case.

    `overdue_on` is a day after which it should have come back; `unseen_since` a moment it has not answered since.
    """

    state: LifeState | None = None
    kind: AssetKind | None = None
    place: str = ""
    assigned_to: str = ""
    overdue_on: date | None = None
    unseen_since: datetime | None = None

    def admits(self, asset: Asset) -> bool:
        """True for an asset that is wanted."""
        place = self.place.casefold()
        return (
            (self.state is None or asset.state is self.state)
            and (self.kind is None or asset.kind is self.kind)
            and (not place or place in (str(asset.value(name)).casefold() for name in _PLACES))
            and (not self.assigned_to or asset.assigned_to.casefold() == self.assigned_to.casefold())
            and (self.overdue_on is None or (asset.due is not None and asset.due < self.overdue_on))
            and (self.unseen_since is None or asset.last_seen is None or asset.last_seen < self.unseen_since)
        )


def mentions(asset: Asset, text: str) -> bool:
    """True when every word of the text stands somewhere in the asset's fields, upper and lower case aside.

    A hardware address is found with any separators, and by its beginning or end.
    """
    haystack = "\n".join(_texts(asset)).casefold()
    return all(word in haystack for word in text.casefold().split())


def _texts(asset: Asset) -> list[str]:
    texts = [field.form.text(asset.value(name)) for name, field in FIELDS.items()]
    texts += [str(value) for value in asset.site_fields.values()]
    return [*texts, *(mac.replace(":", mark) for mac in asset.macs for mark in ("", "-"))]
