"""How long and how much a machine may take; every wait has an end."""

from msgspec import Struct


class Limits(Struct, frozen=True):
    """Seconds, and bytes for `output`.

    `resolve`: looking up the address. `connect`: the TCP connection. `greeting`: key exchange, its banner included.
    `login`: one log-in attempt. `start`: from the log-in to the start of Python as root, sudo included. `answer`: from
    the program's first byte to its end. `farewell`: from the end of output to the exit status. `keepalive`: how often
    we say that we are still there; `silence`: how long that may stay without acknowledgement until the connection
    counts as lost (Linux controllers only). `output`: what a machine may say, both streams together.
    """

    resolve: float = 10.0
    connect: float = 10.0
    greeting: float = 15.0
    login: float = 30.0
    start: float = 45.0
    answer: float = 120.0
    farewell: float = 10.0
    keepalive: int = 15
    silence: float = 30.0
    output: int = 8 * 1024 * 1024
