"""Assets are corrected field by field, or by a table as a whole, and every mistake is told at once."""

from typing import Never

import pytest

from deskprov.api import assets, runs
from deskprov.errors import NoHostMatched, RecordError, WrongUsage
from deskprov.model.asset import Asset, LifeState
from deskprov.model.asset_filter import AssetFilter
from deskprov.model.history import EventKind
from deskprov.model.inventory import Connection, Host
from deskprov.model.problem import InvalidInput
from deskprov.model.settings import Settings
from deskprov.testing import FakeSite, MemoryFiles, MemoryInventory, ScriptedRunner, ScriptedTransport
from tests.adapters.database.samples import LAPTOP, NOON, intent, verified


def never(*_: object) -> Never:
    raise AssertionError("the record is kept without asking a machine")


@pytest.fixture
def site() -> FakeSite:
    """A site with one machine, which nobody has looked at."""
    settings = Settings(format=1, name="Example School", asset_fields={"bulb_hours": "number"})
    hosts = MemoryInventory(Host("pc-9", Connection("192.0.2.9")))
    return FakeSite(MemoryFiles({}), hosts, ScriptedTransport(never), ScriptedRunner(never), settings=settings)


def test_an_edit_sets_empties_and_logs(site: FakeSite) -> None:
    assets.add(site, ["tag=GV-0042", "room=12", "bulb_hours=3", "state=loaner"])
    change = assets.edit(site, "gv-0042", ["room=", "bulb_hours=", "state=", "funding-source=Grant = A"])
    after = change.after
    assert (after.room, after.site_fields, after.state) == ("", {}, LifeState.STOCK)
    assert after.funding_source == "Grant = A"
    assert site.memory.events(after)[0].by == "robin"


def test_every_mistake_of_an_edit_is_told_at_once_and_nothing_is_changed(site: FakeSite) -> None:
    assets.add(site, ["tag=GV-0042"])
    with pytest.raises(WrongUsage) as told:
        assets.edit(site, "GV-0042", ["room=14", "rom=1", "price=x", "loose"])
    assert told.value.message == (
        "Nothing was changed: there is no field 'rom' (did you mean room?); price: 'x' is no price; "
        "write it as 499.00, with a point and without a currency sign; 'loose' is not FIELD=VALUE."
    )
    assert site.memory.find("GV-0042").room == ""


def test_an_edit_that_changes_nothing_is_none(site: FakeSite) -> None:
    assets.add(site, ["tag=GV-0042", "room=12"])
    change = assets.edit(site, "GV-0042", ["room=12"])
    assert change.before == change.after


def test_a_name_that_another_asset_has_is_refused(site: FakeSite) -> None:
    assets.add(site, ["tag=GV-0042", "host=pc-1"])
    assets.add(site, ["tag=GV-0043"])
    with pytest.raises(WrongUsage, match="The tag 'PC-1' belongs to another asset, pc-1"):
        assets.edit(site, "GV-0043", ["tag=PC-1"])
    with pytest.raises(WrongUsage, match="belongs to another asset"):
        assets.add(site, ["serial=gv-0042"])
    assert assets.edit(site, "GV-0043", ["tag=gv-0043"]).after.tag == "gv-0043"


def test_an_asset_without_a_name_is_refused(site: FakeSite) -> None:
    with pytest.raises(WrongUsage, match="needs a tag, a serial or a host"):
        assets.add(site, ["room=12"])


def test_a_machine_of_the_inventory_gets_its_record_by_an_edit(site: FakeSite) -> None:
    assert assets.edit(site, "pc-9", ["room=12"]).after.host == "pc-9"
    assert site.memory.find_host("pc-9") == "pc-9"


def test_an_unknown_name_is_told_with_what_is_near(site: FakeSite) -> None:
    assets.add(site, ["tag=GV-0042"])
    with pytest.raises(NoHostMatched) as told:
        assets.edit(site, "GV-0024", ["room=12"])
    assert told.value.hint == "Did you mean GV-0042?"
    with pytest.raises(NoHostMatched) as told:
        assets.show(site, "pc-9")
    assert (told.value.message, told.value.hint) == (
        "Nobody has looked at pc-9 yet.",
        "deskprov setup pc-9, or deskprov plan pc-9",
    )
    with pytest.raises(NoHostMatched, match=r"'\\x1b\[2J'"):
        assets.note(site, "\x1b[2J", "text")


def test_show_gathers_all_that_is_known(site: FakeSite) -> None:
    site.memory.saw("pc-1", LAPTOP, NOON, practice=False)
    site.memory.begin(intent())
    site.memory.finish_host(intent().run, verified("groups/staff"), NOON)
    assets.note(site, "EX4711", "scratch")
    detail = assets.show(site, "ex4711")
    assert (detail.asset.host, detail.sightings.facts.cpu_count) == ("pc-1", 8)
    assert [event.kind for event in detail.events] == [EventKind.NOTE, EventKind.IDENTIFIED, EventKind.CREATED]
    assert [run.steps[0].resource for run in detail.runs] == ["groups/staff"]


def test_listing_and_finding(site: FakeSite) -> None:
    for tag, room in (("GV-1", "12"), ("GV-2", "14")):
        assets.add(site, [f"tag={tag}", f"room={room}"])
    assert [asset.tag for asset in assets.listing(site, AssetFilter(place="14"))] == ["GV-2"]
    assert [asset.tag for asset in assets.find(site, "gv 12")] == ["GV-1"]


def test_a_table_is_taken_as_a_whole(site: FakeSite) -> None:
    assets.add(site, ["tag=GV-0042", "room=12"])
    changes = assets.plan_table(site, b"tag,room,bulb_hours\nGV-0042,14,\nGV-0043,15,7\n", "a.csv")
    assert site.memory.find("GV-0043") is None
    assets.import_changes(site, changes)
    assert [(a.tag, a.room, dict(a.site_fields)) for a in site.memory.all()] == [
        ("GV-0042", "14", {}),
        ("GV-0043", "15", {"bulb_hours": 7}),
    ]


def test_a_table_with_mistakes_is_refused_with_all_of_them_in_order(site: FakeSite) -> None:
    table = b"tag,bought,room\nGV-1,,1\nGV-2,1/2/2026,2\nGV-1,,3\n,,4\n"
    with pytest.raises(InvalidInput) as told:
        assets.plan_table(site, table, "a.csv")
    assert [problem.source.line for problem in told.value.problems] == [3, 4, 5]
    assert site.memory.all() == []


def test_a_table_planned_on_an_older_record_is_refused(site: FakeSite) -> None:
    assets.add(site, ["tag=GV-0042", "room=12"])
    changes = assets.plan_table(site, b"tag,room\nGV-0042,14\nGV-0043,15\n", "a.csv")
    assets.edit(site, "GV-0042", ["room=99"])
    with pytest.raises(RecordError, match="changed by someone else"):
        assets.import_changes(site, changes)
    assert [asset.room for asset in site.memory.all()] == ["99"]


def test_runs_and_history(site: FakeSite) -> None:
    with pytest.raises(NoHostMatched, match="no run yet"):
        runs.run(site, "")
    site.memory.saw("pc-1", LAPTOP, NOON, practice=False)
    site.memory.begin(intent())
    site.memory.finish_host(intent().run, verified("groups/staff"), NOON)
    assert runs.run(site, "").summary.run == intent().run
    assert runs.run(site, intent().run[:8]).summary.run == intent().run
    with pytest.raises(NoHostMatched) as told:
        runs.run(site, f"{intent().run}x")
    assert intent().run in told.value.hint
    assert [run.host for run in runs.of_host(site, "EX4711", 5)] == ["pc-1"]
    past = runs.history(site, "ex4711", 1)
    assert (past.host, len(past.runs), len(past.events)) == ("pc-1", 1, 1)
    with pytest.raises(NoHostMatched, match="knows nothing of 'pc-8'"):
        runs.history(site, "pc-8", 5)


def test_a_machine_that_never_answered_has_a_history_too(site: FakeSite) -> None:
    site.memory.begin(intent(hosts=["pc-9"]))
    site.memory.finish_host(intent().run, verified(host="pc-9"), NOON)
    past = runs.history(site, "pc-9", 5)
    assert (len(past.runs), list(past.events)) == (1, [])


@pytest.mark.parametrize("text", ["", " \t"])
def test_a_remark_without_words_is_refused(site: FakeSite, text: str) -> None:
    asset = assets.add(site, ["tag=GV-0042"])
    before = list(site.memory.events(asset))
    with pytest.raises(WrongUsage, match="needs words"):
        assets.note(site, "GV-0042", text)
    assert list(site.memory.events(asset)) == before


def test_an_asset_without_a_host_has_a_history_too(site: FakeSite) -> None:
    assets.add(site, ["tag=GV-0042"])
    assert len(runs.history(site, "GV-0042", 5).events) == 1
    assert isinstance(assets.show(site, "GV-0042").asset, Asset)
