"""Data that a command writes where the user says."""

import json
from pathlib import Path

import typer

from deskprov.cli.context import Session
from deskprov.errors import WrongUsage


def write_json(now: Session, data: object, output: Path | None) -> None:
    """Data to a file, or to standard output. Raises `WrongUsage` when the file cannot be written."""
    if output is None:
        now.out.print_json(json.dumps(data))
        return
    try:
        output.write_text(json.dumps(data, indent=1, ensure_ascii=False) + "\n", "utf-8")
    except OSError as error:
        raise WrongUsage(f"{output} cannot be written: {error.strerror}.") from error
    now.err.print(f"Written to {output}.")


def write_text(text: str, output: Path | None) -> None:
    """Text as it is to a file, or to standard output. Raises `WrongUsage` when the file cannot be written."""
    if output is None:
        typer.echo(text, nl=False)
        return
    try:
        output.write_text(text, "utf-8", newline="")
    except OSError as error:
        raise WrongUsage(f"{output} cannot be written: {error.strerror}.") from error
