"""The whole command tree: one line per family of verbs, in the order of `deskprov --help`."""

from collections.abc import Callable, Sequence

import typer

from deskprov.cli import hosts, machines, practice
from deskprov.cli.app import app

FAMILIES: Sequence[Callable[[typer.Typer], None]] = (
    machines.register,
    hosts.register,
    practice.register,
)

for register in FAMILIES:
    register(app)

__all__ = ["app"]
