"""Local groups: who may share files, printers and rights on this computer.

Members are stated with each account (`users`, option `groups`), so that an account is described in one place; only
members from a domain are stated here. On Windows a group is made and looked at in the network log-on of an
administrator.
"""

from collections.abc import Mapping
from typing import Annotated, Self

from pydantic import Field, ValidationInfo, model_validator

from deskprov.formats.account_names import GroupName
from deskprov.formats.posix import SYSTEM_GROUPS
from deskprov.formats.windows_accounts import BUILT_IN
from deskprov.model.facts import Observed
from deskprov.model.platform import OnlyOn, Platform, platform_of
from deskprov.model.resource import Line, ResourceOptions
from deskprov.model.resource_type import no_needs, no_reboot
from deskprov.model.want import Includes, SameIgnoringCase, Wanted
from deskprov.resources.groups.words import Member

NAME = "groups"
KEY = "name"
PLATFORMS = frozenset({Platform.LINUX, Platform.WINDOWS})
UNOBSERVABLE: frozenset[str] = frozenset()


class Options(ResourceOptions):
    """A group of this computer."""

    name: GroupName = Field(description="The name of the group, such as `label-printer`.")
    gid: Annotated[int | None, OnlyOn(Platform.LINUX)] = Field(
        default=None, ge=1, le=4294967294, description="Its number; chosen by the system when left out."
    )
    system: Annotated[bool, OnlyOn(Platform.LINUX)] = Field(
        default=False, description="Whether its number comes from the range for services; has a say on creation only."
    )
    description: Annotated[Line | None, OnlyOn(Platform.WINDOWS)] = Field(
        default=None, min_length=1, max_length=256, description="What people read about it."
    )

    members: Annotated[list[Member], OnlyOn(Platform.WINDOWS)] = Field(
        default_factory=list,
        description=r"Members from a domain, such as `EXAMPLE\Domain Users`; other members are left alone. Groups that "
        "are part of Windows, such as `Administrators`, take them by their English names.",
    )

    @model_validator(mode="after")
    def _keep_system_groups(self, info: ValidationInfo) -> Self:
        platform = platform_of(info)
        if platform is Platform.LINUX and self.state == "absent" and self.name in SYSTEM_GROUPS:
            raise ValueError(f"the group {self.name} belongs to the system and cannot be removed")
        has_members = self.state == "present" and bool(self.members) and self.description is None
        if platform is Platform.WINDOWS and self.name.casefold() in BUILT_IN and not has_members:
            raise ValueError(
                f"the group {self.name} is part of Windows, whatever it is called there: it is neither made nor "
                "removed; name it in `groups` of an account, or state `members` from a domain"
            )
        return self


def desired(options: Options) -> Mapping[str, Wanted]:
    """The number, and what people read, when the profile states them."""
    number: Mapping[str, Wanted] = {} if options.gid is None else {"gid": options.gid}
    words: Mapping[str, Wanted] = (
        {} if options.description is None else {"description": SameIgnoringCase(options.description)}
    )
    members: Mapping[str, Wanted] = {"members": Includes(frozenset(options.members))} if options.members else {}
    return {**number, **words, **members}


needs = no_needs


def preview(options: Options, observed: Observed) -> str:
    """The members that no longer exist, which stay."""
    members = observed.get("members")
    orphans = sorted(m for m in members if m.startswith("S-1-")) if isinstance(members, frozenset) else []
    return f"{', '.join(orphans)} no longer exists and stays a member" if options.members and orphans else ""


reboot = no_reboot
