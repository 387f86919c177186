"""Indented text that is wrapped on a terminal, and never cut off where nothing is wrapped: in a file or a pipe."""

from msgspec import Struct
from rich.console import Console, ConsoleOptions, RenderResult
from rich.padding import Padding
from rich.text import Text


class Indented(Struct, frozen=True):
    """The text, this many columns from the left."""

    text: Text
    columns: int

    def __rich_console__(self, console: Console, options: ConsoleOptions) -> RenderResult:
        """One line where lines are not wrapped, else as many as it takes."""
        if options.no_wrap:
            yield Text(" " * self.columns).append_text(self.text)
        else:
            yield Padding(self.text, (0, 0, 0, self.columns), expand=False)
