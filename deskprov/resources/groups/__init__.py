"""Local groups: who may share files, printers and rights on this computer.

Members are stated with each account (`users`, option `groups`), so that an account is described in one place.
"""

from collections.abc import Mapping
from typing import Self

from pydantic import Field, model_validator

from deskprov.formats.posix import SYSTEM_GROUPS, AccountName
from deskprov.model.platform import Platform
from deskprov.model.resource import ResourceOptions
from deskprov.model.resource_type import no_needs, no_preview, no_reboot
from deskprov.model.want import Wanted

NAME = "groups"
KEY = "name"
PLATFORMS = frozenset({Platform.LINUX})
UNOBSERVABLE: frozenset[str] = frozenset()


class Options(ResourceOptions):
    """A group of this computer."""

    name: AccountName = Field(description="The name of the group: small letters, digits, `_` and `-`.")
    gid: int | None = Field(
        default=None, ge=1, le=4294967294, description="Its number; chosen by the system when left out."
    )
    system: bool = Field(
        default=False, description="Whether its number comes from the range for services; has a say on creation only."
    )

    @model_validator(mode="after")
    def _keep_system_groups(self) -> Self:
        if self.state == "absent" and self.name in SYSTEM_GROUPS:
            raise ValueError(f"the group {self.name} belongs to the system and cannot be removed")
        return self


def desired(options: Options) -> Mapping[str, Wanted]:
    """The number, when the profile states one."""
    return {} if options.gid is None else {"gid": options.gid}


needs = no_needs
preview = no_preview
reboot = no_reboot
