"""Software: programs by the names people know, packages of the system, and installers from elsewhere."""

from collections.abc import Mapping
from typing import Annotated, Self

from pydantic import Field, PrivateAttr, ValidationInfo, model_validator

from deskprov.model.plan import Change, Reboot
from deskprov.model.platform import OnlyOn, Platform, platform_of
from deskprov.model.resource import KNOWN_BY, FromResolving, Line, ResourceOptions, SitePath
from deskprov.model.resource_type import no_preview
from deskprov.model.want import Wanted
from deskprov.resources.software.misfits import on_any_platform, on_linux, on_windows
from deskprov.resources.software.ways import Way, way
from deskprov.resources.software.words import (
    Address,
    AppName,
    Feed,
    PackageName,
    Sha256,
    Version,
    WindowsVersion,
    WingetId,
)

NAME = "software"
KEY = "name"
PLATFORMS = frozenset({Platform.LINUX, Platform.WINDOWS})
UNOBSERVABLE: frozenset[str] = frozenset()

_LINUX = OnlyOn(Platform.LINUX)
_WINDOWS = OnlyOn(Platform.WINDOWS)


class Options(ResourceOptions):
    """A program or package of this computer."""

    name: PackageName = Field(
        description="A product of the software catalogue (`firefox`), or the name of a package: of the system "
        "(`firefox-esr`), on Windows of Chocolatey."
    )
    version: Version | None = Field(
        default=None,
        description='The version, in quotes, such as "2.1.0-1": on Linux the whole version of the package, which is '
        "kept at it; on Windows as Settings > Apps shows it.",
    )
    at_least: Annotated[WindowsVersion | None, _WINDOWS] = Field(
        default=None, description="The oldest version that will do, for programs that bring themselves up to date."
    )
    hold: Annotated[bool | None, _LINUX] = Field(
        default=None,
        description="Whether upgrades leave it alone; true when a version is stated, else not looked at.",
    )
    url: Address | None = Field(
        default=None,
        description="Where to fetch a package file (.deb) or an installer for all users (.msi or .exe).",
    )
    source: SitePath | None = Field(
        default=None, description="A package file or an installer beside the profile, instead of an address."
    )
    sha256: Sha256 | None = Field(
        default=None,
        description="The SHA-256 of that file, checked on the computer right before it is started.",
    )
    source_sha256: FromResolving = None
    signer: Annotated[Line | None, _WINDOWS] = Field(
        default=None,
        min_length=1,
        description="Who must have signed the installer, as the signature names it (`Google LLC`); with a `url` that "
        "always has the newest version, instead of `sha256`.",
    )
    product: Annotated[Line | None, _WINDOWS] = Field(
        default=None,
        json_schema_extra=KNOWN_BY,
        min_length=2,
        description="What Settings > Apps calls it, by which it is found again; with a `*` at its end for any ending "
        "(`7-Zip *`).",
    )
    arguments: Annotated[Line | None, _WINDOWS] = Field(
        default=None,
        description="What the installer is started with, so that it asks nobody anything: `/S`. An .msi needs none.",
    )
    removal: Annotated[Line | None, _WINDOWS] = Field(
        default=None,
        json_schema_extra=KNOWN_BY,
        description="What its uninstaller is started with, where it does not say itself how it asks nobody anything.",
    )
    feed: Annotated[Feed | None, _WINDOWS] = Field(
        default=None,
        description="The address of the Chocolatey feed that the package comes from, `community` for the public one, "
        "or `winget`; best stated once, under `defaults` in software.yml.",
    )
    winget_id: Annotated[WingetId | None, _WINDOWS] = Field(
        default=None,
        description="What winget calls it (`Mozilla.Firefox`), where the catalogue does not know.",
    )
    app: Annotated[AppName | None, _WINDOWS] = Field(
        default=None,
        json_schema_extra=KNOWN_BY,
        description="The package name of an app that came with Windows, to be removed for everyone.",
    )
    _platform: Platform | None = PrivateAttr(default=None)

    @model_validator(mode="after")
    def _make_sense(self, info: ValidationInfo) -> Self:
        self._platform = platform_of(info)
        on_platform = on_windows if self._platform is Platform.WINDOWS else on_linux
        if problem := on_any_platform(self) or on_platform(self):
            raise ValueError(problem)
        return self

    @property
    def held(self) -> bool | None:
        """Whether upgrades shall leave it alone; None when the profile does not care."""
        return True if self.hold is None and self.version and self._platform is not Platform.WINDOWS else self.hold


def desired(options: Options) -> Mapping[str, Wanted]:
    """That it is there; its version, and whether it is held, when the profile states them."""
    wanted: dict[str, Wanted] = {
        "version": options.version,
        "at_least": options.at_least,
        "held": options.held,
    }
    return {name: value for name, value in wanted.items() if value is not None}


def needs(options: Options) -> list[str]:
    """Chocolatey, for what comes from a feed of it."""
    from_feed = options.feed and way(options) is Way.CHOCOLATEY
    return ["software/chocolatey"] if from_feed and options.name != "chocolatey" else []


preview = no_preview


def reboot(change: Change) -> Reboot:
    """Of a kernel, a driver or a library that everything uses; which ones, the system says after installing."""
    return Reboot.NO if change.resource.options.app else Reboot.MAYBE
