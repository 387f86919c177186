"""The firewall of Windows as a whole: whether it is on, for each kind of network. Its rules are `firewall_rules`."""

from collections.abc import Mapping
from typing import Literal, Self

from pydantic import Field, model_validator

from deskprov.model.platform import Platform
from deskprov.model.resource import ResourceOptions
from deskprov.model.resource_type import ONLY_ONE, no_needs, no_preview, no_reboot
from deskprov.model.want import Wanted

NAME = "firewall"
KEY = ONLY_ONE
PLATFORMS = frozenset({Platform.WINDOWS})
UNOBSERVABLE: frozenset[str] = frozenset()


class Options(ResourceOptions):
    """Whether the firewall of this computer is on."""

    domain: bool | None = Field(
        default=None, description="On networks where the computer reaches the domain it belongs to."
    )
    private: bool | None = Field(default=None, description="On networks that Windows was told to trust.")
    public: bool | None = Field(default=None, description="On every other network.")
    state: Literal["present"] = Field(default="present", description="A firewall cannot be removed, only switched off.")

    @model_validator(mode="after")
    def _make_sense(self) -> Self:
        if not desired(self):
            raise ValueError("states nothing: give domain, private or public, each true or false")
        return self


def desired(options: Options) -> Mapping[str, Wanted]:
    """What the profile states."""
    wanted: dict[str, Wanted] = {"domain": options.domain, "private": options.private, "public": options.public}
    return {name: value for name, value in wanted.items() if value is not None}


needs = no_needs
preview = no_preview
reboot = no_reboot
