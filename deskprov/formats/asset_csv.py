"""Assets as a table in CSV: what a spreadsheet saves, and what a spreadsheet opens without being attacked.

The first line names the fields. Read: commas, semicolons or tabs between the cells, a byte order mark, any line ends.
An empty cell changes nothing. Written: RFC 4180. What a spreadsheet would take for a formula, at the beginning of a
cell or behind a separator in it, gets an apostrophe in front (OWASP, CSV Injection), which reading takes away again.
"""

import csv
import io
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

from msgspec import Struct, field

from deskprov.formats.near_miss import near_miss
from deskprov.model.asset import Asset, AssetField
from deskprov.model.problem import Problem
from deskprov.model.source import Source

MOST_BYTES = 32 * 1024 * 1024
_FORMULA = re.compile(r"(^|[;,\t\r\n\"])('*)(?=[=+@\t\r\0\uff1d\uff0b\uff0d\uff20-])")
"""Where a cell begins like a formula, also for a spreadsheet that splits the lines in another way than they were meant;
the last four are wide forms, which some take for the same."""

_GUARDED = re.compile(_FORMULA.pattern.replace("('*)", "'('*)"))
_OTHER_WORDS = {
    "asset_tag": "tag",
    "inventory_number": "tag",
    "serial_number": "serial",
    "sn": "serial",
    "hostname": "host",
    "host_name": "host",
    "name": "host",
    "manufacturer": "maker",
    "brand": "maker",
    "type": "kind",
    "status": "state",
    "cost": "price",
    "po": "purchase_order",
    "fund": "funding_source",
    "purchase_date": "bought",
    "warranty": "warranty_end",
    "location": "room",
    "school": "building",
    "user": "assigned_to",
    "student": "assigned_to",
    "mac": "macs",
    "mac_address": "macs",
}


class AssetRow(Struct, frozen=True):
    """One line of the table that says something. `values` holds the cells that are not empty, by field."""

    source: Source
    values: Mapping[str, Any]
    columns: Mapping[str, int] = field(default_factory=dict)

    def at(self, name: str) -> Source:
        """The place of a cell; columns count from 1."""
        return Source(self.source.file, self.source.line, self.columns.get(name, 1))


def read_assets(
    content: bytes, file: str, fields: Mapping[str, AssetField]
) -> tuple[Sequence[AssetRow], Sequence[Problem]]:
    """The rows that are right, and every problem of the others, in order of lines."""
    text, problem = _decoded(content, file)
    if problem:
        return [], [problem]
    lines, malformed = _cells(text, file)
    if not lines:
        return [], malformed or [Problem(Source(file, 1), "empty-file", "there is no header line with names of fields")]
    (header_line, header), *rest = lines
    names, problems = _header(header, Source(file, header_line), fields)
    rows = []
    for line, cells in rest:
        row, wrong = _row(cells, names, Source(file, line), fields)
        problems += wrong
        if row.values and not wrong:
            rows.append(row)
    return rows, [*problems, *malformed]


def write_assets(assets: Iterable[Asset], fields: Mapping[str, AssetField]) -> str:
    """The table with these fields as columns, harmless for a spreadsheet; `read_assets` gives the same values."""
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\r\n")
    writer.writerow(fields)
    for asset in assets:
        writer.writerow([_harmless(form.form.text(asset.value(name))) for name, form in fields.items()])
    return out.getvalue()


def nearest(name: str, fields: Iterable[str]) -> str:
    """A hint at the field that was probably meant, or at all of them."""
    known = list(fields)
    other = _OTHER_WORDS.get(name)
    meant = other if other in known else near_miss(name, known)
    return f"did you mean {meant}?" if meant else f"fields are {', '.join(known)}"


def shown(text: str) -> str:
    """A text in quotes, cut to a readable length, with what cannot be printed as codes."""
    return ascii(text) if not text.isprintable() else f"'{text[:60]}{'…' if len(text) > 60 else ''}'"


def _decoded(content: bytes, file: str) -> tuple[str, Problem | None]:
    if len(content) > MOST_BYTES:
        return "", Problem(
            Source(file, 1), "too-large", f"the table is larger than {MOST_BYTES // 2**20} MiB", "split it"
        )
    if content.startswith((b"\xff\xfe", b"\xfe\xff")):
        return "", Problem(Source(file, 1), "encoding", "the file is UTF-16, not UTF-8", "save it as 'CSV UTF-8'")
    try:
        return content.decode("utf-8-sig"), None
    except UnicodeDecodeError as error:
        line = content.count(b"\n", 0, error.start) + 1
        return "", Problem(Source(file, line), "encoding", "the file is not UTF-8", "save it as 'CSV UTF-8'")


def _cells(text: str, file: str) -> tuple[list[tuple[int, list[str]]], list[Problem]]:
    """Lines with their numbers, empty ones left out; what follows broken quotes cannot be read any more."""
    first = text.splitlines()[0] if text.strip() else ""
    delimiter = max(",;\t", key=first.count)
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)
    lines = []
    try:
        for start, cells in _numbered(reader):
            if any(cell.strip() for cell in cells):
                lines.append((start, cells))
    except csv.Error as error:
        return lines, [Problem(Source(file, reader.line_num), "quotes", f"this is no CSV: {error}", "mind the quotes")]
    return lines, []


def _numbered(reader: Any) -> Iterator[tuple[int, list[str]]]:
    start = 1
    for cells in reader:
        yield start, cells
        start = reader.line_num + 1


def _header(
    cells: Sequence[str], source: Source, fields: Mapping[str, AssetField]
) -> tuple[list[str | None], list[Problem]]:
    names: list[str | None] = []
    problems = []
    for column, cell in enumerate(cells, start=1):
        place = Source(source.file, source.line, column)
        name = re.sub(r"[\s-]+", "_", cell.strip().casefold())
        if name and name in names:
            problems.append(Problem(place, "twice", f"the column {name} is there twice", "take one out", name))
        elif name and name not in fields:
            message = f"there is no field {shown(cell.strip())}"
            problems.append(Problem(place, "unknown-field", message, nearest(name, fields)))
        names.append(name if name in fields or not name else None)
    return names, problems


def _row(
    cells: Sequence[str], names: Sequence[str | None], source: Source, fields: Mapping[str, AssetField]
) -> tuple[AssetRow, list[Problem]]:
    values: dict[str, Any] = {}
    columns: dict[str, int] = {}
    problems = []
    if len(cells) > len(names) and any(cell.strip() for cell in cells[len(names) :]):
        place = Source(source.file, source.line, len(names) + 1)
        message = f"the line has {len(cells)} cells, the header {len(names)}"
        problems.append(Problem(place, "too-many-cells", message, "put a cell that holds the separator in quotes"))
    for column, (name, cell) in enumerate(zip(names, cells, strict=False), start=1):
        text = _plain(cell)
        if name is None or not text.strip():
            continue
        place = Source(source.file, source.line, column)
        if not name:
            problems.append(
                Problem(place, "no-header", f"{shown(text.strip())} stands under no field", "name the column")
            )
            continue
        columns[name] = column
        try:
            values[name] = fields[name].form.value(text)
        except ValueError as error:
            problems.append(Problem(place, "bad-value", f"{name}: {shown(text.strip())} {error}", path=name))
    return AssetRow(source, values, columns), problems


def _harmless(cell: str) -> str:
    return _FORMULA.sub(r"\1'\2", cell)


def _plain(cell: str) -> str:
    return _GUARDED.sub(r"\1\2", cell)
