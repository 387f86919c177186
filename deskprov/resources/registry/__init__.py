"""Values of the Windows registry: policies and settings that have no type of their own.

For the whole computer (HKEY_LOCAL_MACHINE), for the default user, whose registry is copied for everybody who logs on
for the first time, or for every person who has a profile there. Set from a network logon by an administrator.
"""

from collections.abc import Mapping
from typing import Literal, Self

from pydantic import Field, model_validator

from deskprov.formats.windows_registry import way_in
from deskprov.model.platform import Platform
from deskprov.model.resource import Line, ResourceOptions
from deskprov.model.resource_type import no_needs, no_preview, no_reboot
from deskprov.model.want import Wanted
from deskprov.resources.registry.words import BINARY, LARGEST, ValueName

NAME = "registry"
KEY = "value"
PLATFORMS = frozenset({Platform.WINDOWS})
UNOBSERVABLE: frozenset[str] = frozenset()

Kind = Literal["string", "expandstring", "multistring", "dword", "qword", "binary", "none"]


class Options(ResourceOptions):
    """A value of the registry."""

    value: ValueName = Field(
        description="The value with the keys above it, such as `HKLM\\SOFTWARE\\Policies\\Example\\Colour`; what "
        "stands after the last `\\` is its name, `(Default)` for the value without one. Missing keys are made. In "
        "place of `HKLM`, `default-user` is for people who log on there for the first time later, and `every-user` "
        "for each who has a profile there: both together are everybody."
    )
    data: Line | int | list[Line] | None = Field(
        default=None, description="What it holds: a text, a whole number, a list of texts, or bytes as `0a1b2c`."
    )
    type: Kind | None = Field(
        default=None,
        description="The type of the value; when left out, `string` for a text, `dword` for a number and `multistring` "
        "for a list.",
    )

    @model_validator(mode="after")
    def _make_sense(self) -> Self:
        if part := way_in.refused(self.value):
            raise ValueError(f"{part} belongs to the way that deskprov comes in by, and is not set from a profile")
        if self.state == "absent":
            return self
        if self.data is None and self.type != "none":
            raise ValueError("needs data: what the value holds")
        problem = _misfit(self.kind, self.content)
        if problem:
            raise ValueError(problem)
        return self

    @property
    def kind(self) -> str:
        """The type of the value, stated or by what it holds."""
        by_data = "dword" if isinstance(self.data, int) else "multistring" if isinstance(self.data, list) else "string"
        return self.type or by_data

    @property
    def content(self) -> str | int | list[str]:
        """The data; no bytes where none are stated."""
        return "" if self.data is None else self.data


def _misfit(kind: str, data: str | int | list[str]) -> str:
    """What is wrong with the data of a type, or an empty text."""
    if kind in LARGEST:
        if not isinstance(data, int):
            return f"a {kind} is a whole number without quotes"
        return "" if 0 <= data <= LARGEST[kind] else f"a {kind} is a number from 0 to {LARGEST[kind]}"
    if kind == "multistring":
        return "" if isinstance(data, list) and all(data) else "a multistring is a list of texts, none of them empty"
    if not isinstance(data, str):
        return f"a {kind} is a text; put a number in quotes"
    if (kind == "binary" or (kind == "none" and data)) and not BINARY.fullmatch(data):
        return "bytes are written as pairs of 0 to 9 and a to f, such as 0a1b2c"
    return ""


def desired(options: Options) -> Mapping[str, Wanted]:
    """Type and data; the texts of a list stand on lines of their own, in the order stated."""
    if options.state == "absent":
        return {}
    data = options.content
    return {"type": options.kind, "data": "\n".join(data) if isinstance(data, list) else data}


needs = no_needs
preview = no_preview
reboot = no_reboot
