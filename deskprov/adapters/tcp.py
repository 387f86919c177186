"""Opens connections to machines and says in words why there is none; whatever is spoken on them comes later."""

import ipaddress
import socket

from deskprov.adapters.limits import Limits
from deskprov.adapters.patience import within
from deskprov.errors import Unreachable
from deskprov.formats.endpoint_text import one_line
from deskprov.model.inventory import Host

LEAST_CONNECT = 1.0
"""Seconds for each of a machine's addresses, however many it has."""

Address = tuple[socket.AddressFamily, tuple[str, int] | tuple[str, int, int, int]]


def connected(host: Host, limits: Limits, server: str) -> socket.socket:
    """A connection to the first of the machine's addresses that answers; nothing is sent. Raises `Unreachable`.

    `server` is what should be listening there, in words.
    """
    addresses = resolved(host, limits)
    seconds = max(limits.connect / max(1, len(addresses)), LEAST_CONNECT)
    failure: OSError = TimeoutError()
    for family, address in addresses:
        sock = socket.socket(family, socket.SOCK_STREAM)
        try:
            sock.settimeout(seconds)
            sock.connect(address)
            sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            if hasattr(socket, "TCP_USER_TIMEOUT"):
                sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_USER_TIMEOUT, int(limits.silence * 1000))
        except OSError as error:
            sock.close()
            failure = error
        else:
            return sock
    raise _not_connected(host, failure, limits, server) from failure


def _not_connected(host: Host, error: OSError, limits: Limits, server: str) -> Unreachable:
    match error:
        case ConnectionRefusedError():
            message = f"{host.connection.address} refuses connections on port {host.connection.port}"
            hint = f"Is the {server} installed and running on it, and is the port right?"
        case TimeoutError():
            message = f"{where(host)} did not answer within {limits.connect:.0f} seconds"
            hint = (
                "Is it switched on, awake and on the network? A firewall between here and there also looks like this."
            )
        case _:
            message = f"no connection to {where(host)} ({one_line(error.strerror or str(error), 120)})"
            hint = "Is it switched on and awake, and is there a route to its network from here?"
    return Unreachable(host.name, f"{host.name} cannot be reached: {message}.", hint=hint)


def resolved(host: Host, limits: Limits) -> list[Address]:
    """The addresses behind what the inventory states. Raises `Unreachable` when it is a name that nobody knows."""
    address = host.connection.address
    try:
        ipaddress.ip_address(address)
    except ValueError:
        return _look_up(host, limits)
    return _addresses(host)


def _look_up(host: Host, limits: Limits) -> list[Address]:
    address = host.connection.address
    try:
        return within(limits.resolve, lambda: _addresses(host))  # the C library gives the resolver no time limit
    except TimeoutError as error:
        raise Unreachable(
            host.name,
            f"{host.name} cannot be reached: no name server answered within {limits.resolve:.0f} seconds.",
            hint="Check this controller's network and name servers.",
        ) from error
    except (OSError, UnicodeError) as error:
        raise Unreachable(
            host.name,
            f"{host.name} cannot be reached: the address {address} is not known here.",
            hint=f"Check ansible_host in the inventory, and: getent hosts {address}",
        ) from error


def _addresses(host: Host) -> list[Address]:
    found = socket.getaddrinfo(host.connection.address, host.connection.port, type=socket.SOCK_STREAM)
    return [(family, address) for family, _, _, _, address in found if isinstance(address[0], str)]


def where(host: Host) -> str:
    """Address and port, as people write them."""
    address = host.connection.address
    return f"[{address}]:{host.connection.port}" if ":" in address else f"{address}:{host.connection.port}"
