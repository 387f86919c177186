"""A look at a machine fills its record, joins it with what was imported, and never overrules what people entered."""

import pytest
from msgspec.structs import replace

from deskprov.errors import RecordError
from deskprov.model.asset import Asset, LifeState
from deskprov.model.facts import Disk, Facts, InstalledSoftware, LocalUser
from deskprov.model.history import EventKind, FactChange
from deskprov.model.ports.assets import AssetChange
from deskprov.model.result import HostResult, Outcome
from tests.adapters.database.conftest import Whole
from tests.adapters.database.samples import LAPTOP, LATER, NOON, edit, intent, new, verified, with_serial


def the(whole: Whole, name: str) -> Asset:
    asset = whole.assets.find(name)
    assert asset is not None
    return asset


def kinds(whole: Whole, name: str) -> list[EventKind]:
    return [event.kind for event in whole.assets.events(the(whole, name))]


def test_an_unknown_machine_gets_a_record(whole: Whole) -> None:
    whole.record.saw("pc-1", LAPTOP, NOON, practice=False)
    asset = the(whole, "pc-1")
    assert (asset.serial, asset.maker, asset.model, asset.uuid) == (
        "EX4711",
        "Example Computers",
        "Slate 14",
        "4c4c4544-0031-3010-8039-b4c04f4e3532",
    )
    assert (asset.macs, asset.machine_id) == (("00:00:5e:00:53:01",), "0f" * 16)
    assert (asset.state, asset.kind, asset.practice) == (LifeState.READY, "computer", False)
    assert (asset.created, asset.last_seen) == (NOON, NOON)
    assert kinds(whole, "pc-1") == [EventKind.IDENTIFIED, EventKind.CREATED]


def test_facts_come_back_as_they_were_seen(whole: Whole) -> None:
    whole.record.saw("pc-1", LAPTOP, NOON, practice=False)
    seen = whole.assets.sightings(the(whole, "pc-1"))
    assert seen is not None
    assert seen.at == NOON
    assert seen.facts == replace(LAPTOP, software=(), users=())
    assert [(s.name, s.version, s.first_seen, s.present) for s in seen.software] == [
        ("bash", "5.2", NOON, True),
        ("vim", "9.0", NOON, True),
    ]
    assert [(u.name, u.full_name, u.administrator) for u in seen.users] == [("tech", "Technician", True)]


def test_a_machine_that_was_imported_joins_its_row_by_serial_number(whole: Whole) -> None:
    whole.assets.save([new(tag="GV-0042", serial="ex4711", maker="Typed by hand", room="12")], NOON, "robin")
    whole.record.saw("pc-1", LAPTOP, LATER, practice=False)
    asset = the(whole, "GV-0042")
    assert (asset.host, asset.serial, asset.maker, asset.model) == ("pc-1", "ex4711", "Typed by hand", "Slate 14")
    assert (asset.state, asset.last_seen) == (LifeState.STOCK, LATER)
    assert len(whole.assets.all()) == 1
    assert kinds(whole, "pc-1") == [EventKind.IDENTIFIED, EventKind.JOINED, EventKind.EDITED]


@pytest.mark.parametrize("serial", ["To be filled by O.E.M.", "", "0000000", "Default string"])
def test_a_placeholder_joins_nothing(whole: Whole, serial: str) -> None:
    whole.record.saw("pc-1", with_serial(serial), NOON, practice=False)
    whole.record.saw("pc-2", with_serial(serial), NOON, practice=False)
    assert [(a.host, a.serial) for a in whole.assets.all()] == [("pc-1", ""), ("pc-2", "")]
    assert EventKind.IDENTITY_MISMATCH not in kinds(whole, "pc-2")


def test_a_practice_machine_never_joins_a_real_asset(whole: Whole) -> None:
    whole.assets.save([new(tag="GV-0042", serial="EX4711")], NOON, "robin")
    whole.record.saw("practice-1", LAPTOP, NOON, practice=True)
    assert [(a.host, a.tag, a.practice) for a in whole.assets.all()] == [
        ("", "GV-0042", False),
        ("practice-1", "", True),
    ]


def test_a_practice_machine_may_share_serial_number_and_tag_with_a_line_of_the_list(whole: Whole) -> None:
    whole.assets.save([new(tag="GV-0042", serial="EX4711")], NOON, "robin")
    whole.record.saw("GV-0042", LAPTOP, NOON, practice=True)
    whole.assets.save([edit(the(whole, "GV-0042"), tag="GV-0042")], NOON, "robin")
    assert EventKind.IDENTITY_MISMATCH not in kinds(whole, "GV-0042")
    assert the(whole, "GV-0042").practice, "the host name comes first"
    assert the(whole, "EX4711").practice, "the other one is no machine yet"
    with pytest.raises(RecordError):
        whole.assets.save([AssetChange(None, Asset(tag="gv-0042", practice=True))], NOON, "robin")


def test_a_real_machine_takes_its_name_from_the_record_of_a_practice_machine(whole: Whole) -> None:
    whole.assets.save([new(tag="GV-0042", serial="EX4711")], NOON, "robin")
    whole.record.saw("GV-0042", LAPTOP, NOON, practice=True)
    whole.assets.save([edit(the(whole, "GV-0042"), tag="GV-0042")], NOON, "robin")
    whole.record.saw("GV-0042", LAPTOP, LATER, practice=False)
    assert [(a.host, a.tag, a.practice) for a in whole.assets.all()] == [
        ("", "GV-0042", True),
        ("GV-0042", "GV-0042", False),
    ]
    assert not the(whole, "GV-0042").practice


def test_a_serial_number_seen_on_two_machines_is_reported(whole: Whole) -> None:
    whole.record.saw("pc-1", LAPTOP, NOON, practice=False)
    whole.record.saw("pc-2", LAPTOP, NOON, practice=False)
    [mismatch] = [e for e in whole.assets.events(the(whole, "pc-2")) if e.kind is EventKind.IDENTITY_MISMATCH]
    assert mismatch.text == "its serial number is also that of pc-1"


def test_another_serial_number_is_reported_once_and_never_overwritten(whole: Whole) -> None:
    whole.record.saw("pc-1", LAPTOP, NOON, practice=False)
    for _ in range(2):
        whole.record.saw("pc-1", with_serial("OTHER1"), LATER, practice=False)
    assert the(whole, "pc-1").serial == "EX4711"
    [mismatch] = [e for e in whole.assets.events(the(whole, "pc-1")) if e.kind is EventKind.IDENTITY_MISMATCH]
    assert mismatch.text == "serial: the record says EX4711, the machine OTHER1"
    assert dict(mismatch.detail) == {"serial": ["EX4711", "OTHER1"]}

    whole.record.saw("pc-1", with_serial("OTHER2"), LATER, practice=False)
    assert kinds(whole, "pc-1").count(EventKind.IDENTITY_MISMATCH) == 2


def test_what_people_entered_stays(whole: Whole) -> None:
    whole.record.saw("pc-1", Facts(), NOON, practice=False)
    whole.assets.save([edit(the(whole, "pc-1"), maker="Typed by hand", serial="EX4711")], NOON, "robin")
    whole.record.saw("pc-1", LAPTOP, LATER, practice=False)
    asset = the(whole, "pc-1")
    assert (asset.maker, asset.model) == ("Typed by hand", "Slate 14")
    assert EventKind.IDENTITY_MISMATCH not in kinds(whole, "pc-1")


def test_facts_that_changed_are_kept_with_their_time(whole: Whole) -> None:
    whole.record.saw("pc-1", LAPTOP, NOON, practice=False)
    fuller = Disk("/dev/sda1", "/", "ext4", 256 * 10**9, 5 * 10**9)
    now = replace(LAPTOP, memory=16 * 2**30, disks=(fuller,), battery_percent=5, boot_id="other", cpu="")
    whole.record.saw("pc-1", now, LATER, practice=False)

    asset = the(whole, "pc-1")
    assert list(whole.assets.fact_changes(asset)) == [FactChange(LATER, "memory", 8 * 2**30, 16 * 2**30)]
    seen = whole.assets.sightings(asset)
    assert seen is not None
    assert (seen.facts.disks, seen.at) == ((fuller,), LATER)


def test_software_that_went_and_came_back_keeps_its_first_day(whole: Whole) -> None:
    whole.record.saw("pc-1", LAPTOP, NOON, practice=False)
    upgraded = (InstalledSoftware("bash", "5.2"), InstalledSoftware("vim", "9.1"))
    whole.record.saw("pc-1", replace(LAPTOP, software=upgraded, users=()), LATER, practice=False)
    seen = whole.assets.sightings(the(whole, "pc-1"))
    assert seen is not None
    assert [(s.name, s.version, s.first_seen, s.last_seen, s.present) for s in seen.software] == [
        ("bash", "5.2", NOON, LATER, True),
        ("vim", "9.1", LATER, LATER, True),
        ("vim", "9.0", NOON, NOON, False),
    ]
    assert [(u.name, u.last_seen, u.present) for u in seen.users] == [("tech", NOON, False)]

    promoted = (LocalUser("tech", "Technician Two", administrator=False),)
    whole.record.saw("pc-1", replace(LAPTOP, users=promoted), LATER, practice=False)
    again = whole.assets.sightings(the(whole, "pc-1"))
    assert again is not None
    assert [(s.version, s.first_seen, s.present) for s in again.software if s.name == "vim"] == [
        ("9.0", NOON, True),
        ("9.1", LATER, False),
    ]
    assert [(u.full_name, u.administrator, u.first_seen, u.present) for u in again.users] == [
        ("Technician Two", False, NOON, True)
    ]


def test_a_look_without_a_list_of_software_forgets_none(whole: Whole) -> None:
    whole.record.saw("pc-1", LAPTOP, NOON, practice=False)
    whole.record.saw("pc-1", replace(LAPTOP, software=(), users=()), LATER, practice=False)
    seen = whole.assets.sightings(the(whole, "pc-1"))
    assert seen is not None
    assert [(s.name, s.present) for s in seen.software] == [("bash", True), ("vim", True)]
    assert [(u.name, u.present) for u in seen.users] == [("tech", True)]


def test_hostile_facts_are_stored_harmless(whole: Whole) -> None:
    hostile = "\x1b]0;x\x07\0\ud800" + "A" * 10_000
    facts = Facts(
        hostname=hostile,
        maker=hostile,
        serial=hostile,
        macs=(hostile,),
        disks=(Disk(hostile, "/", "ext4", 1, 1),),
        software=(InstalledSoftware(hostile, hostile),),
        users=(LocalUser(hostile, hostile, administrator=False),),
    )
    whole.record.saw("pc-1", facts, NOON, practice=False)
    asset = the(whole, "pc-1")
    seen = whole.assets.sightings(asset)
    assert seen is not None
    stored = [asset.maker, asset.serial, *asset.macs, seen.facts.hostname, seen.facts.disks[0].device]
    for text in [*stored, seen.software[0].name, seen.software[0].version, seen.users[0].name, seen.users[0].full_name]:
        assert text.isprintable()
        assert len(text) == 200


def test_a_machine_from_stock_is_ready_after_a_verified_setup(whole: Whole) -> None:
    whole.assets.save([new(tag="GV-0042", serial="EX4711")], NOON, "robin")
    whole.record.saw("pc-1", LAPTOP, NOON, practice=False)
    whole.record.begin(intent("v", verb="verify"))
    whole.record.finish_host("v", verified(), LATER)
    whole.record.begin(intent("f"))
    whole.record.finish_host("f", HostResult("pc-1", Outcome.FAILED, False, 1.0), LATER)
    assert the(whole, "pc-1").state is LifeState.STOCK

    whole.record.begin(intent("s"))
    whole.record.finish_host("s", verified("groups/staff"), LATER)
    assert the(whole, "pc-1").state is LifeState.READY
    assert dict(whole.assets.events(the(whole, "pc-1"))[0].detail) == {"run": "s", "state": ["stock", "ready"]}


def test_setup_leaves_an_assigned_machine_assigned(whole: Whole) -> None:
    whole.assets.save([new(host="pc-1", state=LifeState.ASSIGNED)], NOON, "robin")
    whole.record.begin(intent("s"))
    whole.record.finish_host("s", verified("groups/staff"), LATER)
    assert the(whole, "pc-1").state is LifeState.ASSIGNED
