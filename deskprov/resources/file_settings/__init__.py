"""Settings in INI files of programs: one key of one section each, everything else in the file stays as it is.

The file is looked at and written in the network log-on of an administrator, so only on drives of the computer.
"""

from collections.abc import Mapping, Sequence
from typing import Self

from pydantic import Field, model_validator

from deskprov.formats.file_system import needs_at
from deskprov.model.platform import Platform
from deskprov.model.resource import Line, ResourceOptions
from deskprov.model.resource_type import no_preview, no_reboot
from deskprov.model.want import Wanted
from deskprov.resources.file_settings.words import Place, SettingName, place_of

NAME = "file_settings"
KEY = "setting"
PLATFORMS = frozenset({Platform.WINDOWS})
UNOBSERVABLE: frozenset[str] = frozenset()


class Options(ResourceOptions):
    """A key in an INI file."""

    setting: SettingName = Field(
        description="The file, the section in brackets and the key, such as "
        "`C:\\ProgramData\\Example\\app.ini [Server] Address`. A file, a section and a key that are missing are made; "
        "upper and lower case are one."
    )
    value: Line | None = Field(
        default=None, max_length=32000, description="What stands after the `=`, to the last character; may be empty."
    )

    @model_validator(mode="after")
    def _make_sense(self) -> Self:
        if self.state == "absent":
            return self
        if self.value is None:
            raise ValueError('needs a value: what stands after the `=`, or "" for nothing')
        if self.value != self.value.strip(" \t"):
            raise ValueError("has a value that begins or ends with a space, which programs drop")
        return self

    @property
    def place(self) -> Place:
        """The file, the section and the key."""
        return place_of(self.setting)


def desired(options: Options) -> Mapping[str, Wanted]:
    """The value."""
    return {} if options.value is None else {"value": options.value}


def needs(options: Options) -> Sequence[str]:
    """The file, when the profile has it as a whole, and the folders above it."""
    return [f"files/{options.place.path}", *needs_at(options.place.path)]


preview = no_preview
reboot = no_reboot
