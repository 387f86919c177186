"""The texts that the options of a computer take."""

from typing import Annotated

from pydantic import AfterValidator, Field

from deskprov.formats.near_miss import near_miss
from deskprov.formats.option_problems import shown
from deskprov.formats.time_zones import iana_zone, known_zones, windows_zone
from deskprov.formats.windows_regions import geo_id
from deskprov.model.resource import Line
from deskprov.model.text import Accepts, Reach

_NAME = r"^[A-Za-z0-9]([A-Za-z0-9-]{0,13}[A-Za-z0-9])?$"
_WORKGROUP = r"^[A-Za-z0-9]([A-Za-z0-9_-]{0,13}[A-Za-z0-9])?$"
_ACCOUNT = r"^[A-Za-z0-9][A-Za-z0-9._-]{0,63}@([A-Za-z0-9-]{1,63}\.)*[A-Za-z0-9-]{1,63}$"
_REGION = r"^[A-Z]{2}$"
_CULTURE = r"^[a-z]{2,3}(-[A-Z][a-z]{3})?-([A-Z]{2}|[0-9]{3})$"
_KEYBOARD = r"^[a-z]{2,3}(-[A-Z][a-z]{3})?(-([A-Z]{2}|[0-9]{3}))?(/[0-9A-F]{4}:[0-9A-F]{8})?$"
_OU = r"^([Oo][Uu]|[Cc][Nn])=.+,[Dd][Cc]=.+$"


def _no_number(name: str) -> str:
    if name.isdecimal():
        raise ValueError("has digits only, which Windows does not take for a name")
    return name


def _known_zone(name: str) -> str:
    try:
        windows_zone(name)
    except KeyError:
        raise ValueError(f"cannot be `{shown(name)}`: {_zone_meant(name)}") from None
    return name


def _zone_meant(name: str) -> str:
    """Who writes what Windows calls it means the zone that stands for most of that one."""
    try:
        return f"that is its name in Windows; write {iana_zone(name)}"
    except KeyError:
        meant = near_miss(name, known_zones()) or "America/Los_Angeles"
        return f"Windows has no time zone of that name; did you mean {meant}?"


def _known_region(code: str) -> str:
    try:
        geo_id(code)
    except KeyError:
        raise ValueError(
            "is no country or region that Windows knows: write its two letters, such as US or MX"
        ) from None
    return code


ComputerName = Annotated[
    str,
    Field(pattern=_NAME),
    AfterValidator(_no_number),
    Accepts("at most 15 letters, digits and `-`, not digits only", Reach.WORD, _NAME),
]
"""learn.microsoft.com/troubleshoot/windows-server/active-directory/naming-conventions-for-computer-domain-site-ou"""

Workgroup = Annotated[
    str, Field(pattern=_WORKGROUP), Accepts("at most 15 letters, digits, `-` and `_`", Reach.WORD, _WORKGROUP)
]
Account = Annotated[str, Field(pattern=_ACCOUNT), Accepts("`name@domain`", Reach.WORD, _ACCOUNT)]
TimeZone = Annotated[
    str,
    AfterValidator(_known_zone),
    Accepts("an IANA name such as America/Los_Angeles", Reach.WORD),
]
Region = Annotated[
    str,
    Field(pattern=_REGION),
    AfterValidator(_known_region),
    Accepts("two letters of ISO 3166-1, such as US", Reach.WORD, _REGION),
]
Culture = Annotated[
    str, Field(pattern=_CULTURE), Accepts("a language with its region, such as es-MX", Reach.WORD, _CULTURE)
]
Keyboard = Annotated[
    str,
    Field(pattern=_KEYBOARD),
    Accepts("a language such as es-MX, or one with a layout, such as en-US/0409:00020409", Reach.WORD, _KEYBOARD),
]
"""learn.microsoft.com/windows-hardware/manufacture/desktop/default-input-locales-for-windows-language-packs"""

Unit = Annotated[
    Line, Field(pattern=_OU, max_length=1000), Accepts("a place such as `OU=Lab,DC=example,DC=org`", Reach.LINE, _OU)
]
