"""Where practice machines are reached.

Shared: an address of their own inside 127.77.0.0/16 on the controller's loopback. Isolated: a link with two
addresses out of 198.18.0.0/15, the block that is set aside for tests of network devices (RFC 2544).
"""

import errno
import ipaddress
import socket
import subprocess
from pathlib import Path

from deskprov.errors import PracticeError

SHARED = ipaddress.IPv4Network("127.77.0.0/16")
ISOLATED = ipaddress.IPv4Network("198.18.0.0/15")
PREFIX = 30
SHARED_PORTS = range(2222, 2322)
GREETING = b"SSH-"


def shared_address(number: int) -> tuple[str, int]:
    """Address and port for machine `number` on the controller's own network.

    The port is one that nothing on the controller listens on, not even for all addresses.
    """
    address = str(SHARED[number])
    for port in SHARED_PORTS:
        if _is_free(address, port):
            return address, port
    raise PracticeError(f"All ports from {SHARED_PORTS[0]} to {SHARED_PORTS[-1]} are taken on {address}.")


def isolated_addresses(number: int) -> tuple[str, str]:
    """The two ends of the link to isolated machine `number`: the controller's and the machine's."""
    first = number * 2 ** (32 - PREFIX)
    return str(ISOLATED[first + 1]), str(ISOLATED[first + 2])


def answers_on_ssh(address: str, port: int) -> bool:
    """True when an SSH server greets there."""
    try:
        with socket.create_connection((address, port), timeout=1.0) as connection:
            return connection.recv(len(GREETING)) == GREETING
    except OSError:
        return False


def link_commands(number: int, link: str, namespace: str) -> list[list[str]]:
    """What makes a network namespace at the path `namespace` with one link, to the controller, and no way further."""
    here, there = isolated_addresses(number)
    inside = ["nsenter", f"--net={namespace}", "--"]
    return [
        ["touch", namespace],
        ["unshare", f"--net={namespace}", "true"],
        ["ip", "link", "add", "name", link, "type", "veth", "peer", "name", "host0", "netns", namespace],
        ["ip", "link", "set", link, "addrgenmode", "none", "up"],
        ["ip", "address", "add", f"{here}/{PREFIX}", "dev", link],
        [*inside, "ip", "link", "set", "lo", "up"],
        [*inside, "ip", "link", "set", "host0", "addrgenmode", "none", "up"],
        [*inside, "ip", "address", "add", f"{there}/{PREFIX}", "dev", "host0"],
    ]


def no_forwarding(link: str) -> Path:
    """The kernel's switch that, when 0, keeps a controller that routes from passing on what comes over the link."""
    return Path("/proc/sys/net/ipv4/conf") / link / "forwarding"


def remove_link(link: str) -> None:
    """Removes the controller's end of a link, if it is still there; the other end goes with it."""
    if Path("/sys/class/net", link).exists():
        # the kernel may remove it at the same moment, because the machine's namespace is gone: no error then
        subprocess.run(["ip", "link", "delete", link], check=False, capture_output=True)


def _is_free(address: str, port: int) -> bool:
    with socket.socket() as listener:
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            listener.bind((address, port))
        except OSError as error:
            if error.errno in (errno.EADDRINUSE, errno.EACCES):
                return False
            raise
    return True
