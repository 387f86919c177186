"""What stands in the options of a registry value: where it is, and how much fits."""

import re
from typing import Annotated

from pydantic import AfterValidator

from deskprov.formats.windows_registry.people import WHO
from deskprov.model.resource import Line
from deskprov.model.text import Accepts, Reach

_OF_PEOPLE = ("AppEvents", "Console", "Control Panel", "Environment", "Keyboard Layout", "Network", "Printers")
"""What else than Software is right below a person's key, learn.microsoft.com/windows/win32/sysinfo/predefined-keys."""

_HEADS = (
    r"HKLM\\SOFTWARE\\[^\\]+",
    r"HKLM\\SYSTEM\\CurrentControlSet\\[^\\]+",
    rf"({'|'.join(WHO)})\\Software\\[^\\]+",
    rf"({'|'.join(WHO)})\\({'|'.join(_OF_PEOPLE)})",
)
_PATTERN = rf"^({'|'.join(_HEADS)})(\\[^\\]+)*\\[^\\]+$"
_LONGEST_KEY = 255
_LONGEST_NAME = 16383
"""Registry element size limits, learn.microsoft.com/windows/win32/sysinfo/registry-element-size-limits."""

_DEFAULT = "(Default)"
"""How the value without a name is spelt, as the registry editor shows it in English."""

_OF_POWERSHELL = frozenset({"pspath", "psparentpath", "pschildname", "psdrive", "psprovider", _DEFAULT.casefold()})
"""What PowerShell adds to the values of a key when it shows them; a value of that name could not be told from it."""

LARGEST = {"dword": 2**32 - 1, "qword": 2**63 - 1}
BINARY = re.compile(r"([0-9a-f]{2})+")

_OTHERWISE = {
    "hkcu": "HKCU is the registry of whoever runs the program: write every-user\\… for each person who has a profile "
    "on the computer, default-user\\… for those who log on to it for the first time later",
    "hkey_current_user": "write every-user\\… for each person who has a profile on the computer, default-user\\… for "
    "those who log on to it for the first time later",
    "hku": "write every-user\\… for each person who has a profile on the computer, default-user\\… for those to come; "
    "HKU\\.DEFAULT is the registry of the system's own account",
    "hkey_users": "write every-user\\… for each person who has a profile on the computer, default-user\\… for those to "
    "come; HKEY_USERS\\.DEFAULT is the registry of the system's own account",
    "hkcr": "write HKLM\\SOFTWARE\\Classes\\…, which is what programs see there for the whole computer",
    "hkey_local_machine": "write HKLM for HKEY_LOCAL_MACHINE",
    "hklm:": "write HKLM without a colon",
}


def place(value: str) -> tuple[str, str, str]:
    """Whose registry (`HKLM` or one of `WHO`), the key below that, and the name of the value, which may be empty."""
    head, _, rest = value.partition("\\")
    key, _, name = rest.rpartition("\\")
    return head, key, "" if name == _DEFAULT else name


def _value(text: str) -> str:
    head, key, name = place(text)
    if not re.search(_PATTERN, text):
        raise ValueError(
            _OTHERWISE.get(head.casefold())
            or "must be a value below HKLM\\SOFTWARE, HKLM\\SYSTEM\\CurrentControlSet, default-user\\Software or "
            "every-user\\Software, such as HKLM\\SOFTWARE\\Policies\\Example\\Colour, with single `\\`"
        )
    if head in WHO and f"{key}\\".casefold().startswith("software\\classes\\"):
        raise ValueError(
            "is in another file than the rest of a person's registry (UsrClass.dat), which is not set here"
        )
    if any(part != part.strip() for part in text.split("\\")):
        raise ValueError("has a key or a name that begins or ends with a space")
    if name.casefold() in _OF_POWERSHELL:
        raise ValueError(
            f"has the name {name}, which PowerShell takes for something else; the value without a name is {_DEFAULT}"
        )
    if len(name) > _LONGEST_NAME or any(len(part) > _LONGEST_KEY for part in key.split("\\")):
        raise ValueError(f"is too long: a key has at most {_LONGEST_KEY} characters, a name {_LONGEST_NAME}")
    return text


ValueName = Annotated[
    Line,
    AfterValidator(_value),
    Accepts(
        "`HKLM\\SOFTWARE\\…`, `HKLM\\SYSTEM\\CurrentControlSet\\…`, `default-user\\Software\\…` or "
        "`every-user\\Software\\…`, keys and a name, which is `(Default)` for the value without one",
        Reach.LINE,
        _PATTERN,
    ),
]
"""Where a value is. One spelling of whose registry it is, and of the keys that everything is below."""
