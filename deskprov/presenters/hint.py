"""What to do, with a command in it that can be copied off the screen: no line break stands inside the command."""

import re

from msgspec import Struct
from rich.cells import cell_len
from rich.console import Console, ConsoleOptions, RenderResult
from rich.padding import Padding
from rich.text import Text

_COMMAND = re.compile(r"(?<=: )[a-z~/$][\w./~-]*( .*)?$")
"""What follows the last colon and begins as commands do."""


class Hint(Struct, frozen=True):
    """The words, `indent` columns from the left; a command that does not fit beside them has a line of its own."""

    words: str
    style: str
    indent: int = 0

    def __rich_console__(self, console: Console, options: ConsoleOptions) -> RenderResult:
        if options.no_wrap or cell_len(self.words) + self.indent <= options.max_width:
            yield self._unbroken(self.words)
            return
        command = _COMMAND.search(self.words, max(0, self.words.rfind(": ")))
        told = self.words[: command.start()].rstrip() if command else self.words
        yield Padding(Text(told, self.style), (0, 0, 0, self.indent), expand=False)
        if command:
            yield self._unbroken(command.group())

    def _unbroken(self, words: str) -> Text:
        return Text(" " * self.indent, no_wrap=True, overflow="ignore").append(words, self.style)
