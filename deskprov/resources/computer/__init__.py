"""The computer itself: its name, what people read about it, its time zone, and the workgroup or domain it belongs to.

Made over the network log-on that everything is made over. A new name and a domain have their effect after one reboot
for both, which comes after all other changes.
"""

from collections.abc import Mapping
from typing import Annotated, Literal, Self

from pydantic import AfterValidator, Field, model_validator

from deskprov.formats.domain_names import Domain
from deskprov.formats.time_zones import windows_zone
from deskprov.model.plan import Change, Reboot
from deskprov.model.platform import Platform
from deskprov.model.resource import Line, ResourceOptions
from deskprov.model.resource_type import ONLY_ONE, no_needs, no_preview
from deskprov.model.secret import SecretName
from deskprov.model.text import Accepts, Reach
from deskprov.model.want import SameIgnoringCase, Wanted

NAME = "computer"
KEY = ONLY_ONE
PLATFORMS = frozenset({Platform.WINDOWS})
UNOBSERVABLE: frozenset[str] = frozenset()

AFTER_REBOOT = ("name", "workgroup", "domain")

_NAME = r"^[A-Za-z0-9]([A-Za-z0-9-]{0,13}[A-Za-z0-9])?$"
_WORKGROUP = r"^[A-Za-z0-9]([A-Za-z0-9_-]{0,13}[A-Za-z0-9])?$"
_ACCOUNT = r"^[A-Za-z0-9][A-Za-z0-9._-]{0,63}@([A-Za-z0-9-]{1,63}\.)*[A-Za-z0-9-]{1,63}$"
_ZONE = r"^[A-Za-z][A-Za-z0-9_+/-]{1,63}$"
_OU = r"^([Oo][Uu]|[Cc][Nn])=.+,[Dd][Cc]=.+$"


def _no_number(name: str) -> str:
    if name.isdecimal():
        raise ValueError("has digits only, which Windows does not take for a name")
    return name


def _known_zone(name: str) -> str:
    try:
        windows_zone(name)
    except KeyError:
        raise ValueError("is no time zone that Windows has: write one such as America/Los_Angeles") from None
    return name


ComputerName = Annotated[
    str,
    Field(pattern=_NAME),
    AfterValidator(_no_number),
    Accepts("at most 15 letters, digits and `-`, not digits only", Reach.WORD, _NAME),
]
"""learn.microsoft.com/troubleshoot/windows-server/active-directory/naming-conventions-for-computer-domain-site-ou"""

Workgroup = Annotated[
    str, Field(pattern=_WORKGROUP), Accepts("at most 15 letters, digits, `-` and `_`", Reach.WORD, _WORKGROUP)
]
Account = Annotated[str, Field(pattern=_ACCOUNT), Accepts("`name@domain`", Reach.WORD, _ACCOUNT)]
TimeZone = Annotated[
    str,
    Field(pattern=_ZONE),
    AfterValidator(_known_zone),
    Accepts("an IANA name such as America/Los_Angeles", Reach.WORD, _ZONE),
]
Unit = Annotated[Line, Field(pattern=_OU, max_length=1000)]


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
    plain = {"description": options.description, "time_zone": options.time_zone}
    return {**wanted, **{name: text for name, text in plain.items() if text is not None}}


def reboot(change: Change) -> Reboot:
    """Of its name and of where it belongs; the rest has its effect at once."""
    stated = desired(change.resource.options)
    return Reboot.YES if any(name in stated and change.differs(name) for name in AFTER_REBOOT) else Reboot.NO


needs = no_needs
preview = no_preview
