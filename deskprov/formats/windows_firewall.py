"""What a rule of the firewall of Windows means for what deskprov comes in by, and for what a PC cannot do without."""

from collections.abc import Sequence

REMOTE_PORTS = (22, 5985, 5986)
"""OpenSSH and WinRM, where nobody has moved them."""

NEEDED_PORTS = (53, 67, 88, 389)
"""DNS, DHCP, Kerberos and LDAP (iana.org/assignments/service-names-port-numbers): the network and the domain."""

_LET_IN = frozenset(
    {
        "openssh ssh server (sshd)",
        "openssh server (sshd)",
        "windows remote management (http-in)",
        "windows remote management (https-in)",
    }
)
"""What Windows and OpenSSH Server call theirs, in English."""

_LISTENERS = frozenset({"svchost.exe", "sshd.exe", "system"})


def covers(ports: Sequence[str], program: str | None, wanted: Sequence[int]) -> bool:
    """True when traffic to one of the wanted ports is meant; no ports, or no program, are all.

    `ports` are numbers, or ranges such as `8000-8010`.
    """
    if program is not None and program.rpartition("\\")[2].casefold() not in _LISTENERS:
        return False
    ranges = [(int(first), int(last or first)) for first, _, last in (text.partition("-") for text in ports)]
    return not ranges or any(first <= port <= last for first, last in ranges for port in wanted)


def lets_in_by_name(rule: str) -> bool:
    """True for the rules with which Windows and OpenSSH Server let in what deskprov comes in by."""
    return rule.casefold() in _LET_IN
