"""Remote access for people: Remote Desktop and Remote Assistance.

Who may log on by Remote Desktop besides administrators is stated with each account (`users`, `groups: [Remote Desktop
Users]`). WinRM and OpenSSH are not here: deskprov comes in by one of them, and no option closes it.
"""

from collections.abc import Mapping
from typing import Self

from pydantic import Field, model_validator

from deskprov.model.platform import Platform
from deskprov.model.resource import ResourceOptions
from deskprov.model.resource_type import ONLY_ONE, no_needs, no_preview, no_reboot
from deskprov.model.want import Wanted

NAME = "remote_access"
KEY = ONLY_ONE
PLATFORMS = frozenset({Platform.WINDOWS})
UNOBSERVABLE: frozenset[str] = frozenset()


class Options(ResourceOptions):
    """How people get to this computer from another one."""

    remote_desktop: bool | None = Field(
        default=None,
        description="Whether Remote Desktop is on and let through by the firewall; Windows Home has none.",
    )
    network_level_authentication: bool | None = Field(
        default=None, description="Whether the password is asked for before the computer shows anything."
    )
    remote_assistance: bool | None = Field(
        default=None, description="Whether people at the computer can invite somebody to help."
    )

    @model_validator(mode="after")
    def _make_sense(self) -> Self:
        stated = desired(self)
        if self.state == "present" and not stated:
            raise ValueError("states nothing: give remote_desktop, network_level_authentication or remote_assistance")
        if self.state == "absent" and stated:
            raise ValueError("with state: absent, leave the other options out: all is as Windows comes then")
        return self


def desired(options: Options) -> Mapping[str, Wanted]:
    """What the profile states."""
    wanted: dict[str, Wanted] = {
        "remote_desktop": options.remote_desktop,
        "network_level_authentication": options.network_level_authentication,
        "remote_assistance": options.remote_assistance,
    }
    return {name: value for name, value in wanted.items() if value is not None}


needs = no_needs
preview = no_preview
reboot = no_reboot
