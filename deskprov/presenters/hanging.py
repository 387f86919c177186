"""Text beside a label that goes on below itself on a terminal, and stays on one line in a pipe."""

from msgspec import Struct, field
from rich.cells import cell_len
from rich.console import Console, ConsoleOptions, RenderResult
from rich.text import Text

LEAST = 20


class Hanging(Struct, frozen=True):
    """`label` padded to `indent` cells, then `text`, each of whose lines begins in that column.

    Lines after the first begin with `below`, as wide as that, or with spaces.
    """

    label: Text
    text: Text
    indent: int
    below: Text = field(default_factory=Text)

    def __rich_console__(self, console: Console, options: ConsoleOptions) -> RenderResult:
        head = self.label.copy()
        gap = self.indent - cell_len(head.plain)
        head.append(" " * (gap if gap >= 0 else 1))
        below = self.below.copy()
        below.append(" " * max(0, self.indent - cell_len(below.plain)))
        width = max(LEAST, options.max_width - self.indent)
        lines = self.text.split("\n") if options.no_wrap else self.text.wrap(console, width, tab_size=8)
        for number, line in enumerate(lines):
            line.rstrip()
            yield Text.assemble(below if number else head, line, no_wrap=True, overflow="ignore")
