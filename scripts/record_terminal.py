"""Runs a command in a terminal of its own and draws what stands there at the end, as SVG, for the documentation.

scripts/record_terminal.py PICTURE.svg TITLE WIDTH COMMAND [ARGUMENT …]
"""

import os
import pty
import select
import struct
import sys
import termios
from fcntl import ioctl
from io import StringIO
from pathlib import Path

import pyte
from rich.console import Console
from rich.style import Style
from rich.text import Text

LINES = 400
COLOURS = {"brown": "yellow", "default": None}


def record(arguments: list[str], width: int) -> tuple[pyte.Screen, int]:
    """The screen after the command has ended, and its exit status."""
    screen = pyte.Screen(width, LINES)
    stream = pyte.ByteStream(screen)
    child, terminal = pty.fork()
    if child == 0:
        os.environ.pop("NO_COLOR", None)
        os.environ.update(TERM="xterm-256color", COLUMNS=str(width), LINES=str(LINES))
        os.execvp(arguments[0], arguments)
    ioctl(terminal, termios.TIOCSWINSZ, struct.pack("HHHH", LINES, width, 0, 0))
    while True:
        select.select([terminal], [], [])
        try:
            data = os.read(terminal, 65536)
        except OSError:
            break  # the other end of a terminal is closed by an error, on Linux
        if not data:
            break
        stream.feed(data)
    return screen, os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])


def as_text(screen: pyte.Screen) -> Text:
    """The screen's lines with their styles, without the empty ones at the end."""
    lines = []
    for number in range(screen.lines):
        line = Text()
        for column in range(screen.columns):
            cell = screen.buffer[number][column]
            line.append(cell.data, Style(color=_colour(cell.fg), bold=cell.bold))
        line.rstrip()
        lines.append(line)
    while lines and not lines[-1].plain:
        lines.pop()
    return Text("\n").join(lines)


def _colour(name: str) -> str | None:
    if len(name) == 6 and all(digit in "0123456789abcdef" for digit in name):
        return f"#{name}"
    name = name.replace("bright", "bright_")
    return COLOURS.get(name, name)


def main() -> int:
    picture, title, width, *arguments = sys.argv[1:]
    screen, status = record(arguments, int(width))
    console = Console(width=int(width), record=True, file=StringIO(), force_terminal=True)
    prompt = "$ " + " ".join(Path(arguments[0]).name if i == 0 else word for i, word in enumerate(arguments))
    console.print(Text(prompt, "bold"))
    console.print(as_text(screen))
    Path(picture).write_text(console.export_svg(title=title, unique_id="deskprov"), "utf-8")
    return status


if __name__ == "__main__":
    sys.exit(main())
