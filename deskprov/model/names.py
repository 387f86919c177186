"""One rule for every name deskprov makes files, paths or log lines from (hosts, profiles, secrets, runs)."""

import re
from typing import Annotated

from pydantic import AfterValidator

from deskprov.model.text import Accepts, Reach

NAME_PATTERN = r"^[A-Za-z0-9][A-Za-z0-9._-]{0,62}$"

OF_ANSIBLE = frozenset({"all", "ungrouped", "localhost", "127.0.0.1"})
"""Names that mean every machine, some machines, or the controller itself."""

OF_WINDOWS = frozenset({"con", "prn", "aux", "nul", *(f"{port}{n}" for port in ("com", "lpt") for n in range(1, 10))})
"""Devices, which are files of that name in every folder of Windows, whatever follows after a dot: a site with such a
file cannot be cloned there. Source: learn.microsoft.com, "Naming Files, Paths, and Namespaces"."""

NAME_WORDS = "letters, digits, `.`, `_` and `-`, at most 63 of them, and begin with a letter or digit"

_NAME = re.compile(NAME_PATTERN.removesuffix("$") + r"\Z")


def is_name(text: str) -> bool:
    """True for a harmless name that means nothing special to Ansible, a shell or a file system."""
    return bool(_NAME.match(text)) and not is_reserved(text)


def is_reserved(text: str) -> bool:
    """True for what would be a name, but means something else to Ansible or to Windows."""
    plain = text.lower()
    return plain in OF_ANSIBLE or plain.partition(".")[0] in OF_WINDOWS


def _name(text: str) -> str:
    if not _NAME.match(text):
        raise ValueError(f"must be {NAME_WORDS}")
    if is_reserved(text):
        raise ValueError(f"cannot be `{text}`, which is reserved")
    return text


Name = Annotated[
    str,
    AfterValidator(_name),
    Accepts(
        "letters, digits, `.`, `_` and `-`, at most 63 of them; no word of Ansible or Windows",
        Reach.WORD,
        NAME_PATTERN,
    ),
]
