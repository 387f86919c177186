"""Software: programs by the names people know, packages of the system, and package files from elsewhere."""

import re
from collections.abc import Mapping
from typing import Annotated, Self

from pydantic import AfterValidator, Field, model_validator

from deskprov.model.platform import Platform
from deskprov.model.resource import FromResolving, Line, ResourceOptions, SitePath
from deskprov.model.resource_type import no_needs, no_preview
from deskprov.model.want import Wanted
from deskprov.resources.software.catalogue import package_name

NAME = "software"
KEY = "name"
PLATFORMS = frozenset({Platform.LINUX})
UNOBSERVABLE: frozenset[str] = frozenset()

_ESSENTIAL = """
base-files base-passwd bash bsdutils coreutils dash debianutils diffutils dpkg findutils grep gzip hostname
init-system-helpers libc-bin libc6 login login.defs ncurses-base ncurses-bin perl-base sed sysvinit-utils tar util-linux
apt passwd mount mawk init systemd systemd-sysv udev libpam-modules libpam-runtime libpam-systemd
"""
_WAY_IN = "openssh-server python3 python3-minimal libpython3-stdlib sudo network-manager netplan.io ifupdown"
NEVER_REMOVED = frozenset((_ESSENTIAL + _WAY_IN).split())
"""Packages of Debian 12 that are essential or required, and those that deskprov needs to come in."""

_PACKAGE = re.compile(r"[a-z0-9][a-z0-9+.-]{1,127}")
_VERSION = re.compile(r"[0-9][A-Za-z0-9.+~:-]{0,127}")
_SHA256 = re.compile(r"[0-9a-f]{64}")
_URL = re.compile(r"https?://[^\s/@?#]+/\S*\.deb")


def _package(text: str) -> str:
    if not _PACKAGE.fullmatch(text):
        raise ValueError("must be a name of the catalogue, or of a package: small letters, digits, `+`, `-` and `.`")
    return text


def _url(text: str) -> str:
    if not _URL.fullmatch(text):
        raise ValueError("must be an address such as https://example.org/tool_1.0_amd64.deb, without a password in it")
    return text


def _version(text: str) -> str:
    if not _VERSION.fullmatch(text):
        raise ValueError('must be the whole version of the package, such as "2.1.0-1", as `apt-cache madison` shows it')
    return text


def _sha256(text: str) -> str:
    if not _SHA256.fullmatch(text.lower()):
        raise ValueError("must be the 64 digits that `sha256sum FILE` shows")
    return text.lower()


class Options(ResourceOptions):
    """A program or package of this computer."""

    name: Annotated[str, AfterValidator(_package)] = Field(
        description="A product of the software catalogue (`firefox`), or the name of a package (`firefox-esr`)."
    )
    version: Annotated[str, AfterValidator(_version)] | None = Field(
        default=None,
        description='The whole version of the package, in quotes, such as "2.1.0-1"; it is kept at that version.',
    )
    hold: bool | None = Field(
        default=None,
        description="Whether upgrades leave it alone; true when a version is stated, else not looked at.",
    )
    url: Annotated[Line, AfterValidator(_url)] | None = Field(
        default=None,
        description="Where to fetch a package file (.deb) that no repository has; state its version, too.",
    )
    source: SitePath | None = Field(
        default=None, description="A package file (.deb) beside the profile, instead of an address."
    )
    sha256: Annotated[str, AfterValidator(_sha256)] | None = Field(
        default=None, description="The SHA-256 of the package file, checked on the computer right before installing."
    )
    source_sha256: FromResolving = None

    @model_validator(mode="after")
    def _make_sense(self) -> Self:
        if self.state == "absent" and package_name(self.name, "apt") in NEVER_REMOVED:
            raise ValueError(f"{self.name} is needed by the system or by deskprov and cannot be removed")
        if self.url and self.source:
            raise ValueError("url and source are both stated; one package file is enough")
        if (self.url or self.source) and not self.sha256:
            raise ValueError("a package file needs its sha256; sha256sum FILE shows it")
        if self.sha256 and not (self.url or self.source):
            raise ValueError("sha256 is for a package file: state its url or source, too")
        if self.source_sha256 not in (None, self.sha256):
            raise ValueError(f"{self.source} is another file than the one stated: its sha256 is {self.source_sha256}")
        return self

    @property
    def held(self) -> bool | None:
        """Whether upgrades shall leave it alone; None when the profile does not care."""
        return True if self.hold is None and self.version else self.hold


def desired(options: Options) -> Mapping[str, Wanted]:
    """That it is there; its version, and whether it is held, when the profile states them."""
    wanted: dict[str, Wanted] = {"version": options.version, "held": options.held}
    return {name: value for name, value in wanted.items() if value is not None}


needs = no_needs
preview = no_preview
