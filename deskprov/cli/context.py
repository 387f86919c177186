"""What every command needs: the site, the two consoles, and whether a person can be asked."""

import os
import shutil
import sys
import textwrap
from functools import cached_property
from typing import TYPE_CHECKING, Annotated, TextIO, TypedDict

import typer
from msgspec import Struct

if TYPE_CHECKING:
    from rich.console import Console

    from deskprov.api.site import Site

PIPE_WIDTH = 10_000
"""Wider than anything that is printed."""

Json = Annotated[bool, typer.Option("--json", help="Data for programs, on standard output.")]
Yes = Annotated[bool, typer.Option("--yes", "-y", help="Answers every confirmation with yes.")]
Targets = Annotated[
    list[str] | None,
    typer.Argument(help="Host, tag or serial, @group, profile:NAME, place:NAME or ring:NAME.", show_default=False),
]


class Session(Struct, dict=True):
    """The options that stand before the verb, and what follows from them."""

    directory: str | None = None
    verbosity: int = 0
    no_color: bool = False
    no_input: bool = False

    @cached_property
    def site(self) -> "Site":
        """The site around the working folder, or around `-C`. Raises `SiteNotFound`, `InvalidInput`."""
        from deskprov.wiring import open_site

        return open_site(self.directory or ".", may_ask=not self.no_input)

    @cached_property
    def out(self) -> "Console":
        """For data: standard output."""
        from deskprov.presenters.safe_console import SafeConsole

        return SafeConsole(no_color=self._colorless, **_shape(sys.stdout))

    @cached_property
    def err(self) -> "Console":
        """For talk: standard error."""
        from deskprov.presenters.safe_console import SafeConsole

        return SafeConsole(stderr=True, no_color=self._colorless, **_shape(sys.stderr))

    @property
    def interactive(self) -> bool:
        """True when a person can be asked."""
        return not self.no_input and sys.stdin.isatty() and sys.stderr.isatty()

    def confirm(self, question: str) -> bool:
        """Asks for a yes; without a person the answer is no."""
        if not self.interactive:
            return False
        try:
            return typer.confirm(_wrapped(f"{question} [y/N]:"), False, prompt_suffix="", show_default=False, err=True)
        except typer.Abort:
            raise KeyboardInterrupt from None

    @property
    def _colorless(self) -> bool:
        return self.no_color or bool(os.environ.get("NO_COLOR"))


def _wrapped(question: str) -> str:
    """The question with its line ends between words, so that the terminal breaks none."""
    width = shutil.get_terminal_size().columns
    told = textwrap.fill(question, width - 2, break_long_words=False, break_on_hyphens=False)
    return f"{told} "


def _shape(stream: TextIO) -> "_Shape":
    """On a terminal its own width; in a file or a pipe no line is wrapped, and nothing cut off at a guessed width."""
    if stream.isatty():
        return {"width": None, "soft_wrap": False}
    return {"width": PIPE_WIDTH, "soft_wrap": True}


class _Shape(TypedDict):
    width: int | None
    soft_wrap: bool


def session(context: typer.Context) -> Session:
    """The session of this call."""
    return context.ensure_object(Session)
