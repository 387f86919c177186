"""Where a setting is, in one text: the path of its file, its section in brackets, and its key."""

import re
from typing import Annotated, NamedTuple

from pydantic import AfterValidator

from deskprov.formats.windows_paths import place_problem, windows_path
from deskprov.model.resource import Line
from deskprov.model.text import Accepts, Reach

_PATTERN = r"^[A-Za-z]:\\.* \[[^\[\]]+\] [^\[\]=]+$"
_FORM = re.compile(r"(?P<path>.+) \[(?P<section>[^\[\]]+)\] (?P<key>[^\[\]=]+)")
_NO_KEY = (";", "#", "<", "{", '"')
"""What a line of an INI file does not begin with when it is a key: comments, and signs of other formats."""


class Place(NamedTuple):
    """The file, the section and the key."""

    path: str
    section: str
    key: str


def place_of(setting: str) -> Place:
    """The parts of it. Raises `ValueError` when it is not of that form."""
    found = _FORM.fullmatch(setting)
    if found is None:
        raise ValueError(
            r"must be a file, a section in brackets and a key, such as C:\ProgramData\Example\app.ini [Server] Address"
        )
    return Place(found["path"], found["section"], found["key"])


def _setting(text: str) -> str:
    path, section, key = place_of(text)
    windows_path(path)
    if problem := place_problem(path):
        raise ValueError(problem)
    if any(name != name.strip() for name in (section, key)):
        raise ValueError("has a section or a key that begins or ends with a space")
    if key.startswith(_NO_KEY):
        raise ValueError(f"has a key that begins with `{key[0]}`, which in an INI file is none")
    return text


SettingName = Annotated[
    Line,
    AfterValidator(_setting),
    Accepts(
        r"a whole path with its drive, a section in `[]` and a key without `=`, `[` and `]`, with a space between them",
        Reach.LINE,
        _PATTERN,
    ),
]
"""Where a setting is."""
