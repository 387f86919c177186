"""The computer itself: its name, what people read about it, its time zone, its region and keyboards, and the workgroup
or domain it belongs to.

Made over the network log-on that everything is made over. A new name and a domain have their effect after one reboot
for both, which comes after all other changes. Windows copies region and keyboards from the account that asks, which is
deskprov's own, to the welcome screen and to people who come later; those who are there keep theirs.
"""

from collections.abc import Mapping
from typing import Literal, Self

from pydantic import Field, model_validator

from deskprov.formats.domain_names import Domain
from deskprov.model.plan import Change, Reboot
from deskprov.model.platform import Platform
from deskprov.model.resource import Line, ResourceOptions
from deskprov.model.resource_type import ONLY_ONE, no_needs, no_preview
from deskprov.model.secret import SecretName
from deskprov.model.want import SameIgnoringCase, Wanted
from deskprov.resources.computer.words import (
    Account,
    ComputerName,
    Culture,
    Keyboard,
    Region,
    TimeZone,
    Unit,
    Workgroup,
)

NAME = "computer"
KEY = ONLY_ONE
PLATFORMS = frozenset({Platform.WINDOWS})
UNOBSERVABLE: frozenset[str] = frozenset()

AFTER_REBOOT = ("name", "workgroup", "domain", "system_locale")


class Options(ResourceOptions):
    """The computer itself."""

    state: Literal["present"] = Field(default="present", description="A computer cannot be taken away.")
    name: ComputerName | None = Field(
        default=None, description="What it is called in the network; after a reboot. It is never made empty."
    )
    description: Line | None = Field(default=None, max_length=256, description="What people read about it.")
    time_zone: TimeZone | None = Field(
        default=None, description="Where its clock is; Windows gets its own name of that zone."
    )
    region: Region | None = Field(
        default=None,
        description="The country or region of the welcome screen and of people who come later; those who are there "
        "keep theirs. What of region, regional_format and keyboards is left out becomes that of deskprov's account.",
    )
    regional_format: Culture | None = Field(
        default=None, description="How dates, times and numbers are written for the same, such as `es-MX`."
    )
    keyboards: list[Keyboard] | None = Field(
        default=None,
        min_length=1,
        max_length=10,
        description="The languages of their keyboards, the usual one first; with a layout where it is another than "
        "that language's own (`en-US/0409:00020409`).",
    )
    system_locale: Culture | None = Field(
        default=None, description="The language of programs that know no Unicode; after a reboot."
    )
    workgroup: Workgroup | None = Field(
        default=None,
        description="The workgroup of a computer that is in no domain; after a reboot. With join_user and "
        "join_password a computer leaves its domain for it.",
    )
    domain: Domain | None = Field(
        default=None, description="The domain that it joins, together with its name, in one reboot."
    )
    ou: Unit | None = Field(
        default=None,
        description="Where in the domain it is put when it joins, such as `OU=Lab,DC=example,DC=org`.",
    )
    join_user: Account | None = Field(
        default=None,
        description="Who may join computers to the domain, or take them out of it, such as `joiner@example.org`.",
    )
    join_password: SecretName | None = Field(default=None, description="The secret of that account.")

    @model_validator(mode="after")
    def _make_sense(self) -> Self:
        if self.domain and self.workgroup:
            raise ValueError("a computer is in a domain or in a workgroup: leave one of them out")
        if self.domain and not (self.join_user and self.join_password):
            raise ValueError("to join a domain, state join_user and join_password")
        if self.ou and not self.domain:
            raise ValueError("ou goes with domain only")
        if bool(self.join_user) != bool(self.join_password):
            raise ValueError("state join_user and join_password together, or none of them")
        if self.join_user and not (self.domain or self.workgroup):
            raise ValueError("join_user and join_password go with domain, or with workgroup to leave a domain")
        if self.description == "":
            raise ValueError("description is left out rather than empty")
        return self


def desired(options: Options) -> Mapping[str, Wanted]:
    """What the profile states; how it joins is not a state of the computer."""
    wanted: dict[str, Wanted] = {
        name: SameIgnoringCase(text) for name in AFTER_REBOOT if (text := getattr(options, name)) is not None
    }
    if options.regional_format is not None:
        wanted["regional_format"] = SameIgnoringCase(options.regional_format)
    plain = {
        "description": options.description,
        "time_zone": options.time_zone,
        "region": options.region,
        "keyboards": None if options.keyboards is None else ", ".join(options.keyboards),
    }
    return {**wanted, **{name: text for name, text in plain.items() if text is not None}}


def reboot(change: Change) -> Reboot:
    """Of its name and of where it belongs; the rest has its effect at once."""
    stated = desired(change.resource.options)
    return Reboot.YES if any(name in stated and change.differs(name) for name in AFTER_REBOOT) else Reboot.NO


needs = no_needs
preview = no_preview
