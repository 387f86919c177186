"""One rule for every name deskprov makes files, paths or log lines from (hosts, profiles, secrets, runs)."""

import re
from typing import Annotated

from pydantic import StringConstraints

NAME_PATTERN = r"^[A-Za-z0-9][A-Za-z0-9._-]{0,62}$"
RESERVED = frozenset({"all", "ungrouped", "localhost"})

Name = Annotated[str, StringConstraints(pattern=NAME_PATTERN)]

_NAME = re.compile(NAME_PATTERN.removesuffix("$") + r"\Z")


def is_name(text: str) -> bool:
    """True for a harmless name that means nothing special to Ansible, a shell or a file system."""
    return bool(_NAME.match(text)) and text.lower() not in RESERVED
