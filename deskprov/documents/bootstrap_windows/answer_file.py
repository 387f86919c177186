"""The answer file for a fresh installation of Windows: `autounattend.xml`, which Setup finds at the top of a stick.

It answers as little as it can. It has no product key (the firmware's counts, or Setup asks), no password, no language
and no time zone. It makes one local administrator without a password, who is logged on once, by Windows itself, so that
the bootstrap script runs; the script takes that account away. Nothing in it erases a disk: with `erase_disk` Setup runs
a program on the stick, which shows the disk and does so only when a person has typed that it shall.

It answers on PCs with Intel's or AMD's processors and on those with ARM's: settings for components that are not in the
Windows image are ignored (learn.microsoft.com/windows-hardware/customize/desktop/wsim/answer-files-overview).

Components, passes and elements: learn.microsoft.com/windows-hardware/customize/desktop/unattend/ followed by
microsoft-windows-setup-userdata, microsoft-windows-setup-runsynchronous, microsoft-windows-setup-imageinstall-osimage-
installto, microsoft-windows-shell-setup-oobe, microsoft-windows-shell-setup-useraccounts-localaccounts,
microsoft-windows-shell-setup-autologon and microsoft-windows-shell-setup-firstlogoncommands.
"""

from collections.abc import Mapping
from xml.etree import ElementTree

from deskprov.model.enrolment import WINDOWS_SCRIPT

ANSWER_FILE = "autounattend.xml"
ERASE_FILE = "deskprov-erase-disk.cmd"
ERASED = "%SystemDrive%\\deskprov-erased"
"""What the program leaves in the memory of Windows Setup when the disk is ready."""

SETUP_ACCOUNT = "deskprov-setup"
"""Named in script/setup.ps1 too, which takes it away."""

_UNATTEND = "urn:schemas-microsoft-com:unattend"
_WCM = "http://schemas.microsoft.com/WMIConfig/2002/State"
_ARCHITECTURES = ("amd64", "arm64")
_COMPONENT = {
    "publicKeyToken": "31bf3856ad364e35",
    "language": "neutral",
    "versionScope": "nonSxS",
}
_DRIVES = "C D E F G H I J K L"

Branch = Mapping[str, "str | Branch"]
"""Elements by name; a name of a list's entry is marked `+`, which becomes wcm:action="add"."""


def answer_file(*, erase_disk: bool) -> str:
    """The file. With `erase_disk` the first disk is erased after a question at the PC; else Setup asks for a place."""
    ElementTree.register_namespace("", _UNATTEND)
    ElementTree.register_namespace("wcm", _WCM)
    root = ElementTree.Element(f"{{{_UNATTEND}}}unattend")
    _components(root, "windowsPE", "Microsoft-Windows-Setup", {**_USER_DATA, **(_ERASE if erase_disk else {})})
    _components(root, "oobeSystem", "Microsoft-Windows-Shell-Setup", _FIRST_START)
    ElementTree.indent(root)
    return f'<?xml version="1.0" encoding="utf-8"?>\n{ElementTree.tostring(root, "unicode")}\n'


def _components(root: ElementTree.Element, configuration_pass: str, name: str, content: Branch) -> None:
    settings = ElementTree.SubElement(root, f"{{{_UNATTEND}}}settings", {"pass": configuration_pass})
    for architecture in _ARCHITECTURES:
        of_it = {"name": name, "processorArchitecture": architecture, **_COMPONENT}
        _fill(ElementTree.SubElement(settings, f"{{{_UNATTEND}}}component", of_it), content)


def _fill(parent: ElementTree.Element, content: Branch) -> None:
    for name, value in content.items():
        element = ElementTree.SubElement(parent, f"{{{_UNATTEND}}}{name.removesuffix('+')}")
        if name.endswith("+"):
            element.set(f"{{{_WCM}}}action", "add")
        if isinstance(value, str):
            element.text = value
        else:
            _fill(element, value)


def _from_stick(file: str, command: str) -> str:
    """A command line that runs a file of the stick, whatever letter that has; `{}` is where the file is."""
    there = f"%d:\\{file}"
    return f"cmd.exe /c (for %d in ({_DRIVES}) do @if exist {there} {command.format(there)})"


_USER_DATA: Branch = {"UserData": {"AcceptEula": "true"}}

_ERASE: Branch = {
    "RunSynchronous": {
        "RunSynchronousCommand+": {
            "Order": "1",
            # whoever takes the stick out before the question gets no Windows over what is on the disk
            "Path": f"{_from_stick(ERASE_FILE, 'call {}')} & if not exist {ERASED} (wpeutil shutdown & pause)",
            "Description": "Shows the first disk, and erases it when a person has typed that it shall",
        }
    },
    "ImageInstall": {"OSImage": {"InstallTo": {"DiskID": "0", "PartitionID": "3"}}},
}

_FIRST_START: Branch = {
    "OOBE": {"HideEULAPage": "true", "HideOnlineAccountScreens": "true", "ProtectYourPC": "3"},
    "UserAccounts": {
        "LocalAccounts": {
            "LocalAccount+": {
                "Name": SETUP_ACCOUNT,
                "Group": "Administrators",
                "Description": "deskprov: for the first start only",
                "Password": {"Value": "", "PlainText": "true"},
            }
        }
    },
    "AutoLogon": {
        "Username": SETUP_ACCOUNT,
        "Enabled": "true",
        "LogonCount": "1",
        "Password": {"Value": "", "PlainText": "true"},
    },
    "FirstLogonCommands": {
        "SynchronousCommand+": {
            "Order": "1",
            "CommandLine": _from_stick(
                WINDOWS_SCRIPT, "powershell.exe -NoExit -NoProfile -ExecutionPolicy Bypass -File {} -Unattended"
            ),
            "Description": "Makes the PC reachable for deskprov",
        }
    },
}
