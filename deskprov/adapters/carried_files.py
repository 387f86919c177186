"""Reads files that somebody carried here, on a stick for example: nothing there is trusted."""

import os
import stat
from collections.abc import Sequence
from fnmatch import fnmatchcase
from pathlib import Path

from msgspec import Struct

from deskprov.errors import WrongUsage
from deskprov.formats.enrolment import MOST_BYTES
from deskprov.formats.file_refusals import reason
from deskprov.formats.join_file import LONGEST_JOIN_TEXT
from deskprov.model.enrolment import FILE_PREFIX, CarriedFile
from deskprov.model.problem import InvalidInput, Problem
from deskprov.model.source import Source

MOST_FILES = 1000


class Kind(Struct, frozen=True):
    """What is read: files in a folder whose names are of this `pattern`, in small letters or capitals, of which
    `most_bytes` and one more are read.

    `called` is what one is called in words, `made_by` what makes it, `rule` the rule that another file breaks.
    """

    pattern: str
    most_bytes: int
    called: str
    made_by: str
    rule: str


ENROLMENTS = Kind(
    f"{FILE_PREFIX}*",
    MOST_BYTES,
    "enrolment",
    f"They are called {FILE_PREFIX}….json; `deskprov bootstrap` makes the script that writes them.",
    "enrolment",
)
JOIN_FILES = Kind(
    "*.txt",
    3 * LONGEST_JOIN_TEXT,
    "file for joining offline",
    "They are called after the machines: djoin /provision /domain DOMAIN /machine LAB-07 /savefile LAB-07.txt",
    "join-file",
)


def read_carried_files(paths: Sequence[Path], kind: Kind) -> list[CarriedFile]:
    """The files named, and those of this kind in the folders named.

    Raises `WrongUsage` for a folder without any, `InvalidInput` with everything that cannot be read.
    """
    files = [file for path in paths for file in (_in_folder(path, kind) if path.is_dir() else [path])]
    if len(files) > MOST_FILES:
        raise WrongUsage(f"These are {len(files)} files.", hint=f"Name at most {MOST_FILES} at once.")
    carried, problems = [], []
    for file in dict.fromkeys(files):
        try:
            carried.append(CarriedFile(str(file), _content(file, kind.most_bytes)))
        except OSError as error:
            hint = "is the stick still in?"
            problems.append(Problem(Source(str(file), 1), "unreadable", f"cannot be read: {reason(error)}", hint))
        except ValueError as error:
            problems.append(Problem(Source(str(file), 1), kind.rule, str(error), f"name the {kind.called} itself"))
    if problems:
        raise InvalidInput(problems)
    return carried


def _in_folder(folder: Path, kind: Kind) -> list[Path]:
    try:
        found = sorted(file for file in folder.iterdir() if fnmatchcase(file.name.lower(), kind.pattern))
    except OSError as error:
        raise WrongUsage(f"{folder} cannot be looked into: {reason(error)}.", hint="Is the stick still in?") from error
    if not found:
        raise WrongUsage(f"There is no {kind.called} in {folder}.", hint=kind.made_by)
    return found


def _content(file: Path, most_bytes: int) -> bytes:
    """At most one byte more than such a file may have. Raises OSError, and ValueError for what is no plain file."""
    descriptor = os.open(file, os.O_RDONLY | os.O_NONBLOCK | os.O_CLOEXEC)
    with os.fdopen(descriptor, "rb") as stream:
        if not stat.S_ISREG(os.fstat(descriptor).st_mode):
            raise ValueError("is no plain file")
        return stream.read(most_bytes + 1)
