"""The screen lock: when a computer that nobody uses locks itself, and when it asks for a password.

These are policies of the computer, which hold for everyone who logs in. The screen saver of a person is that person's:
it is not set here, and what is set here locks the computer without one.
"""

from collections.abc import Mapping
from typing import Self

from pydantic import Field, model_validator

from deskprov.model.plan import Change, Reboot
from deskprov.model.platform import Platform
from deskprov.model.resource import ResourceOptions
from deskprov.model.resource_type import ONLY_ONE, no_needs, no_preview
from deskprov.model.want import Wanted

NAME = "screen_lock"
KEY = ONLY_ONE
PLATFORMS = frozenset({Platform.WINDOWS})
UNOBSERVABLE: frozenset[str] = frozenset()


class Options(ResourceOptions):
    """When this computer locks itself."""

    after_minutes: int | None = Field(
        default=None,
        ge=1,
        le=9999,
        description="Minutes without use after which it locks, whoever is logged in; in force after a restart.",
    )
    password_after_sleep: bool | None = Field(
        default=None, description="Whether it asks for a password when it wakes up, on mains and on battery."
    )
    hide_last_user: bool | None = Field(
        default=None, description="Whether the log-in screen keeps to itself who was logged in last."
    )

    @model_validator(mode="after")
    def _make_sense(self) -> Self:
        stated = desired(self)
        if self.state == "present" and not stated:
            raise ValueError("states nothing: give after_minutes, password_after_sleep or hide_last_user")
        if self.state == "absent" and stated:
            raise ValueError("with state: absent, leave the other options out: all of them are taken back")
        return self


def desired(options: Options) -> Mapping[str, Wanted]:
    """What the profile states."""
    wanted: dict[str, Wanted] = {
        "after_minutes": options.after_minutes,
        "password_after_sleep": options.password_after_sleep,
        "hide_last_user": options.hide_last_user,
    }
    return {name: value for name, value in wanted.items() if value is not None}


def reboot(change: Change) -> Reboot:
    """Windows reads the minutes when it starts; when they are taken back, that can wait.

    learn.microsoft.com/previous-versions/windows/it-pro/windows-10/security/
    threat-protection/security-policy-settings/interactive-logon-machine-inactivity-limit ("Restart requirement").
    """
    stated = change.resource.options.after_minutes is not None
    return Reboot.YES if stated and change.differs("after_minutes") else Reboot.NO


needs = no_needs
preview = no_preview
