"""What is installed on a Debian or Ubuntu machine: one question, asked once for the facts and for every package."""

from collections.abc import Sequence

from msgspec import Struct

from deskprov.model.facts import Answer
from deskprov.model.probe import Probe, script_beside

MOST = 50_000
"""More packages than any release has installed at once; what a machine sends beyond that is left out."""

INSTALLED = Probe(script_beside(__package__, "probe_linux.py"))
"""Asks for every installed package."""


class Package(Struct, frozen=True):
    """An installed package; `held` means that upgrades leave it alone."""

    name: str
    architecture: str
    version: str
    held: bool


def packages(answer: Answer) -> Sequence[Package] | None:
    """The installed packages, in dpkg's order; None when the answer to `INSTALLED` is no such list."""
    if not isinstance(answer, list):
        return None
    found = []
    for entry in answer[:MOST]:
        match entry:
            case [str(name), str(architecture), str(version), bool(held)]:
                found.append(Package(name, architecture, version, held))
            case _:
                return None
    return found
