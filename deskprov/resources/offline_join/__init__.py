"""Joining a domain that the computer cannot reach, with the file that `djoin /provision` made for its name.

A type of its own, because the file is for one name: it is used after the restart that makes the computer's new name
its name, and has its effect at another. Made over the network log-on; Windows gets the content in memory.
"""

from collections.abc import Mapping, Sequence
from typing import Literal

from pydantic import Field

from deskprov.formats.domain_names import Domain
from deskprov.model.facts import Observed
from deskprov.model.plan import Change, Reboot
from deskprov.model.platform import Platform
from deskprov.model.resource import ResourceOptions
from deskprov.model.resource_type import ONLY_ONE, THIS, Exclusion
from deskprov.model.secret import PER_DEVICE, secret_for
from deskprov.model.want import SameIgnoringCase, Wanted

NAME = "offline_join"
KEY = ONLY_ONE
PLATFORMS = frozenset({Platform.WINDOWS})
UNOBSERVABLE: frozenset[str] = frozenset()

JOIN_FILE = secret_for(PER_DEVICE, f"{NAME}/{THIS}")
"""The secret that `deskprov secret import` keeps for each machine."""

NEEDS_FILE = "with the file of `djoin /provision` for its name: deskprov secret import"


class Options(ResourceOptions):
    """Joining a domain without reaching it. The file for each computer is kept by `deskprov secret import`."""

    state: Literal["present"] = Field(default="present", description="A computer is not taken out of a domain by this.")
    domain: Domain = Field(description="The domain that the files were made in.")


def desired(options: Options) -> Mapping[str, Wanted]:
    """The domain that it is in."""
    return {"domain": SameIgnoringCase(options.domain)}


def needs(options: Options) -> Sequence[str]:
    """Its name first, which the file is for."""
    return ["computer/this"]


def excludes(options: Options) -> Sequence[Exclusion]:
    """Joining with an account that may join."""
    return [
        Exclusion("computer/this", "domain", "a computer joins a domain in one way, with an account or with a file")
    ]


def preview(options: Options, observed: Observed) -> str:
    """What it takes."""
    return NEEDS_FILE


def reboot(change: Change) -> Reboot:
    """Windows joins when it starts."""
    return Reboot.YES
