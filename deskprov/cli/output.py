"""Data that a command writes where the user says."""

import json
from collections.abc import Mapping
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


def write_files(files: Mapping[str, str], folder: Path) -> None:
    """Texts as they are into a folder, which is made if it is not there, for their owner alone to read.

    Raises `WrongUsage` when that cannot be.
    """
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise WrongUsage(f"{folder} cannot be made: {error.strerror}.") from error
    for name, text in files.items():
        write_private(text, folder / name)


def write_private(text: str, file: Path) -> None:
    """Text as it is to a new file that only its owner may read. Raises `WrongUsage` when it cannot be written."""
    remove(file)
    try:
        file.touch(mode=0o600, exist_ok=False)
    except OSError as error:
        raise WrongUsage(f"{file} cannot be written: {error.strerror}.") from error
    write_text(text, file)


def remove(file: Path) -> None:
    """Takes a file away, if it is there. Raises `WrongUsage` when that cannot be."""
    try:
        file.unlink(missing_ok=True)
    except OSError as error:
        raise WrongUsage(f"{file} cannot be removed: {error.strerror}.") from error


def refuse_to_overwrite(file: Path, hint: str) -> None:
    """Raises `WrongUsage` when there is something under this name."""
    if file.exists():
        raise WrongUsage(f"{file} is there already.", hint=hint)
