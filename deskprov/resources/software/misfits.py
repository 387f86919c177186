"""Options of software that do not go together, in words."""

from typing import TYPE_CHECKING

from deskprov.resources.software.catalogue import catalogue, package_name
from deskprov.resources.software.ways import Way, is_msi, product, way, winget_id

if TYPE_CHECKING:
    from deskprov.resources.software import Options

_ESSENTIAL = """
base-files base-passwd bash bsdutils coreutils dash debianutils diffutils dpkg findutils grep gzip hostname
init-system-helpers libc-bin libc6 login login.defs ncurses-base ncurses-bin perl-base sed sysvinit-utils tar util-linux
apt passwd mount mawk init systemd systemd-sysv udev libpam-modules libpam-runtime libpam-systemd
"""
_WAY_IN = "openssh-server python3 python3-minimal libpython3-stdlib sudo network-manager netplan.io ifupdown"
NEVER_REMOVED = frozenset((_ESSENTIAL + _WAY_IN).split())
"""Packages of Debian 12 that are essential or required, and those that deskprov needs to come in."""


def on_any_platform(options: "Options") -> str:
    """What is wrong on every platform, or an empty text."""
    if options.url and options.source:
        return "url and source are both stated; one package file is enough"
    if (options.url or options.source) and not (options.sha256 or (options.signer and options.url)):
        return "a package file needs its sha256; sha256sum FILE shows it"
    if options.sha256 and not (options.url or options.source):
        return "sha256 is for a package file: state its url or source, too"
    if options.source_sha256 not in (None, options.sha256):
        return f"{options.source} is another file than the one stated: its sha256 is {options.source_sha256}"
    return ""


def on_linux(options: "Options") -> str:
    """What is wrong on Linux, or where no platform is known, or an empty text."""
    if options.state == "absent" and package_name(options.name, "apt") in NEVER_REMOVED:
        return f"{options.name} is needed by the system or by deskprov and cannot be removed"
    known = catalogue().get(options.name)
    if options.state == "present" and known and not known.packages and not (options.url or options.source):
        return f"{options.name} is a product that Debian does not have; choose another, or state url and sha256"
    return ""


def on_windows(options: "Options") -> str:
    """What is wrong on Windows, or an empty text. What is to be removed needs nothing but its name."""
    if options.version and options.at_least:
        return "version and at_least are both stated; one of them is enough"
    if options.state == "absent":
        return ""
    if options.winget_id and way(options) is not Way.WINGET:
        return "winget_id is for `feed: winget`"
    match way(options):
        case Way.APP:
            return "an app that came with Windows is only taken out: state: absent"
        case Way.INSTALLER:
            return _installer(options)
        case Way.CHOCOLATEY:
            return _no_installer(options) or _chocolatey(options)
        case Way.WINGET:
            return _no_installer(options) or _winget(options)


def _installer(options: "Options") -> str:
    if options.source and not options.source.lower().endswith((".msi", ".exe")):
        return "source must be an .msi or .exe: of other packages deskprov cannot tell how they are installed"
    if not product(options):
        return 'an installer needs its product, by which it is found again: "7-Zip *", as Settings > Apps shows it'
    if not is_msi(options) and not options.arguments:
        return "an .exe needs arguments that make it ask nobody anything, such as /S: nobody sees its window"
    return ""


def _no_installer(options: "Options") -> str:
    stated = options.signer or options.arguments
    return "signer and arguments are for an installer: state its url or source, too" if stated else ""


def _chocolatey(options: "Options") -> str:
    if options.feed:
        return ""
    return (
        "needs a feed: the address of your Chocolatey feed, best under `defaults` in software.yml, `community` or "
        "`winget`; or url, sha256 and product of an installer"
    )


def _winget(options: "Options") -> str:
    if not winget_id(options):
        return "needs a winget_id, such as Mozilla.Firefox: the catalogue does not know what winget calls it"
    if not product(options):
        return 'needs its product, by which it is found again: "7-Zip *", as Settings > Apps shows it'
    return ""
