"""A table from a spreadsheet is read whatever the spreadsheet did to it; a table for one cannot attack it."""

import csv
import io
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from deskprov.formats.asset_csv import MOST_BYTES, read_assets, write_assets
from deskprov.model.asset import FIELDS, Asset, fields_with

OWN = fields_with({"colour": "text", "offset": "number"})


def read(text: str) -> list[dict[str, object]]:
    rows, problems = read_assets(text.encode(), "assets.csv", OWN)
    assert list(problems) == []
    return [dict(row.values) for row in rows]


def problems_of(content: bytes) -> list[str]:
    return [str(problem) for problem in read_assets(content, "assets.csv", OWN)[1]]


@pytest.mark.parametrize(
    "text",
    [
        "tag,bought,room\nT1,2026-08-01,12\n",
        "\ufefftag;bought;room\r\nT1;2026-08-01;12\r\n",
        "Tag\tBOUGHT\t Room \r\nT1\t2026-08-01\t12",
        '"tag","bought","room"\n"T1","2026-08-01","12"\n',
        "\n\ntag,bought,,room,,\n,,,,\nT1 , 2026-08-01,,12,,\n,,\n",
    ],
)
def test_whatever_the_spreadsheet_did(text: str) -> None:
    assert read(text) == [{"tag": "T1", "bought": date(2026, 8, 1), "room": "12"}]


def test_columns_of_the_site_and_names_with_spaces() -> None:
    assert read("tag,Funding Source,colour,offset\nT1,Grant A,blue,-3") == [
        {"tag": "T1", "funding_source": "Grant A", "colour": "blue", "offset": -3}
    ]


def test_a_cell_without_a_header_is_not_thrown_away() -> None:
    assert problems_of(b"tag,,\nT1,,x\n") == ["assets.csv:2:3: 'x' stands under no field; name the column"]


def test_an_empty_cell_says_nothing() -> None:
    assert read("tag,room,price\nT1,,\n") == [{"tag": "T1"}]


def test_lines_are_counted_as_an_editor_counts_them() -> None:
    text = '\n\ntag,vendor\nT1,"a\nb"\nT2,x\n\nT3,"\x1b"\n'
    rows, problems = read_assets(text.encode(), "a.csv", OWN)
    assert [(row.source.line, row.values["tag"]) for row in rows] == [(6, "T2")]
    assert [(p.source.line, p.source.column) for p in problems] == [(4, 2), (8, 2)]


def test_every_problem_at_once_with_line_and_column() -> None:
    table = "tag,bougt,price,serial number,tag\nT1,x,$5,S1\nT2,,1.5,N/A,,too much\nT3,,4.00,,\n"
    assert problems_of(table.encode()) == [
        "assets.csv:1:2: there is no field 'bougt'; did you mean bought?",
        "assets.csv:1:4: there is no field 'serial number'; did you mean serial?",
        "assets.csv:1:5: the column tag is there twice; take one out",
        "assets.csv:2:3: price: '$5' is no price; write it as 499.00, with a point and without a currency sign",
        "assets.csv:3:6: the line has 6 cells, the header 5; put a cell that holds the separator in quotes",
    ]


@pytest.mark.parametrize(
    ("content", "told"),
    [
        (b"", "assets.csv:1:1: there is no header line with names of fields"),
        (b"\n , \n", "assets.csv:1:1: there is no header line with names of fields"),
        ("tag\nT1".encode("utf-16"), "assets.csv:1:1: the file is UTF-16, not UTF-8; save it as 'CSV UTF-8'"),
        (b"tag,vendor\nT1,Caf\xe9\n", "assets.csv:2:1: the file is not UTF-8; save it as 'CSV UTF-8'"),
        (b'tag,vendor\nT1,"a"b\n', "assets.csv:2:1: this is no CSV: ',' expected after '\"'; mind the quotes"),
        (b"x" * (MOST_BYTES + 1), "assets.csv:1:1: the table is larger than 32 MiB; split it"),
    ],
    ids=["nothing", "blank", "utf-16", "latin-1", "quotes", "huge"],
)
def test_what_is_no_table(content: bytes, told: str) -> None:
    assert problems_of(content) == [told]


def test_escape_sequences_in_cells_are_told_as_codes() -> None:
    [problem] = problems_of(b"tag,bought\nT1,\x1b]0;x\x07\n")
    assert problem.isprintable()
    assert r"\x1b]0;x\x07" in problem


@pytest.mark.parametrize("hostile", ["=HYPERLINK(1)", "+1", "-1", "@SUM(A1)", "'=1", "''+1"])
def test_no_cell_is_a_formula(hostile: str) -> None:
    asset = Asset(tag="T1", vendor=hostile, host="pc-1")
    text = write_assets([asset], FIELDS)
    [_, cells] = list(csv.reader(io.StringIO(text)))
    assert not any(cell.startswith(("=", "+", "-", "@", "\t", "\r")) for cell in cells)
    assert read(text) == [{"tag": "T1", "host": "pc-1", "vendor": hostile, "kind": "computer", "state": "stock"}]


def test_control_characters_that_slipped_in_do_no_harm() -> None:
    text = write_assets([Asset(maker="\t=1"), Asset(maker="\r=1"), Asset(maker="\0=1")], {"maker": FIELDS["maker"]})
    assert [cells[0][0] for cells in csv.reader(io.StringIO(text, newline=""))][1:] == ["'", "'", "'"]


LINES = st.text(st.characters(categories=("L", "N", "P", "S", "Zs")), max_size=60).filter(
    lambda text: text.isprintable() and text == text.strip()
)


@given(LINES, LINES, st.lists(LINES.filter(lambda text: text and ";" not in text), max_size=3))
def test_what_is_written_is_read_back(vendor: str, room: str, accessories: list[str]) -> None:
    asset = Asset(tag="T1", vendor=vendor, room=room, accessories=tuple(accessories), site_fields={"offset": -3})
    [row], problems = read_assets(write_assets([asset], OWN).encode(), "a.csv", OWN)
    assert list(problems) == []
    assert Asset().with_values(row.values) == asset
