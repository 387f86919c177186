"""Columns that stay on one line each, however wide the screen is, so that `grep` finds whole rows."""

from collections.abc import Sequence

from rich.cells import cell_len
from rich.console import Group
from rich.text import Text

GAP = 3


def columns(rows: Sequence[Sequence[Text]], indent: int = 0) -> Group:
    """The rows below each other, each column as wide as its widest cell."""
    widths = [max(cell_len(cell.plain) for cell in column) for column in zip(*rows, strict=True)]
    return Group(*(_row(row, widths, indent) for row in rows))


def _row(cells: Sequence[Text], widths: Sequence[int], indent: int) -> Text:
    line = Text(" " * indent, no_wrap=True, overflow="ignore")
    for cell, width in zip(cells, widths, strict=True):
        line.append_text(cell).append(" " * (width - cell_len(cell.plain) + GAP))
    line.rstrip()
    return line
