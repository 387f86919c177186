"""Windows Update: when it may restart the computer, and how long it waits with what is new. Policies only.

Nothing is looked for or installed here. These are policies of the computer; Windows Home takes no notice of them.
"""

from collections.abc import Mapping
from typing import Annotated, Literal, Self

from pydantic import Field, model_validator

from deskprov.model.platform import Platform
from deskprov.model.resource import ResourceOptions
from deskprov.model.resource_type import ONLY_ONE, no_needs, no_preview, no_reboot
from deskprov.model.text import Accepts, Reach
from deskprov.model.want import Wanted

NAME = "updates"
KEY = ONLY_ONE
PLATFORMS = frozenset({Platform.WINDOWS})
UNOBSERVABLE: frozenset[str] = frozenset()

_LONGEST_HOURS = 18
"""Active hours span at most that: policy-csp-update, ActiveHoursMaxRange."""

_RELEASE = r"^[0-9]{2}H[12]$"
Release = Annotated[str, Field(pattern=_RELEASE), Accepts("a release such as `24H2`", Reach.WORD, _RELEASE)]
Hour = Annotated[int, Field(ge=0, le=23)]


class Options(ResourceOptions):
    """How this computer is kept up to date by Windows Update."""

    install: Literal["automatic", "download", "notify"] | None = Field(
        default=None,
        description="Whether updates are installed by themselves, only downloaded, or only announced.",
    )
    active_from: Hour | None = Field(
        default=None, description="The hour (0 to 23) from which Windows does not restart by itself; with active_until."
    )
    active_until: Hour | None = Field(
        default=None, description="The hour until which it does not; at most 18 hours after active_from."
    )
    restart_while_logged_on: bool | None = Field(
        default=None,
        description="False: Windows never restarts by itself while somebody is logged on, whatever the hour; needs "
        "`install: automatic` and no active hours.",
    )
    defer_quality_days: int | None = Field(
        default=None, ge=0, le=30, description="Days to wait with the monthly updates after they come out."
    )
    defer_feature_days: int | None = Field(
        default=None, ge=0, le=365, description="Days to wait with a new release of Windows after it comes out."
    )
    target_release: Release | None = Field(
        default=None,
        description='The release of Windows 11 to go to and to stay on, such as "24H2", as long as Microsoft supports '
        "it; a PC with Windows 10 goes to Windows 11.",
    )
    drivers: bool | None = Field(default=None, description="Whether drivers come with the monthly updates.")
    people_may_pause: bool | None = Field(default=None, description="Whether people can pause updates in Settings.")

    @model_validator(mode="after")
    def _make_sense(self) -> Self:
        stated = desired(self)
        if self.state == "present" and not stated:
            raise ValueError("states nothing: give at least one option")
        if self.state == "absent" and stated:
            raise ValueError("with state: absent, leave the other options out: all of them are taken back")
        if (self.active_from is None) != (self.active_until is None):
            raise ValueError("active_from and active_until belong together: state both")
        if self.active_from is not None and self.active_until is not None:
            hours = (self.active_until - self.active_from) % 24
            if not 1 <= hours <= _LONGEST_HOURS:
                raise ValueError(f"active hours are 1 to {_LONGEST_HOURS} hours long, these are {hours or 24}")
        if self.restart_while_logged_on is False:
            self._check_restarts()
        return self

    def _check_restarts(self) -> None:
        if self.install != "automatic":
            raise ValueError("restart_while_logged_on: false takes effect only with install: automatic")
        if self.active_from is not None:
            raise ValueError("restart_while_logged_on: false makes Windows ignore active hours: state one of the two")


def desired(options: Options) -> Mapping[str, Wanted]:
    """What the profile states."""
    own = [name for name in Options.model_fields if name not in ResourceOptions.model_fields]
    return {name: value for name in own if (value := getattr(options, name)) is not None}


needs = no_needs
preview = no_preview
reboot = no_reboot
