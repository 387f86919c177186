"""Environment variables of the whole computer, which programs read when they start."""

from collections.abc import Mapping
from typing import Annotated, Self

from pydantic import AfterValidator, Field, model_validator

from deskprov.model.platform import Platform
from deskprov.model.resource import Line, ResourceOptions
from deskprov.model.resource_type import no_needs, no_preview, no_reboot
from deskprov.model.text import Accepts, Reach
from deskprov.model.want import Wanted

NAME = "environment"
KEY = "name"
PLATFORMS = frozenset({Platform.WINDOWS})
UNOBSERVABLE: frozenset[str] = frozenset()

_PATTERN = r"^[A-Z_][A-Z0-9_]{0,254}$"
_SET_BY_WINDOWS = """
ALLUSERSPROFILE APPDATA COMMONPROGRAMFILES COMPUTERNAME COMSPEC DRIVERDATA HOMEDRIVE HOMEPATH LOCALAPPDATA
LOGONSERVER NUMBER_OF_PROCESSORS OS PATH PATHEXT PROCESSOR_ARCHITECTURE PROCESSOR_IDENTIFIER PROCESSOR_LEVEL
PROCESSOR_REVISION PROGRAMDATA PROGRAMFILES PSMODULEPATH PUBLIC SYSTEMDRIVE SYSTEMROOT TEMP TMP USERDOMAIN USERNAME
USERPROFILE WINDIR
"""
"""What Windows itself sets: Recognized Environment Variables, learn.microsoft.com/windows/deployment/usmt/
usmt-recognized-environment-variables."""
_OF_WINDOWS = frozenset(_SET_BY_WINDOWS.split())

_OF_POWERSHELL = frozenset({"PSPATH", "PSPARENTPATH", "PSCHILDNAME", "PSDRIVE", "PSPROVIDER"})
"""What PowerShell adds to the values of a key when it shows them."""


_LOCKS_OUT = frozenset({"__PSLOCKDOWNPOLICY"})
"""What takes PowerShell the language that deskprov works in: about_Language_Modes. Its modules, PSModulePath, belong to
Windows.
"""


def _name(text: str) -> str:
    if text in _LOCKS_OUT:
        raise ValueError(f"{text} would take PowerShell the language that deskprov works in, and lock deskprov out")
    if text in _OF_WINDOWS | _OF_POWERSHELL:
        raise ValueError(f"{text} belongs to Windows and is not set from a profile")
    return text


VariableName = Annotated[
    str,
    Field(pattern=_PATTERN),
    AfterValidator(_name),
    Accepts("capital letters, digits and `_`", Reach.WORD, _PATTERN),
]
"""One spelling of what Windows does not tell apart by upper and lower case."""


class Options(ResourceOptions):
    """An environment variable."""

    name: VariableName = Field(
        description="Its name in capital letters, digits and `_`; Windows does not tell upper and lower case apart."
    )
    value: Line | None = Field(
        default=None, max_length=32000, description="What it holds; a `%` in it stands for itself."
    )

    @model_validator(mode="after")
    def _make_sense(self) -> Self:
        if self.state == "present" and not self.value:
            raise ValueError("needs a value; an empty one is none to Windows, which `state: absent` says")
        return self


def desired(options: Options) -> Mapping[str, Wanted]:
    """The value."""
    return {} if options.value is None else {"value": options.value}


needs = no_needs
preview = no_preview
reboot = no_reboot
