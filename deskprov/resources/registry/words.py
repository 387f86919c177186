"""What stands in the options of a registry value: where it is, and how much fits."""

import re
from typing import Annotated

from pydantic import AfterValidator

from deskprov.formats import windows_services
from deskprov.model.resource import Line
from deskprov.model.text import Accepts, Reach

_PATTERN = r"^HKLM\\(SOFTWARE|SYSTEM\\CurrentControlSet)\\[^\\/]+(\\[^\\/]+)*\\[^\\]+$"
_LONGEST_KEY = 255
_LONGEST_NAME = 16383
"""Registry element size limits, learn.microsoft.com/windows/win32/sysinfo/registry-element-size-limits."""

_OF_POWERSHELL = frozenset({"pspath", "psparentpath", "pschildname", "psdrive", "psprovider", "(default)"})
"""What PowerShell adds to the values of a key when it shows them; a value of that name could not be told from it."""

LARGEST = {"dword": 2**32 - 1, "qword": 2**63 - 1}
BINARY = re.compile(r"([0-9a-f]{2})+")

_WAY_IN = {
    r"hklm\software\microsoft\windows\currentversion\policies\system\localaccounttokenfilterpolicy": "that value",
    r"hklm\software\policies\microsoft\windows\winrm" "\\": "what is below Policies\\Microsoft\\Windows\\WinRM",
    r"hklm\software\microsoft\windows\currentversion\wsman" "\\": "what is below CurrentVersion\\WSMAN",
    **{
        rf"hklm\system\currentcontrolset\services\{name.casefold()}" "\\": f"the service {name}"
        for name in windows_services.WAY_IN
    },
    r"hklm\system\currentcontrolset\services\sharedaccess\parameters\firewallpolicy" "\\": "the firewall",
    r"hklm\software\policies\microsoft\windowsfirewall" "\\": "the firewall",
    r"hklm\software\openssh" "\\": "what is below SOFTWARE\\OpenSSH",
}


def key_and_name(value: str) -> tuple[str, str]:
    """The key, and the name of the value in it."""
    key, _, name = value.rpartition("\\")
    return key, name


def way_in(value: str) -> str:
    """What of deskprov's own way in a value is, in words, or an empty text."""
    spelt = value.casefold()
    return next((words for place, words in _WAY_IN.items() if spelt == place or spelt.startswith(place)), "")


def _value(text: str) -> str:
    key, name = key_and_name(text)
    if not re.search(_PATTERN, text):
        raise ValueError(
            "must be a value below HKLM\\SOFTWARE or HKLM\\SYSTEM\\CurrentControlSet, such as "
            "HKLM\\SOFTWARE\\Policies\\Example\\Colour, with single `\\` and no `/` in the names of keys"
        )
    if any(part != part.strip() for part in text.split("\\")):
        raise ValueError("has a key or a name that begins or ends with a space")
    if name.casefold() in _OF_POWERSHELL:
        raise ValueError(f"has the name {name}, which PowerShell takes for something else")
    if len(name) > _LONGEST_NAME or any(len(part) > _LONGEST_KEY for part in key.split("\\")):
        raise ValueError(f"is too long: a key has at most {_LONGEST_KEY} characters, a name {_LONGEST_NAME}")
    return text


ValueName = Annotated[
    Line,
    AfterValidator(_value),
    Accepts(
        "`HKLM\\SOFTWARE\\…` or `HKLM\\SYSTEM\\CurrentControlSet\\…`, keys without `/`, and a name",
        Reach.LINE,
        _PATTERN,
    ),
]
"""Where a value is. One spelling of the hive, and of the two keys that everything is below."""
