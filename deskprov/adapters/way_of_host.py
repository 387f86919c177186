"""Sends each question over the way on which its machine is reached.

`ways` are by the transport of a machine's connection. A way is made when the first machine needs it, and kept: it
remembers which passwords were refused. What stands for several transports is made once for all of them.
"""

from collections.abc import Callable, Mapping, Sequence
from functools import cache
from threading import Lock
from typing import TypeVar

from deskprov.model.inventory import Host
from deskprov.model.ports.machine import Approach, Greeting, HostKey, Transport

_Way = TypeVar("_Way")


class WayOfHost:
    """The port `Transport` for machines of all kinds."""

    def __init__(self, ways: Mapping[str, Callable[[], Transport]]) -> None:
        self._ways = _each_once(ways)

    def ask(self, host: Host, program: bytes) -> bytes:
        """What the machine's own way gives, and raises."""
        return self._ways[host.connection.transport]().ask(host, program)


class ApproachOfHost:
    """The port `Approach` for machines of all kinds; each call gives, and raises, what the machine's own way does."""

    def __init__(self, ways: Mapping[str, Callable[[], Approach]]) -> None:
        self._ways = _each_once(ways)

    def addresses(self, host: Host) -> Sequence[str]:
        """The addresses behind the one that the inventory states."""
        return self._of(host).addresses(host)

    def greeting(self, host: Host) -> Greeting:
        """What answers at its port."""
        return self._of(host).greeting(host)

    def identity(self, host: Host) -> HostKey:
        """What it shows, if it is what is pinned."""
        return self._of(host).identity(host)

    def _of(self, host: Host) -> Approach:
        return self._ways[host.connection.transport]()


def _each_once(ways: Mapping[str, Callable[[], _Way]]) -> Mapping[str, Callable[[], _Way]]:
    once = {make: _made_once(make) for make in ways.values()}
    return {name: once[make] for name, make in ways.items()}


def _made_once(make: Callable[[], _Way]) -> Callable[[], _Way]:
    """As `functools.cache`, which lets several threads make one each at the same time."""
    made, lock = cache(make), Lock()

    def way() -> _Way:
        with lock:
            return made()

    return way
