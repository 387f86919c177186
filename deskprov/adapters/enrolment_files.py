"""Reads the enrolment files that somebody carried here, on a stick for example: nothing there is trusted."""

import os
import stat
from collections.abc import Sequence
from pathlib import Path

from deskprov.errors import WrongUsage
from deskprov.formats.enrolment import MOST_BYTES
from deskprov.formats.file_refusals import reason
from deskprov.model.enrolment import FILE_PREFIX, CarriedFile
from deskprov.model.problem import InvalidInput, Problem
from deskprov.model.source import Source

MOST_FILES = 1000


def read_enrolment_files(paths: Sequence[Path]) -> list[CarriedFile]:
    """The files named, and those in the folders named whose names begin as the script names them.

    Raises `WrongUsage` for a folder without any, `InvalidInput` with everything that cannot be read.
    """
    files = [file for path in paths for file in (_in_folder(path) if path.is_dir() else [path])]
    if len(files) > MOST_FILES:
        raise WrongUsage(f"These are {len(files)} files.", hint=f"Enrol at most {MOST_FILES} at once.")
    carried, problems = [], []
    for file in dict.fromkeys(files):
        try:
            carried.append(CarriedFile(str(file), _content(file)))
        except OSError as error:
            hint = "is the stick still in?"
            problems.append(Problem(Source(str(file), 1), "unreadable", f"cannot be read: {reason(error)}", hint))
        except ValueError as error:
            problems.append(
                Problem(Source(str(file), 1), "enrolment", str(error), "name the file that the script wrote")
            )
    if problems:
        raise InvalidInput(problems)
    return carried


def _in_folder(folder: Path) -> list[Path]:
    try:
        found = sorted(path for path in folder.iterdir() if path.name.startswith(FILE_PREFIX))
    except OSError as error:
        raise WrongUsage(f"{folder} cannot be looked into: {reason(error)}.", hint="Is the stick still in?") from error
    if not found:
        raise WrongUsage(
            f"There is no enrolment in {folder}.",
            hint=f"They are called {FILE_PREFIX}….json; `deskprov bootstrap` makes the script that writes them.",
        )
    return found


def _content(file: Path) -> bytes:
    """At most one byte more than an enrolment may have. Raises OSError, and ValueError for what is no plain file."""
    descriptor = os.open(file, os.O_RDONLY | os.O_NONBLOCK | os.O_CLOEXEC)
    with os.fdopen(descriptor, "rb") as stream:
        if not stat.S_ISREG(os.fstat(descriptor).st_mode):
            raise ValueError("is no plain file")
        return stream.read(MOST_BYTES + 1)
