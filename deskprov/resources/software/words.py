"""What stands in the options of software: names of packages, versions, addresses, hashes."""

import re
from typing import Annotated

from pydantic import AfterValidator

from deskprov.model.resource import Line
from deskprov.model.text import Accepts, Reach

_PACKAGE = r"^[a-z0-9][a-z0-9+.-]{1,127}$"
_VERSION = r"^[0-9][A-Za-z0-9.+~:-]{0,127}$"
_SHA256 = r"^[0-9a-fA-F]{64}$"
_URL = re.compile(r"https?://[^\s/@?#]+/\S*\.deb")


def _package(text: str) -> str:
    if not re.fullmatch(_PACKAGE, text):
        raise ValueError("must be a name of the catalogue, or of a package: small letters, digits, `+`, `-` and `.`")
    return text


def _url(text: str) -> str:
    if not _URL.fullmatch(text):
        raise ValueError("must be an address such as https://example.org/tool_1.0_amd64.deb, without a password in it")
    return text


def _version(text: str) -> str:
    if not re.fullmatch(_VERSION, text):
        raise ValueError('must be the whole version of the package, such as "2.1.0-1", as `apt-cache madison` shows it')
    return text


def _sha256(text: str) -> str:
    if not re.fullmatch(_SHA256, text):
        raise ValueError("must be the 64 digits that `sha256sum FILE` shows")
    return text.lower()


PackageName = Annotated[
    str,
    AfterValidator(_package),
    Accepts("small letters, digits, `+`, `-` and `.`", Reach.WORD, _PACKAGE),
]
"""A product of the catalogue or a package: deb-control(5), Debian Policy 5.6.1."""

Version = Annotated[
    str,
    AfterValidator(_version),
    Accepts("a version as deb-version(7) has it, beginning with a digit", Reach.WORD, _VERSION),
]

Address = Annotated[
    Line,
    AfterValidator(_url),
    Accepts("an http or https address of a .deb, of any printable characters but spaces", Reach.LINE),
]

Sha256 = Annotated[
    str,
    AfterValidator(_sha256),
    Accepts("64 hexadecimal digits", Reach.WORD, _SHA256),
]
"""The value has small letters."""
