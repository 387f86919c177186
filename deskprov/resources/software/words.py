"""What stands in the options of software: names of packages and programs, versions, addresses, hashes."""

import re
from typing import Annotated

from pydantic import AfterValidator

from deskprov.model.feed import is_feed
from deskprov.model.platform import PerPlatform, Platform
from deskprov.model.resource import Line
from deskprov.model.text import Accepts, Reach

WINGET = "winget"

_PACKAGE = r"^[a-z0-9][a-z0-9+.-]{1,127}$"
_VERSION = r"^[0-9][A-Za-z0-9.+~:-]{0,127}$"
_SHA256 = r"^[0-9a-fA-F]{64}$"
_APP = r"^[A-Za-z0-9][A-Za-z0-9.-]{2,49}$"
_URL = re.compile(r"https?://[^\s/@?#]+/\S*\.deb")
_INSTALLER = re.compile(r"https://[^\s/@?#]+/[^\s?#]*\.(msi|exe)(\?\S*)?", re.IGNORECASE)

_WINGET_ID = r"^[A-Za-z0-9][A-Za-z0-9+_-]{0,31}(\.[A-Za-z0-9+_-]{1,32}){1,7}$"

_NO_STORE = (
    "cannot be msstore: the Microsoft Store installs for the person who is logged in, and nobody is; state url and "
    "sha256 of an .msi or .exe, a Chocolatey feed, or winget"
)


def _package(text: str) -> str:
    if not re.fullmatch(_PACKAGE, text):
        raise ValueError("must be a name of the catalogue, or of a package: small letters, digits, `+`, `-` and `.`")
    return text


def _deb(text: str) -> str:
    if not _URL.fullmatch(text):
        raise ValueError("must be an address such as https://example.org/tool_1.0_amd64.deb, without a password in it")
    return text


def _installer(text: str) -> str:
    if not _INSTALLER.fullmatch(text):
        raise ValueError("must be an address such as https://example.org/tool-1.0-x64.msi, an .msi or .exe over https")
    return text


def _debian_version(text: str) -> str:
    if not re.fullmatch(_VERSION, text):
        raise ValueError('must be the whole version of the package, such as "2.1.0-1", as `apt-cache madison` shows it')
    return text


def _windows_version(text: str) -> str:
    if text == "latest":
        raise ValueError(
            'cannot be `latest`, which no look can prove: leave it out, or state at_least with a version, "25.01"'
        )
    if not re.fullmatch(_VERSION, text):
        raise ValueError('must be a version such as "25.01", as Settings > Apps shows it')
    return text


def _sha256(text: str) -> str:
    if not re.fullmatch(_SHA256, text):
        raise ValueError("must be the 64 digits that `sha256sum FILE` shows")
    return text.lower()


def _app(text: str) -> str:
    if not re.fullmatch(_APP, text):
        raise ValueError("must be the name that `Get-AppxPackage` shows, such as Microsoft.BingNews")
    return text


def _feed(text: str) -> str:
    if text == "msstore":
        raise ValueError(_NO_STORE)
    if text != WINGET and not is_feed(text):
        raise ValueError(
            "must be the https address of your Chocolatey feed, `community` for the public one, or `winget`"
        )
    return text


def _winget_id(text: str) -> str:
    if not re.fullmatch(_WINGET_ID, text):
        raise ValueError("must be an id such as Mozilla.Firefox, as `winget search` shows it")
    return text


PackageName = Annotated[
    str,
    AfterValidator(_package),
    Accepts("small letters, digits, `+`, `-` and `.`", Reach.WORD, _PACKAGE),
]
"""A product of the catalogue or a package: deb-control(5), Debian Policy 5.6.1; a Chocolatey package on Windows."""

Version = Annotated[
    str,
    PerPlatform({Platform.LINUX: _debian_version, Platform.WINDOWS: _windows_version}),
    Accepts("a version as deb-version(7) has it, beginning with a digit", Reach.WORD, _VERSION),
]

WindowsVersion = Annotated[
    str,
    AfterValidator(_windows_version),
    Accepts("a version that begins with a digit", Reach.WORD, _VERSION),
]

Address = Annotated[
    Line,
    PerPlatform({Platform.LINUX: _deb, Platform.WINDOWS: _installer}),
    Accepts(
        "an address of a .deb, or over https of an .msi or .exe, of any printable characters but spaces", Reach.LINE
    ),
]

Sha256 = Annotated[
    str,
    AfterValidator(_sha256),
    Accepts("64 hexadecimal digits", Reach.WORD, _SHA256),
]
"""The value has small letters."""

AppName = Annotated[str, AfterValidator(_app), Accepts("letters, digits, `.` and `-`", Reach.WORD, _APP)]
"""The identity of an app package: learn.microsoft.com/uwp/schemas/appxpackage/uapmanifestschema/element-identity."""

Feed = Annotated[
    Line, AfterValidator(_feed), Accepts("an https address without a password, `community` or `winget`", Reach.LINE)
]

WingetId = Annotated[
    str,
    AfterValidator(_winget_id),
    Accepts("letters, digits, `+`, `_` and `-` in two to eight parts between dots", Reach.WORD, _WINGET_ID),
]
"""A PackageIdentifier of github.com/microsoft/winget-pkgs, of plain letters. The Store's have no dot."""
