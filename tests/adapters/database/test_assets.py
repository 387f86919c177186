"""Assets are found by every name they have, and an edit never undoes another or loses a field."""

from datetime import date
from decimal import Decimal

import pytest

from deskprov.errors import NoHostMatched, RecordError
from deskprov.model.asset import FIELDS, AssetKind, Condition, LifeState, PersonKind
from deskprov.model.history import AssetEvent, EventKind
from tests.adapters.database.conftest import Whole
from tests.adapters.database.samples import LAPTOP, LATER, NOON, edit, new, with_serial

EVERY_FIELD = {
    "host": "room12-03",
    "tag": "GV-0042",
    "serial": "EX4711",
    "kind": AssetKind.LAPTOP,
    "maker": "Example Computers",
    "model": "Slate 14",
    "uuid": "4c4c4544-0031-3010-8039-b4c04f4e3532",
    "machine_id": "0f" * 16,
    "macs": ("00:00:5e:00:53:01", "00:00:5e:00:53:02"),
    "accessories": ("charger", "case, blue"),
    "funding_source": "Grant A",
    "purchase_order": "PO-1",
    "vendor": "Example Shop",
    "price": Decimal("499.99"),
    "currency": "USD",
    "bought": date(2026, 8, 1),
    "warranty_end": date(2029, 7, 31),
    "replacement_year": 2031,
    "district": "Example Unified",
    "building": "Main",
    "room": "12",
    "cart": "C3",
    "slot": "07",
    "assigned_to": "p-1001",
    "person_kind": PersonKind.PUPIL,
    "language": "es",
    "checked_out": date(2026, 9, 1),
    "due": date(2027, 6, 10),
    "checked_in": date(2026, 6, 9),
    "condition": Condition.GOOD,
    "agreement": "Loan 2026",
    "agreement_signed": date(2026, 8, 30),
    "state": LifeState.ASSIGNED,
    "last_audit": date(2026, 10, 5),
}


def test_every_field_comes_back_as_it_was_stored(whole: Whole) -> None:
    assert EVERY_FIELD.keys() == FIELDS.keys()
    own = {"bulb_hours": 120, "insured": True, "colour": "blåse", "ratio": 1.5}
    [stored] = whole.assets.save([new(**EVERY_FIELD, **own)], NOON, "robin")

    read = whole.assets.find("GV-0042")

    assert read == stored
    assert {name: read.value(name) for name in EVERY_FIELD} == EVERY_FIELD
    assert dict(read.site_fields) == own
    assert (read.created, read.updated, read.revision, read.last_seen) == (NOON, NOON, 1, None)


@pytest.mark.parametrize("price", ["0.00", "0.01", "0.10", "1234567890.99", "9999999999.99"])
def test_prices_are_exact(whole: Whole, price: str) -> None:
    whole.assets.save([new(tag="T1", price=Decimal(price))], NOON, "robin")
    found = whole.assets.find("T1")
    assert found is not None
    assert str(found.price) == price


@pytest.mark.parametrize("name", ["room12-03", "ROOM12-03", "gv-0042", " GV-0042 ", "ex4711"])
def test_found_by_host_tag_or_serial_whatever_the_case(whole: Whole, name: str) -> None:
    whole.assets.save([new(host="room12-03", tag="GV-0042", serial="EX4711"), new(tag="GV-0043")], NOON, "robin")
    assert whole.assets.find_host(name) == "room12-03"


def test_nothing_found_is_none(whole: Whole) -> None:
    whole.assets.save([new(tag="GV-0043")], NOON, "robin")
    assert whole.assets.find("GV-0042") is None
    assert whole.assets.find("") is None
    assert whole.assets.find_host("GV-0043") is None


def test_a_shared_serial_number_names_no_machine(whole: Whole) -> None:
    whole.record.saw("pc-1", LAPTOP, NOON, practice=False)
    whole.record.saw("pc-2", LAPTOP, NOON, practice=False)
    with pytest.raises(NoHostMatched, match="belongs to several"):
        whole.assets.find_host("EX4711")


def test_assets_are_listed_by_name(whole: Whole) -> None:
    whole.assets.save([new(tag="b"), new(host="Pc-2"), new(serial="z"), new(tag="A"), new(host="pc-1")], NOON, "robin")
    assert [asset.label for asset in whole.assets.all()] == ["z", "A", "b", "pc-1", "Pc-2"]


def test_an_edit_is_logged_with_before_and_after(whole: Whole) -> None:
    [asset] = whole.assets.save([new(tag="T1", room="12")], NOON, "robin")
    edited = edit(asset, room="14", price=Decimal("10.00"), due=date(2027, 1, 2), insured=True)
    [stored] = whole.assets.save([edited], LATER, "sam")

    assert whole.assets.find("T1") == stored
    assert (stored.room, stored.revision, stored.created, stored.updated) == ("14", 2, NOON, LATER)
    last, first = whole.assets.events(stored)
    assert (last.at, last.by, last.kind) == (LATER, "sam", EventKind.EDITED)
    assert dict(last.detail) == {
        "price": [None, "10.00"],
        "room": ["12", "14"],
        "due": [None, "2027-01-02"],
        "insured": [None, True],
    }
    assert (first.by, dict(first.detail)) == ("robin", {"tag": [None, "T1"], "room": [None, "12"]})


def test_an_edit_without_effect_leaves_no_trace(whole: Whole) -> None:
    [asset] = whole.assets.save([new(tag="T1")], NOON, "robin")
    assert whole.assets.save([edit(asset, tag="T1")], LATER, "sam") == [asset]
    assert len(whole.assets.events(asset)) == 1


def test_two_edits_of_the_same_reading_do_not_undo_each_other(whole: Whole) -> None:
    [asset, other] = whole.assets.save([new(tag="T1"), new(tag="T2")], NOON, "robin")
    whole.assets.save([edit(asset, room="14")], LATER, "sam")

    with pytest.raises(RecordError, match="T1 was changed by someone else"):
        whole.assets.save([edit(other, room="99"), edit(asset, room="15")], LATER, "kim")

    assert [a.room for a in whole.assets.all()] == ["14", ""]


@pytest.mark.parametrize("taken", [{"tag": "t1"}, {"host": "PC-1"}])
def test_names_belong_to_one_asset_each(whole: Whole, taken: dict[str, str]) -> None:
    whole.assets.save([new(tag="T1", host="pc-1")], NOON, "robin")
    with pytest.raises(RecordError, match="belong to one asset each"):
        whole.assets.save([new(tag="T2"), new(**taken)], NOON, "robin")
    assert len(whole.assets.all()) == 1


def test_two_assets_may_swap_their_names(whole: Whole) -> None:
    [one, two] = whole.assets.save([new(tag="T1", host="pc-1"), new(tag="T2", host="pc-2")], NOON, "robin")
    whole.assets.save([edit(one, tag="T2", host="pc-2"), edit(two, tag="T1", host="pc-1")], LATER, "robin")
    assert [(a.id, a.host) for a in whole.assets.all()] == [(two.id, "pc-1"), (one.id, "pc-2")]


def test_events_of_any_kind_are_added(whole: Whole) -> None:
    [asset] = whole.assets.save([new(tag="T1")], NOON, "robin")
    repair = AssetEvent(LATER, "sam", EventKind.REPAIR, "new screen", {"cost": "120.00", "vendor": "Example Shop"})
    whole.assets.log(asset, repair)
    assert whole.assets.events(asset)[0] == repair


def test_an_edit_keeps_what_a_machine_told_in_the_meantime(whole: Whole) -> None:
    whole.record.saw("pc-1", LAPTOP, NOON, practice=False)
    asset = whole.assets.find("pc-1")
    assert asset is not None
    whole.record.saw("pc-1", with_serial("EX4711"), LATER, practice=False)
    whole.assets.save([edit(asset, room="14")], LATER, "robin")
    found = whole.assets.find("pc-1")
    assert found is not None
    assert (found.room, found.last_seen) == ("14", LATER)
