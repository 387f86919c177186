"""The asset record of one machine or thing: what it is, cost, where it is, who has it, and its life.

The fields are a school's, from the first day on, because history cannot be entered again. Each field is stated once,
with how it is read from text (a cell, a command line), so that import, edit, export and help agree.
"""

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from decimal import Decimal
from enum import StrEnum
from functools import partial
from typing import Annotated, Any, get_type_hints

from msgspec import Struct, field
from msgspec.structs import replace

from deskprov.model import asset_text as text
from deskprov.model.asset_text import TextForm


class AssetKind(StrEnum):
    """What kind of thing it is; `computer` when nobody has said more."""

    COMPUTER = "computer"
    LAPTOP = "laptop"
    DESKTOP = "desktop"
    CHROMEBOOK = "chromebook"
    TABLET = "tablet"
    PHONE = "phone"
    SERVER = "server"
    DISPLAY = "display"
    PROJECTOR = "projector"
    PRINTER = "printer"
    SCANNER = "scanner"
    CAMERA = "camera"
    DOCK = "dock"
    HOTSPOT = "hotspot"
    NETWORK = "network"
    OTHER = "other"


class LifeState(StrEnum):
    """Where in its life it is."""

    STOCK = "stock"
    READY = "ready"
    ASSIGNED = "assigned"
    LOANER = "loaner"
    REPAIR = "repair"
    LOST = "lost"
    STOLEN = "stolen"
    SURPLUS = "surplus"
    DISPOSED = "disposed"


class PersonKind(StrEnum):
    """Who the person is that has it; decides how long a name is kept."""

    STAFF = "staff"
    PUPIL = "pupil"
    PARENT = "parent"
    OTHER = "other"


class Condition(StrEnum):
    """How it looked when it was last handed over."""

    NEW = "new"
    GOOD = "good"
    FAIR = "fair"
    DAMAGED = "damaged"
    BROKEN = "broken"


class FieldGroup(StrEnum):
    """The part of the record that a field belongs to, as it is headed on screen."""

    IDENTITY = "identity"
    MONEY = "money"
    PLACE = "place"
    PEOPLE = "people"
    LIFE = "life"
    SITE = "site"


class AssetField(Struct, frozen=True):
    """A field that people may fill in. `personal` data is left out of exports unless asked for."""

    name: str
    group: FieldGroup
    form: TextForm
    about: str
    personal: bool = False


class _About(Struct, frozen=True):
    group: FieldGroup
    form: TextForm
    about: str
    personal: bool = False


_IDENTITY, _MONEY, _PLACE, _PEOPLE, _LIFE = (
    partial(_About, group)
    for group in (FieldGroup.IDENTITY, FieldGroup.MONEY, FieldGroup.PLACE, FieldGroup.PEOPLE, FieldGroup.LIFE)
)
_KIND = text.choice(AssetKind, empty=AssetKind.COMPUTER)
_STATE = text.choice(LifeState, empty=LifeState.STOCK)
_PERSON = text.choice(PersonKind)
_CONDITION = text.choice(Condition)


class Asset(Struct, frozen=True, kw_only=True):
    """One asset as stored. Unknown is an empty text, None or an empty tuple; times are UTC, prices in `currency`.

    `id` and `revision` are 0 before it is stored; `revision` counts edits, so that two people do not undo each other.
    """

    host: Annotated[str, _IDENTITY(text.HOST, "Its host name in the inventory.")] = ""
    tag: Annotated[str, _IDENTITY(text.LINE, "The asset tag on its label; no two assets share one.")] = ""
    serial: Annotated[str, _IDENTITY(text.SERIAL, "The maker's serial number.")] = ""
    kind: Annotated[AssetKind, _IDENTITY(_KIND, "What it is.")] = AssetKind.COMPUTER
    maker: Annotated[str, _IDENTITY(text.LINE, "Who made it.")] = ""
    model: Annotated[str, _IDENTITY(text.LINE, "The maker's name for the model.")] = ""
    uuid: Annotated[str, _IDENTITY(text.UUID, "The firmware's system UUID.")] = ""
    machine_id: Annotated[str, _IDENTITY(text.LINE, "The operating system's id of this installation.")] = ""
    macs: Annotated[tuple[str, ...], _IDENTITY(text.MACS, "Hardware addresses of its network ports.")] = ()
    accessories: Annotated[tuple[str, ...], _IDENTITY(text.LIST, "What belongs to it: charger; case; pen.")] = ()

    funding_source: Annotated[str, _MONEY(text.LINE, "The fund or grant that paid for it.")] = ""
    purchase_order: Annotated[str, _MONEY(text.LINE, "The number of the purchase order.")] = ""
    vendor: Annotated[str, _MONEY(text.LINE, "Who sold it.")] = ""
    price: Annotated[Decimal | None, _MONEY(text.PRICE, "What it cost, such as 499.00.")] = None
    currency: Annotated[str, _MONEY(text.CURRENCY, "The currency of the price, such as USD.")] = ""
    bought: Annotated[date | None, _MONEY(text.DATE, "The day it was bought.")] = None
    warranty_end: Annotated[date | None, _MONEY(text.DATE, "The last day of its warranty.")] = None
    replacement_year: Annotated[int | None, _MONEY(text.YEAR, "The year it is planned to be replaced.")] = None

    district: Annotated[str, _PLACE(text.LINE, "The district that owns it.")] = ""
    building: Annotated[str, _PLACE(text.LINE, "The building it belongs in.")] = ""
    room: Annotated[str, _PLACE(text.LINE, "The room it belongs in.")] = ""
    cart: Annotated[str, _PLACE(text.LINE, "The cart it belongs in.")] = ""
    slot: Annotated[str, _PLACE(text.LINE, "Its slot in the cart.")] = ""

    assigned_to: Annotated[str, _PEOPLE(text.LINE, "The id of the person who has it, not the name.", personal=True)] = (
        ""
    )
    person_kind: Annotated[PersonKind | None, _PEOPLE(_PERSON, "What kind of person has it.", personal=True)] = None
    language: Annotated[str, _PEOPLE(text.LANGUAGE, "The language that person reads.", personal=True)] = ""
    checked_out: Annotated[date | None, _PEOPLE(text.DATE, "The day it was handed out.")] = None
    due: Annotated[date | None, _PEOPLE(text.DATE, "The day it is expected back.")] = None
    checked_in: Annotated[date | None, _PEOPLE(text.DATE, "The day it last came back.")] = None
    condition: Annotated[Condition | None, _PEOPLE(_CONDITION, "How it looked when last handed over.")] = None
    agreement: Annotated[str, _PEOPLE(text.LINE, "Which loan agreement was signed.", personal=True)] = ""
    agreement_signed: Annotated[date | None, _PEOPLE(text.DATE, "The day it was signed.", personal=True)] = None

    state: Annotated[LifeState, _LIFE(_STATE, "Where in its life it is.")] = LifeState.STOCK
    last_audit: Annotated[date | None, _LIFE(text.DATE, "The day someone last saw it with their own eyes.")] = None

    site_fields: Mapping[str, str | int | float | bool] = field(default_factory=dict)
    practice: bool = False
    last_seen: datetime | None = None
    created: datetime | None = None
    updated: datetime | None = None
    id: int = 0
    revision: int = 0

    @property
    def label(self) -> str:
        """What people call it: its host name, else its tag, else its serial number."""
        return self.host or self.tag or self.serial

    def value(self, name: str) -> Any:
        """The value of a field by its name, one of the site's own too; None when the site's own is not filled in."""
        return getattr(self, name) if name in FIELDS else self.site_fields.get(name)

    def with_values(self, values: Mapping[str, Any]) -> "Asset":
        """A copy with these values; an empty value takes one of the site's own fields out."""
        own = dict(self.site_fields)
        for name in values.keys() - FIELDS.keys():
            own.pop(name, None)
            if values[name] is not None:
                own[name] = values[name]
        standard = {name: value for name, value in values.items() if name in FIELDS}
        return replace(self, **standard, site_fields=own)


def _described() -> dict[str, AssetField]:
    table = {}
    for name, hint in get_type_hints(Asset, include_extras=True).items():
        for about in getattr(hint, "__metadata__", ()):
            table[name] = AssetField(name, about.group, about.form, about.about, about.personal)
    return table


FIELDS: Mapping[str, AssetField] = _described()
"""The fields that people may fill in, in the order of the record."""

_SITE_FORMS: Mapping[str, TextForm] = {
    "text": text.SITE_TEXT,
    "number": text.NUMBER,
    "date": text.ISO_DATE,
    "yes_no": text.YES_NO,
}


def fields_with(site_fields: Mapping[str, str]) -> Mapping[str, AssetField]:
    """`FIELDS` and after them the site's own, given as in `asset_fields` of deskprov.yml; a taken name is left out."""
    own = {
        name: AssetField(name, FieldGroup.SITE, _SITE_FORMS[form], "A field of this site.")
        for name, form in site_fields.items()
        if name not in FIELDS
    }
    return {**FIELDS, **own}


def meant(found: Sequence[Asset]) -> Sequence[Asset]:
    """Of assets with one tag or serial number those that are meant by it: a practice machine may share a real one's.

    The real ones are meant, unless practice machines alone are machines of the site.
    """
    real = [asset for asset in found if not asset.practice]
    practice = [asset for asset in found if asset.practice]
    only_practice_is_there = any(asset.host for asset in practice) and not any(asset.host for asset in real)
    return practice if only_practice_is_there else real or practice


def differences(before: Asset, after: Asset) -> dict[str, list[Any]]:
    """Fields that differ, each with its value before and after as plain JSON data."""
    names = [*FIELDS, *sorted(before.site_fields.keys() | after.site_fields.keys())]
    return {
        name: [text.plain(before.value(name)), text.plain(after.value(name))]
        for name in names
        if before.value(name) != after.value(name)
    }


def first_values(asset: Asset) -> dict[str, list[Any]]:
    """What is filled in of a new asset, in the form of `differences`, with nothing (None) before."""
    return {name: [None, new] for name, (_, new) in differences(Asset(), asset).items()}
