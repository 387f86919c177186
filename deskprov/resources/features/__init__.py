"""Optional features of Windows: parts that every installation has and that can be switched on and off.

Capabilities (`OpenSSH.Server~~~~0.0.1.0`, languages) are none, and refused: each look at one goes through DISM and the
update service, also by its exact name. "It should take seconds", and 5 minutes were met for a single one:
github.com/agadiffe/WindowsMize/issues/7. ansible.windows 3 has no module for them; win_capability was merged afterwards
(github.com/ansible-collections/ansible.windows/pull/885).
"""

import re
from collections.abc import Mapping
from typing import Annotated

from pydantic import AfterValidator, Field

from deskprov.formats.option_problems import shown
from deskprov.model.facts import Observed
from deskprov.model.plan import Change, Reboot
from deskprov.model.platform import Platform
from deskprov.model.resource import ResourceOptions
from deskprov.model.resource_type import no_needs
from deskprov.model.text import Accepts, Reach
from deskprov.model.want import Wanted

NAME = "features"
KEY = "name"
PLATFORMS = frozenset({Platform.WINDOWS})
UNOBSERVABLE: frozenset[str] = frozenset()

MEANT = "meant"
"""Observed where this Windows has no feature of the name, but one of almost the same: that one's name."""

_PATTERN = r"^[A-Za-z0-9][A-Za-z0-9._-]{0,127}$"


def _feature(text: str) -> str:
    if "~" in text:
        raise ValueError(
            "is a capability of Windows and no optional feature: a look at one costs Windows seconds, or minutes where "
            "its update service does not answer. Put it into the image, or switch it on once on the computer: "
            f"Add-WindowsCapability -Online -Name {shown(text)}"
        )
    if not re.fullmatch(_PATTERN, text):
        raise ValueError("must be a name as DISM has it: letters, digits, `.`, `_` and `-`")
    return text


FeatureName = Annotated[
    str, AfterValidator(_feature), Accepts("letters, digits, `.`, `_` and `-`", Reach.WORD, _PATTERN)
]


class Options(ResourceOptions):
    """An optional feature of Windows, on unless `state` says `absent`."""

    name: FeatureName = Field(
        description="Its name for DISM, such as `TelnetClient`; `Get-WindowsOptionalFeature -Online` shows them, and "
        "they are never translated. What it is a part of is switched on with it."
    )


def desired(options: Options) -> Mapping[str, Wanted]:
    """That it is on is all there is to it."""
    return {}


def reboot(change: Change) -> Reboot:
    """Windows says afterwards whether it waits for one."""
    return Reboot.MAYBE


def preview(options: Options, observed: Observed) -> str:
    """What is wrong with the name, if something is: to switch off what does not exist fails."""
    meant = observed.get(MEANT)
    return f"this Windows has no feature {options.name}; did you mean {meant}?" if meant else ""


needs = no_needs
