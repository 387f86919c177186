"""Every field of an asset is read from text and written as text, and what cannot be right is refused in words."""

from datetime import date
from decimal import Decimal

import pytest

from deskprov.model.asset import FIELDS, Asset, AssetKind, LifeState, PersonKind, differences, fields_with
from deskprov.model.asset_filter import AssetFilter, mentions
from deskprov.model.placeholder import is_placeholder

OWN = fields_with({"bulb_hours": "number", "insured": "yes_no", "checked": "date", "colour": "text"})


@pytest.mark.parametrize(
    ("name", "text", "value", "written"),
    [
        ("tag", "  GV-0042 ", "GV-0042", "GV-0042"),
        ("tag", "", "", ""),
        ("kind", "Laptop", AssetKind.LAPTOP, "laptop"),
        ("kind", "", AssetKind.COMPUTER, "computer"),
        ("state", "", LifeState.STOCK, "stock"),
        ("person_kind", "pupil", PersonKind.PUPIL, "pupil"),
        ("person_kind", "", None, ""),
        ("macs", "00-00-5E-00-53-01, 0000.5e00.5302", ("00:00:5e:00:53:01", "00:00:5e:00:53:02"), None),
        ("accessories", "charger; case, blue;", ("charger", "case, blue"), "charger; case, blue"),
        ("price", "499", Decimal("499.00"), "499.00"),
        ("price", "0.5", Decimal("0.50"), "0.50"),
        ("currency", "usd", "USD", "USD"),
        ("bought", "2026-02-28", date(2026, 2, 28), "2026-02-28"),
        ("bought", "", None, ""),
        ("replacement_year", "2031", 2031, "2031"),
        ("uuid", "4C4C4544-0031-3010-8039-B4C04F4E3532", "4c4c4544-0031-3010-8039-b4c04f4e3532", None),
        ("language", "ES", "es", "es"),
        ("bulb_hours", "-3", -3, "-3"),
        ("bulb_hours", "1.25", 1.25, "1.25"),
        ("bulb_hours", "", None, ""),
        ("insured", "No", False, "no"),
        ("checked", "2026-11-24", "2026-11-24", "2026-11-24"),
        ("colour", "blåse", "blåse", "blåse"),
    ],
)
def test_text_becomes_a_value_and_text_again(name: str, text: str, value: object, written: str | None) -> None:
    form = OWN[name].form
    assert form.value(text) == value
    assert form.value(form.text(value)) == value
    if written is not None:
        assert form.text(value) == written


@pytest.mark.parametrize(
    ("name", "text", "words"),
    [
        ("bought", "11/24/2026", "write it as 2026-11-24"),
        ("bought", "24.11.2026", "write it as 2026-11-24"),
        ("bought", "2026-02-30", "no calendar"),
        ("bought", "20261124", "write it as 2026-11-24"),
        ("bought", "2026-11-24 00:00", "write it as 2026-11-24"),
        ("bought", "٢٠٢٦-11-24", "write it as"),
        ("price", "$499", "without a currency sign"),
        ("price", "1,499.00", "with a point"),
        ("price", "-1", "no price"),
        ("price", "1e3", "no price"),
        ("price", "12345678901", "no price"),
        ("currency", "$", "three letters"),
        ("replacement_year", "31", "write it as 2030"),
        ("kind", "lap top", "is none of computer, laptop"),
        ("state", "broken", "is none of stock, ready"),
        ("serial", "To be filled by O.E.M.", "placeholder"),
        ("serial", "0000000000", "placeholder"),
        ("host", "room 12", "no host name"),
        ("host", "-e", "no host name"),
        ("host", "../x", "no host name"),
        ("macs", "00:00:5e:00:53", "no hardware address"),
        ("uuid", "4711", "no UUID"),
        ("tag", "GV\u202e0042", "U+202E"),
        ("tag", "GV\x1b[2J", "U+001B"),
        ("tag", "x" * 201, "longer than 200"),
        ("accessories", "a;b\x07", "U+0007"),
        ("bulb_hours", "many", "no number"),
        ("insured", "true", "neither yes nor no"),
    ],
)
def test_what_cannot_be_right_is_refused_in_words(name: str, text: str, words: str) -> None:
    with pytest.raises(ValueError, match=words.replace("+", r"\+")):
        OWN[name].form.value(text)


def test_every_field_says_what_it_is_and_has_an_empty_value() -> None:
    empty = Asset()
    for field in FIELDS.values():
        assert field.about.endswith("."), field.name
        assert field.form.value("") == empty.value(field.name), field.name
        assert field.form.value(field.form.text(empty.value(field.name))) == empty.value(field.name)


def test_the_fields_about_people_are_personal() -> None:
    assert {name for name, field in FIELDS.items() if field.personal} == {
        "assigned_to",
        "person_kind",
        "language",
        "agreement",
        "agreement_signed",
    }


def test_a_field_of_the_site_never_hides_one_of_ours() -> None:
    assert fields_with({"tag": "number"})["tag"] is FIELDS["tag"]


def test_an_emptied_field_of_the_site_is_gone() -> None:
    asset = Asset().with_values({"tag": "T1", "insured": True})
    assert asset.site_fields == {"insured": True}
    after = asset.with_values({"insured": None, "tag": ""})
    assert after == Asset()
    assert differences(asset, after) == {"tag": ["T1", ""], "insured": [True, None]}


@pytest.mark.parametrize(
    "text",
    ["", " ", "To Be Filled By O.E.M.", "Default string", "None", "N/A", "0000-0000", "XXXXXXXX", "....", "1234567890"],
)
def test_placeholders_of_firmware_are_known(text: str) -> None:
    assert is_placeholder(text)


@pytest.mark.parametrize("text", ["EX4711", "Example Computers", "5CG1234XYZ", "C02XK0AAJG5H", "A1"])
def test_real_names_are_no_placeholders(text: str) -> None:
    assert not is_placeholder(text)


ASSET = Asset(
    host="room12-03",
    tag="GV-0042",
    macs=("00:00:5e:00:53:01",),
    building="Main",
    room="12",
    assigned_to="p-1001",
    due=date(2026, 11, 23),
    price=Decimal("499.00"),
    site_fields={"colour": "Blåse"},
)


@pytest.mark.parametrize(
    "text", ["ROOM12", "gv main", "00005e00", "00-00-5E", "00:00:5e", "499.00", "blåse", "stock 2026-11"]
)
def test_found_by_any_word_of_any_field(text: str) -> None:
    assert mentions(ASSET, text)


@pytest.mark.parametrize("text", ["room13", "gv annex", "5e:00:54"])
def test_not_found_unless_every_word_is_there(text: str) -> None:
    assert not mentions(ASSET, text)


@pytest.mark.parametrize(
    ("wanted", "admitted"),
    [
        (AssetFilter(), True),
        (AssetFilter(state=LifeState.STOCK, kind=AssetKind.COMPUTER, place="MAIN"), True),
        (AssetFilter(place="12"), True),
        (AssetFilter(place="1"), False),
        (AssetFilter(state=LifeState.LOST), False),
        (AssetFilter(kind=AssetKind.LAPTOP), False),
        (AssetFilter(assigned_to="P-1001"), True),
        (AssetFilter(assigned_to="p-1"), False),
        (AssetFilter(overdue_on=date(2026, 11, 24)), True),
        (AssetFilter(overdue_on=date(2026, 11, 23)), False),
    ],
)
def test_a_filter_admits_what_fits_all_of_it(wanted: AssetFilter, admitted: bool) -> None:
    assert wanted.admits(ASSET) is admitted
