"""Sends each question over the way on which its machine is reached."""

from collections.abc import Callable, Mapping
from functools import cache

from deskprov.model.inventory import Host
from deskprov.model.ports.machine import Transport


class WayOfHost:
    """The port `Transport` for machines of all kinds. A way is made when the first machine needs it, and kept.

    `ways` are by the transport of a machine's connection.
    """

    def __init__(self, ways: Mapping[str, Callable[[], Transport]]) -> None:
        self._ways = {name: cache(make) for name, make in ways.items()}

    def ask(self, host: Host, program: bytes) -> bytes:
        """What the machine's own way gives, and raises."""
        return self._ways[host.connection.transport]().ask(host, program)
