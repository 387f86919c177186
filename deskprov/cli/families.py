"""The whole command tree: one line per family of verbs, in the order of `deskprov --help`."""

from collections.abc import Callable, Sequence

import typer

from deskprov.cli.app import app

FAMILIES: Sequence[Callable[[typer.Typer], None]] = ()

for register in FAMILIES:
    register(app)

__all__ = ["app"]
