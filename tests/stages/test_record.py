"""What a table means for the record: which line is which asset, what is new, and what cannot be."""

from deskprov.formats.asset_csv import read_assets
from deskprov.model.asset import FIELDS, Asset
from deskprov.model.history import EventKind
from deskprov.model.ports.assets import AssetChange
from deskprov.stages.record import plan_import, taken_names

ONE = Asset(id=1, host="pc-1", tag="T1", serial="S1", room="12")
TWO = Asset(id=2, tag="T2", serial="S2")
THREE = Asset(id=3, host="pc-3", serial="SHARED")
FOUR = Asset(id=4, host="pc-4", serial="SHARED")
ALL = [ONE, TWO, THREE, FOUR]


def plan(table: str) -> tuple[list[AssetChange], list[str]]:
    rows, problems = read_assets(table.encode(), "a.csv", FIELDS)
    assert list(problems) == []
    changes, clashes = plan_import(ALL, rows)
    return list(changes), [str(problem) for problem in clashes]


def test_a_line_is_the_asset_with_its_tag_serial_or_host() -> None:
    changes, problems = plan("tag,serial,host,room\nt1,,,1\n,s2,,2\n,,PC-3,3\n")
    assert problems == []
    assert [(c.before, c.after.room, c.kind) for c in changes] == [
        (ONE, "1", EventKind.IMPORTED),
        (TWO, "2", EventKind.IMPORTED),
        (THREE, "3", EventKind.IMPORTED),
    ]


def test_a_line_that_no_asset_fits_makes_one() -> None:
    [change], problems = plan("tag,serial,kind\nT9,S9,laptop\n")
    assert problems == []
    assert (change.before, change.after) == (None, Asset(tag="T9", serial="S9", kind=change.after.kind))
    assert change.after.kind == "laptop"


def test_a_line_that_says_what_is_known_changes_nothing() -> None:
    assert plan("tag,serial,room\nT1,S1,12\n") == ([], [])


def test_what_was_known_stays_where_the_line_says_nothing() -> None:
    [change], _ = plan("tag,room,vendor\nT1,,Shop\n")
    assert (change.after.room, change.after.serial, change.after.vendor) == ("12", "S1", "Shop")


def test_a_serial_number_that_two_share_decides_nothing_alone() -> None:
    changes, problems = plan("host,serial,room\n,SHARED,1\npc-4,SHARED,2\n")
    assert [c.before for c in changes] == [FOUR]
    assert problems == ["a.csv:2:1: the line fits several assets: pc-3, pc-4; correct the tag, serial or host"]


def test_every_contradiction_is_told_with_its_line() -> None:
    _, problems = plan("tag,serial,host,room\nT1,S2,,1\n,,,5\nT5,S5,,\nT5,S6,,\nT7,,PC-1,\n,S8,t2,\n")
    assert problems == [
        "a.csv:2:1: the line fits several assets: pc-1, T2; correct the tag, serial or host",
        "a.csv:3:1: the line has no tag, serial or host; fill in one",
        "a.csv:5:1: tag 'T5' is on line 4 too; each asset once",
        "a.csv:7:3: host 't2' belongs to T2; correct it",
    ]


def test_two_lines_for_one_asset() -> None:
    _, problems = plan("tag,serial,room\nT1,,1\n,S1,2\n")
    assert problems == [
        "a.csv:3:1: host 'pc-1' is on line 2 too; each asset once",
        "a.csv:3:1: tag 'T1' is on line 2 too; each asset once",
        "a.csv:3:2: serial 'S1' is on line 2 too; each asset once",
    ]


def test_names_are_unique_across_their_kinds() -> None:
    renamed = AssetChange(TWO, TWO.with_values({"tag": "PC-1", "serial": "s1", "host": "new"}))
    assert taken_names(ALL, renamed) == [("tag", ONE), ("serial", ONE)]
    assert taken_names(ALL, AssetChange(TWO, TWO.with_values({"tag": "t2", "room": "9"}))) == []
    assert taken_names(ALL, AssetChange(None, Asset(tag="T1"))) == [("tag", ONE)]
    assert taken_names(ALL, AssetChange(THREE, THREE.with_values({"room": "9"}))) == []


def test_the_record_of_a_practice_machine_is_none_that_a_table_means_and_may_share_tag_and_serial() -> None:
    practice = Asset(id=9, host="T9", tag="T9", serial="S9", practice=True)
    line, _ = read_assets(b"tag,serial\nT9,S9\n", "a.csv", FIELDS)
    changes, problems = plan_import([practice], line)
    assert ([change.before for change in changes], problems) == ([None], [])
    real = Asset(id=8, tag="T9", serial="S9")
    assert plan_import([practice, real], line) == ([], [])
    assert taken_names([practice, real], AssetChange(practice, practice.with_values({"room": "9"}))) == []
    bare = Asset(id=9, host="T9", practice=True)
    assert taken_names([bare, real], AssetChange(bare, bare.with_values({"tag": "T9"}))) == []
