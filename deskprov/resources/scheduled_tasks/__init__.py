"""Scheduled tasks: programs that Windows starts at a time, with the computer, or when somebody logs on.

Context: as SYSTEM or another account of Windows, unseen by anyone; as `users` or `administrators`, in the session of
whoever of them is logged on. Accounts with passwords are not taken: Windows would have to keep those.
"""

from collections.abc import Mapping
from typing import Self

from pydantic import Field, model_validator

from deskprov.formats.windows_programs import Program
from deskprov.model.platform import Platform
from deskprov.model.resource import Line, ResourceOptions
from deskprov.model.resource_type import no_needs, no_preview, no_reboot
from deskprov.model.want import Exactly, SameIgnoringCase, Wanted
from deskprov.resources.scheduled_tasks.words import DAYS, Day, RunAs, TaskName, Time, When

NAME = "scheduled_tasks"
KEY = "name"
PLATFORMS = frozenset({Platform.WINDOWS})
UNOBSERVABLE: frozenset[str] = frozenset()


class Options(ResourceOptions):
    """A scheduled task. An entry states the whole of it."""

    name: TaskName = Field(
        description="Its folder and its name in Task Scheduler, such as `Example district\\Nightly`."
    )
    program: Program | None = Field(default=None, description="What it starts, by its whole path.")
    arguments: Line = Field(default="", max_length=8000, description="What the program is started with.")
    run_as: RunAs = Field(
        default="system",
        description="Who starts it: Windows itself, or each of `users` or `administrators` who is logged on.",
    )
    elevated: bool = Field(default=False, description="With all the rights that the account has.")
    when: When | None = Field(default=None, description="What starts it.")
    at: Time | None = Field(default=None, description='For `daily` and `weekly`: the time, such as "22:30".')
    days: list[Day] = Field(default_factory=list, description="For `weekly`: the days.")
    delay_minutes: int = Field(
        default=0, ge=0, le=1440, description="For `at-start` and `at-log-on`: minutes to wait before."
    )
    catch_up: bool = Field(default=True, description="Whether it runs later when its time was missed.")
    on_battery: bool = Field(default=True, description="Whether it also starts, and goes on, on battery.")
    enabled: bool = Field(default=True, description="Whether it is started at all.")

    @model_validator(mode="after")
    def _make_sense(self) -> Self:
        if self.state == "present" and (self.program is None or self.when is None):
            raise ValueError("needs a program, and says when it starts")
        if self.arguments != self.arguments.strip():
            raise ValueError("has arguments that begin or end with a space, which Windows does not keep")
        if (self.at is not None) != (self.when in ("daily", "weekly")):
            raise ValueError("at is needed for daily and weekly, and for these only")
        if bool(self.days) != (self.when == "weekly"):
            raise ValueError("days are needed for weekly, and for it only")
        if self.delay_minutes and self.when not in ("at-start", "at-log-on"):
            raise ValueError("delay_minutes is for at-start and at-log-on only")
        if self.when == "at-start" and self.run_as in ("users", "administrators"):
            raise ValueError("nobody is logged on when the computer starts: use at-log-on, or run_as: system")
        return self


def desired(options: Options) -> Mapping[str, Wanted]:
    """The whole task."""
    return {
        "program": SameIgnoringCase(options.program or ""),
        "arguments": options.arguments,
        "run_as": options.run_as,
        "elevated": options.elevated,
        "when": options.when,
        "at": options.at,
        "days": Exactly(frozenset(options.days), order=DAYS),
        "delay_minutes": options.delay_minutes,
        "catch_up": options.catch_up,
        "on_battery": options.on_battery,
        "enabled": options.enabled,
    }


needs = no_needs
preview = no_preview
reboot = no_reboot
