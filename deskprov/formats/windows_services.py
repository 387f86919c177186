"""Services of Windows that deskprov's way in stands on: neither they nor their keys in the registry are changed."""

WAY_IN = ("WinRM", "sshd", "RpcSs", "DcomLaunch", "RpcEptMapper", "BFE", "mpssvc", "nsi", "Dhcp", "SamSs")
"""What deskprov comes in by, and what that cannot do without: the dependencies that Windows states for WinRM."""

_SPELT = frozenset(name.casefold() for name in WAY_IN)


def is_way_in(name: str) -> bool:
    """Whether deskprov cannot come in without the service, whatever the case of its name."""
    return name.casefold() in _SPELT
