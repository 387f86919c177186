"""Local groups: who may share files, printers and rights on this computer."""

from collections.abc import Mapping
from typing import Annotated

from pydantic import Field, StringConstraints

from deskprov.model.platform import Platform
from deskprov.model.resource import ResourceOptions
from deskprov.model.resource_type import no_needs, no_preview
from deskprov.model.want import Wanted

NAME = "groups"
KEY = "name"
PLATFORMS = frozenset({Platform.LINUX})
UNOBSERVABLE: frozenset[str] = frozenset()


class Options(ResourceOptions):
    """A group of this computer."""

    name: Annotated[str, StringConstraints(pattern=r"^[a-z_][a-z0-9_-]{0,31}$")] = Field(
        description="The name of the group: small letters, digits, `_` and `-`, as groupadd(8) takes it."
    )
    gid: int | None = Field(
        default=None, ge=1, le=4294967294, description="Its number; chosen by the system when left out."
    )
    system: bool = Field(default=False, description="Takes the number from the range for services, on creation only.")


def desired(options: Options) -> Mapping[str, Wanted]:
    """The number, when the profile states one."""
    return {} if options.gid is None else {"gid": options.gid}


needs = no_needs
preview = no_preview
