"""The whole command tree: one line per family of verbs, in the order of `deskprov --help`."""

from collections.abc import Callable, Sequence

import typer

from deskprov.cli import (
    assets,
    bootstrap,
    database,
    doctor,
    enroll,
    hosts,
    machines,
    practice,
    profiles,
    rendering,
    runs,
    secrets,
    site,
)
from deskprov.cli.app import app

FAMILIES: Sequence[Callable[[typer.Typer], None]] = (
    site.register,
    doctor.register,
    profiles.register,
    machines.register,
    rendering.register,
    hosts.register,
    bootstrap.register,
    enroll.register,
    assets.register,
    runs.register,
    database.register,
    secrets.register,
    practice.register,
)

for register in FAMILIES:
    register(app)

__all__ = ["app"]
