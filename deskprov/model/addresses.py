"""What an address of a network is, as settings and the command line take it."""

import ipaddress


def is_address(text: str) -> bool:
    """True for an IP address or a network (`10.1.0.0/16`), as sshd takes them in `from=`."""
    try:
        ipaddress.ip_network(text)
    except ValueError:
        return False
    return True
