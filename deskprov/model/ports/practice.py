"""Port to practice machines."""

from collections.abc import Callable, Sequence
from typing import Protocol

from msgspec import Struct

PRACTICE_PASSWORD = "practice-pc"  # noqa: S105 - a name
"""The name of the secret that logs in to practice machines that have no key. A site need not declare it."""


class PracticeMachine(Struct, frozen=True):
    """A machine to learn on.

    `host_key` is what is pinned of it: a public key without comment, or `x509-sha256` and the digest of its certificate
    where it is reached over TLS. `state` is one of running, rebooting, stopped, broken. `password` is the name of the
    secret that logs in where there is no key file. The site knows a `bare` one once it is enrolled.
    """

    name: str
    platform: str
    address: str
    port: int
    user: str
    key_file: str
    host_key: str
    state: str
    isolated: bool
    transport: str = "ssh"
    password: str = ""
    bare: bool = False


class BareMachine(Struct, frozen=True):
    """A machine on which the bootstrap script has run, and the enrolment file that it left on the stick."""

    machine: PracticeMachine
    file_name: str
    content: str


class PracticeMachines(Protocol):
    """Starts and stops the practice machines of one platform."""

    @property
    def transports(self) -> Sequence[str]:
        """How they can be reached, the usual way first."""

    def unavailable(self) -> str | None:
        """None, or in plain words why there can be none here and what to do about it."""

    def start(
        self, count: int, *, isolated: bool, report: Callable[[str], None], transport: str = ""
    ) -> list[PracticeMachine]:
        """Adds machines and returns them when each answers; `transport` is one of `transports`, or empty for the usual.

        Raises `PracticeError`.
        """

    def start_bare(self, count: int, script: str, report: Callable[[str], None]) -> list[BareMachine]:
        """Adds machines that the site does not know yet, as this bootstrap script leaves them. Raises `PracticeError`,
        also where machines of this platform can be made bare in no such way.
        """

    def stop(self, names: Sequence[str] = ()) -> list[str]:
        """Stops the named machines, or all, leaves nothing behind, and returns their names."""

    def list(self) -> list[PracticeMachine]:
        """All machines of this site."""
