"""Software: programs by the names people know, packages of the system, and package files from elsewhere."""

from collections.abc import Mapping
from typing import Self

from pydantic import Field, model_validator

from deskprov.model.plan import Reboot
from deskprov.model.platform import Platform
from deskprov.model.resource import FromResolving, ResourceOptions, SitePath
from deskprov.model.resource_type import no_needs, no_preview
from deskprov.model.want import Wanted
from deskprov.resources.software.catalogue import package_name
from deskprov.resources.software.words import Address, PackageName, Sha256, Version

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


class Options(ResourceOptions):
    """A program or package of this computer."""

    name: PackageName = Field(
        description="A product of the software catalogue (`firefox`), or the name of a package (`firefox-esr`)."
    )
    version: Version | None = Field(
        default=None,
        description='The whole version of the package, in quotes, such as "2.1.0-1"; it is kept at that version.',
    )
    hold: bool | None = Field(
        default=None,
        description="Whether upgrades leave it alone; true when a version is stated, else not looked at.",
    )
    url: Address | None = Field(
        default=None,
        description="Where to fetch a package file (.deb) that no repository has; state its version, too.",
    )
    source: SitePath | None = Field(
        default=None, description="A package file (.deb) beside the profile, instead of an address."
    )
    sha256: Sha256 | None = Field(
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


def reboot(options: Options) -> Reboot:
    """Of a kernel, a driver or a library that everything uses; which ones, the system says after installing."""
    return Reboot.MAYBE
