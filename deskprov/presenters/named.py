"""A name that somebody may have to type or look for again, and what is said of it: the name is never broken.

Rich breaks a word that is wider than the screen wherever it ends, and leaves the sign before it on a line alone.
"""

from msgspec import Struct
from rich.cells import cell_len
from rich.console import Console, ConsoleOptions, RenderResult
from rich.text import Text

from deskprov.presenters.indented import Indented


class Named(Struct, frozen=True):
    """`name`, `indent` columns from the left, and `told` behind it or, where both do not fit, below and further in."""

    name: Text
    told: Text
    indent: int = 2

    def __rich_console__(self, console: Console, options: ConsoleOptions) -> RenderResult:
        line = Text(" " * self.indent, no_wrap=True, overflow="ignore").append_text(self.name)
        if options.no_wrap or cell_len(line.plain) + cell_len(self.told.plain) <= options.max_width:
            yield line.append_text(self.told)
            return
        yield line
        yield Indented(self.told[len(self.told.plain) - len(self.told.plain.lstrip()) :], self.indent + 4)
