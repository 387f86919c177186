"""Services of Windows: whether they start with the computer, and whether they run."""

from collections.abc import Mapping
from typing import Annotated, Literal, Self

from pydantic import Field, model_validator

from deskprov.formats.windows_services import is_needed, is_way_in
from deskprov.model.platform import Platform
from deskprov.model.resource import Line, ResourceOptions
from deskprov.model.resource_type import no_needs, no_preview, no_reboot
from deskprov.model.text import Accepts, Reach
from deskprov.model.want import Wanted

NAME = "services"
KEY = "name"
PLATFORMS = frozenset({Platform.WINDOWS})
UNOBSERVABLE: frozenset[str] = frozenset()

_PATTERN = r"^[A-Za-z0-9][A-Za-z0-9._-]{0,255}$"
_KEPT = """
dnscache eventlog gpsvc keyiso lanmanserver lanmanworkstation lsm netlogon plugplay power profsvc schedule
securityhealthservice sens trustedinstaller wdnissvc windefend winmgmt wscsvc wuauserv
"""
_OF_WINDOWS = frozenset(_KEPT.split())
"""What a computer is not whole without: never removed, though a profile may say how it starts."""

ServiceName = Annotated[
    str, Field(pattern=_PATTERN), Accepts("letters, digits, `.`, `_` and `-`", Reach.WORD, _PATTERN)
]
"""The name of a service, not the one that is shown, which is translated."""


class Options(ResourceOptions):
    """A service of Windows."""

    name: ServiceName = Field(
        description="Its short name, such as `Spooler`; `Get-Service` shows it, and it is never translated."
    )
    startup: Literal["automatic", "delayed", "manual", "disabled"] | None = Field(
        default=None, description="When it starts: with the computer, somewhat later, when it is needed, or never."
    )
    running: bool | None = Field(default=None, description="Whether it runs now.")
    path: Line | None = Field(
        default=None,
        max_length=8000,
        description="The command line that it starts, which a service that is not there yet needs to be made.",
    )
    title: Line | None = Field(default=None, max_length=256, description="The name that people see.")
    description: Line | None = Field(default=None, description="What people read about it.")

    @model_validator(mode="after")
    def _make_sense(self) -> Self:
        if is_needed(self.name) and self._stops:
            raise ValueError(
                f"deskprov cannot come in without the service {self.name}: it must run, start with the computer, and "
                "stay the program that it is"
            )
        if is_way_in(self.name) and (self.state == "absent" or self.path is not None):
            raise ValueError(f"the service {self.name} is how deskprov comes in: it must stay the program that it is")
        if self.state == "absent" and self.name.casefold() in _OF_WINDOWS:
            raise ValueError(f"the service {self.name} belongs to Windows and cannot be removed")
        if "" in (self.path, self.title, self.description):
            raise ValueError("path, title and description are left out rather than empty")
        if self.running and self.startup == "disabled":
            raise ValueError("a service that never starts cannot be running")
        return self

    @property
    def _stops(self) -> bool:
        ends = self.state == "absent" or self.startup in ("disabled", "manual") or self.running is False
        return ends or self.path is not None


def desired(options: Options) -> Mapping[str, Wanted]:
    """What the profile states."""
    wanted: dict[str, Wanted] = {
        "startup": options.startup,
        "running": options.running,
        "path": options.path,
        "title": options.title,
        "description": options.description,
    }
    return {name: value for name, value in wanted.items() if value is not None}


needs = no_needs
preview = no_preview
reboot = no_reboot
