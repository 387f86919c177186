"""Power: when the display, the computer and its disk go to sleep, what the lid does, and how Windows starts.

All but the fast start are policies of the computer: they hold for everyone who logs in, and nobody can change them in
the settings of Windows. Windows Home takes no notice of policies.
"""

from collections.abc import Mapping
from typing import Annotated, Literal, Self

from pydantic import Field, model_validator

from deskprov.model.platform import Platform
from deskprov.model.resource import ResourceOptions
from deskprov.model.resource_type import ONLY_ONE, no_needs, no_preview, no_reboot
from deskprov.model.want import Wanted

NAME = "power"
KEY = ONLY_ONE
PLATFORMS = frozenset({Platform.WINDOWS})
UNOBSERVABLE: frozenset[str] = frozenset()

Minutes = Annotated[int, Field(ge=0, le=10080)]
"""Up to a week; 0 is never."""

Lid = Literal["nothing", "sleep", "hibernate", "shut-down"]


class Options(ResourceOptions):
    """How this computer saves power."""

    plan: Literal["balanced", "power-saver", "high-performance"] | None = Field(
        default=None, description="The power plan that is in force; Windows sets some PCs up with `balanced` only."
    )
    display_minutes: Minutes | None = Field(
        default=None, description="Minutes without use until the display goes dark, on mains; 0 is never."
    )
    display_minutes_on_battery: Minutes | None = Field(default=None, description="The same, on battery.")
    sleep_minutes: Minutes | None = Field(
        default=None, description="Minutes without use until the computer sleeps, on mains; 0 is never."
    )
    sleep_minutes_on_battery: Minutes | None = Field(default=None, description="The same, on battery.")
    hibernate_minutes: Minutes | None = Field(
        default=None, description="Minutes without use until what is open is saved to disk, on mains; 0 is never."
    )
    hibernate_minutes_on_battery: Minutes | None = Field(default=None, description="The same, on battery.")
    lid: Lid | None = Field(default=None, description="What closing the lid does, on mains.")
    lid_on_battery: Lid | None = Field(default=None, description="What closing the lid does, on battery.")
    fast_startup: bool | None = Field(
        default=None,
        description="Whether shutting down keeps the state of Windows for a faster start, so that only a restart is a "
        "true one.",
    )

    @model_validator(mode="after")
    def _in_order(self) -> Self:
        stated = desired(self)
        if self.state == "present" and not stated:
            raise ValueError("states nothing: give at least one of the minutes, lid, plan or fast_startup")
        if self.state == "absent" and stated:
            raise ValueError("with state: absent, leave the other options out: all of them are taken back")
        for supply in ("", "_on_battery"):
            sleep, hibernate = stated.get(f"sleep_minutes{supply}"), stated.get(f"hibernate_minutes{supply}")
            if isinstance(sleep, int) and isinstance(hibernate, int) and 0 < hibernate < sleep:
                raise ValueError(
                    f"hibernate_minutes{supply} is shorter than sleep_minutes{supply}, so it would never sleep"
                )
        return self


def desired(options: Options) -> Mapping[str, Wanted]:
    """What the profile states."""
    own = [name for name in Options.model_fields if name not in ResourceOptions.model_fields]
    return {name: value for name in own if (value := getattr(options, name)) is not None}


needs = no_needs
preview = no_preview
reboot = no_reboot
