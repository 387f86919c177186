"""What a rule of the firewall of Windows means for traffic that comes in to the services that deskprov comes in by."""

from collections.abc import Sequence

REMOTE_PORTS = (22, 5985, 5986)
"""OpenSSH and WinRM, where nobody has moved them."""

_LISTENERS = frozenset({"svchost.exe", "sshd.exe", "system"})


def covers(ports: Sequence[str], program: str | None, wanted: Sequence[int]) -> bool:
    """True when traffic to one of the wanted TCP ports is meant; no ports, or no program, are all.

    `ports` are numbers, or ranges such as `8000-8010`.
    """
    if program is not None and program.rpartition("\\")[2].casefold() not in _LISTENERS:
        return False
    ranges = [(int(first), int(last or first)) for first, _, last in (text.partition("-") for text in ports)]
    return not ranges or any(first <= port <= last for first, last in ranges for port in wanted)
