"""The ways by which software comes to a Windows PC, told from what a profile states and the catalogue knows."""

from enum import StrEnum
from typing import TYPE_CHECKING

from deskprov.resources.software.catalogue import windows_name
from deskprov.resources.software.words import WINGET

if TYPE_CHECKING:
    from deskprov.resources.software import Options


class Way(StrEnum):
    """How it comes, and where it is looked for."""

    INSTALLER = "installer"
    CHOCOLATEY = "chocolatey"
    WINGET = "winget"
    APP = "app"


def way(options: "Options") -> Way:
    """An app of Windows by its package name, else an installer that is stated, else a package of the feed."""
    if app(options):
        return Way.APP
    if options.url or options.source:
        return Way.INSTALLER
    return Way.WINGET if options.feed == WINGET else Way.CHOCOLATEY


def app(options: "Options") -> str | None:
    """The package name of an app."""
    return options.app or windows_name(options.name, "app")


def product(options: "Options") -> str | None:
    """What Settings > Apps calls it."""
    return options.product or windows_name(options.name, "product")


def package(options: "Options") -> str:
    """What Chocolatey calls it."""
    return windows_name(options.name, "chocolatey") or options.name


def winget_id(options: "Options") -> str | None:
    """What winget calls it."""
    return options.winget_id or windows_name(options.name, "winget")


def is_msi(options: "Options") -> bool:
    """True for a package of Windows Installer, which has one way of asking nobody anything."""
    return (options.url or options.source or "").partition("?")[0].lower().endswith(".msi")
