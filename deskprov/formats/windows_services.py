"""Services of Windows that deskprov's way in stands on: by which it comes in, and what that cannot do without."""

from collections.abc import Mapping

from deskprov.model.inventory import PSRP, SSH, WINRM

OF_TRANSPORT: Mapping[str, str] = {WINRM: "WinRM", PSRP: "WinRM", SSH: "sshd"}
"""What deskprov comes in by, in each way of its own."""

NEEDED = ("RpcSs", "HTTP", "DcomLaunch", "RpcEptMapper", "BFE", "mpssvc", "nsi", "Dhcp", "SamSs")
"""What that cannot do without (WinRM depends on RpcSs and the driver HTTP), and neither can a timed undo."""

_WAYS_IN = frozenset(name.casefold() for name in OF_TRANSPORT.values())
_NEEDED = frozenset(name.casefold() for name in NEEDED)


def is_way_in(name: str) -> bool:
    """Whether deskprov comes in to some PC by the service, whatever the case of its name."""
    return name.casefold() in _WAYS_IN


def is_needed(name: str) -> bool:
    """Whether deskprov cannot come in to any PC without the service, and a timed undo could not bring it back."""
    return name.casefold() in _NEEDED
