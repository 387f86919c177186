"""Places of the Windows registry that deskprov's way in depends on: which are never set, and which with a timed undo.

Each is a key with all that is below it, or one value; matched without regard to case, a `/` as a `\\`.
"""

from collections.abc import Mapping, Sequence
from enum import StrEnum

from msgspec import Struct

from deskprov.formats.windows_services import NEEDED

REMOTE = "remote management"
LOG_ON = "what proves and encrypts a log-on"
FIREWALL = "the firewall"
NETWORK = "the network settings"


class Extent(StrEnum):
    """How much of a place is saved."""

    TREE = "tree"
    KEY = "key"  # its values, and no keys below it
    VALUE = "value"


class Place(Struct, frozen=True):
    """A place that is set with a timed undo. `at_once`: a value there has its effect without a reboot."""

    path: str
    what: str
    extent: Extent = Extent.TREE
    at_once: bool = False

    @property
    def saved(self) -> tuple[str, ...]:
        """As the program of the undo takes it: the key as PowerShell spells it, the extent, and a value's name."""
        drive = self.path.replace("\\", ":\\", 1)
        if self.extent is not Extent.VALUE:
            return (drive, self.extent)
        key, _, name = drive.rpartition("\\")
        return (key, self.extent, name)


_CONTROL = r"HKLM\SYSTEM\CurrentControlSet\Control"
_SERVICES = r"HKLM\SYSTEM\CurrentControlSet\Services"

TOKEN_FILTER = Place(
    r"HKLM\SOFTWARE\Microsoft\Windows\CurrentVersion\Policies\System\LocalAccountTokenFilterPolicy",
    REMOTE,
    Extent.VALUE,
    at_once=True,
)

ALWAYS_SAVED: Sequence[Place] = (
    TOKEN_FILTER,
    Place(r"HKLM\SOFTWARE\Policies\Microsoft\Windows\WinRM", REMOTE),
    Place(r"HKLM\SOFTWARE\Microsoft\Windows\CurrentVersion\WSMAN", REMOTE),
    Place(r"HKLM\SOFTWARE\OpenSSH", REMOTE),
    Place(rf"{_SERVICES}\WinRM", REMOTE),
    Place(rf"{_SERVICES}\sshd", REMOTE),
    Place(r"HKLM\SOFTWARE\Policies\Microsoft\WindowsFirewall", FIREWALL),
)
"""Also what the policies of a domain set, whatever a profile names."""

SAVED_WHEN_SET: Sequence[Place] = (
    Place(rf"{_CONTROL}\SecurityProviders\SCHANNEL", LOG_ON),
    Place(r"HKLM\SOFTWARE\Policies\Microsoft\Cryptography\Configuration\SSL", LOG_ON),
    Place(rf"{_CONTROL}\Lsa\MSV1_0", LOG_ON),
    Place(rf"{_CONTROL}\Lsa\Kerberos", LOG_ON),
    Place(rf"{_CONTROL}\Lsa", LOG_ON, Extent.KEY),
    Place(rf"{_SERVICES}\Tcpip\Parameters", NETWORK),
    Place(rf"{_SERVICES}\Tcpip6\Parameters", NETWORK),
)
"""Windows itself changes what is beside it, such as leases of addresses, so that it is not put back without need."""

_REFUSED: Mapping[str, str] = {
    **{rf"{_SERVICES}\{name}": f"the service {name}" for name in NEEDED},
    rf"{_SERVICES}\SharedAccess\Parameters\FirewallPolicy": "the firewall",
    rf"{_CONTROL}\Session Manager\Environment\__PSLockdownPolicy": "what PowerShell may run",
    rf"{_CONTROL}\Session Manager\Environment\PSModulePath": "what PowerShell may run",
}


def refused(value: str) -> str:
    """What a value belongs to that is never set by its place in the registry, in words, or an empty text."""
    return next((words for path, words in _REFUSED.items() if _is_at_or_below(value, path)), "")


def guarded(value: str) -> Place | None:
    """The place that a value is set in with a timed undo."""
    return next((place for place in (*ALWAYS_SAVED, *SAVED_WHEN_SET) if _is_in(value, place)), None)


def _is_in(value: str, place: Place) -> bool:
    if place.extent is Extent.KEY:
        return value.rpartition("\\")[0].casefold() == place.path.casefold()
    return _is_at_or_below(value, place.path)


def _is_at_or_below(value: str, path: str) -> bool:
    spelt, place = value.casefold().replace("/", "\\"), path.casefold()
    return spelt == place or spelt.startswith(f"{place}\\")
