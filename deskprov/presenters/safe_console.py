"""The console of the command line: whatever is printed on it, nothing can act on the terminal.

Presenters escape what machines, files and people have put in, so that it stands well in its column. This is the door
behind which it would not matter if one of them forgot: only rich's own styles reach the terminal as escape sequences.
"""

from collections.abc import Iterable
from typing import Any

from rich.console import Console, ConsoleOptions, RenderableType
from rich.segment import Segment

from deskprov.presenters.safe_text import safe


class SafeConsole(Console):
    """A console on which text is only text: no markup, no emoji codes, no highlighting, no control characters."""

    def __init__(self, **options: Any) -> None:
        super().__init__(markup=False, emoji=False, highlight=False, **options)

    def render(self, renderable: RenderableType, options: ConsoleOptions | None = None) -> Iterable[Segment]:
        """What rich makes of it, with what cannot be printed shown as its code, line ends and tabs aside."""
        for segment in super().render(renderable, options):
            yield segment if segment.control else Segment(_text(segment.text), segment.style)

    def print(self, *objects: Any, **options: Any) -> None:
        """As rich does it, but what is wider than the terminal and must not be wrapped is not cut off either."""
        super().print(*objects, **{"crop": False, **options})

    def print_json(self, json: str | None = None, *arguments: Any, **options: Any) -> None:
        """As rich does it, but in ASCII: outside of it an escape would be no JSON any more."""
        super().print_json(json, *arguments, **{**options, "ensure_ascii": True})


def _text(text: str) -> str:
    if text.isprintable() or text == "\n":
        return text
    return "\n".join("\t".join(map(safe, line.split("\t"))) for line in text.split("\n"))
