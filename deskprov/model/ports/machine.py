"""Ports to machines: ask, trust, lock, and run a playbook."""

from collections.abc import Callable, Iterable, Sequence
from contextlib import AbstractContextManager
from datetime import datetime
from typing import TYPE_CHECKING, Protocol

from msgspec import Struct

from deskprov.errors import SecretUnavailable
from deskprov.model.inventory import Host
from deskprov.model.secret import SecretRef, Value

if TYPE_CHECKING:
    from deskprov.model.playbook import Halt, PlaybookJob, PlaybookOutcome, TaskEvent


class Transport(Protocol):
    """One round trip to a machine."""

    def ask(self, host: Host, program: bytes) -> bytes:
        """Runs `program` (Python 3 source) as root on the machine, over one connection, and returns its output.

        The program goes to standard input, never into an argument. Raises `Unreachable`, `LoginRefused`,
        `ElevationRefused`, `IdentityNotTrusted`, `ProbeFailed` (no Python, output over the cap), `SecretUnavailable`.
        """


class HostKey(Struct, frozen=True):
    """A public host key: its line as in a .pub file (`ssh-ed25519 AAAA…`) and its fingerprint (`SHA256:…`).

    `ends` is when a certificate is over, UTC; None for a key, and for a certificate that does not say.
    """

    line: str
    fingerprint: str
    ends: datetime | None = None


class HostKeys(Protocol):
    """Pinned identities of machines."""

    def offered(self, host: Host) -> HostKey:
        """The key that the machine shows, without logging in. Raises `Unreachable`."""

    def pin(self, host: Host, key: HostKey) -> None:
        """Trusts this key for this machine from now on, instead of any other."""

    def forget(self, host_name: str) -> None:
        """Removes the pin of a machine; nothing happens when there is none."""


class Greeting(Struct, frozen=True):
    """What answers at a machine's port: the address that was reached, and its first line, cleaned."""

    address: str
    line: str


class Approach(Protocol):
    """The way to a machine step by step, before anyone logs in. Nothing but a key exchange is sent."""

    def addresses(self, host: Host) -> Sequence[str]:
        """The addresses behind the one that the inventory states. Raises `Unreachable`."""

    def greeting(self, host: Host) -> Greeting:
        """What an SSH server says first. Raises `Unreachable` when nothing answers, or it is no SSH server."""

    def identity(self, host: Host) -> HostKey:
        """The key that the machine shows, if it is the pinned one. Raises `Unreachable`, `IdentityNotTrusted`."""


class HeldLock(Protocol):
    """The right to work on one machine. The descriptor stays locked as long as any process has it."""

    @property
    def descriptor(self) -> int:
        """The open file descriptor that carries the kernel lock."""


class HostLocks(Protocol):
    """One lock per machine for all runs of this controller."""

    def hold(self, host_name: str, purpose: str, identity: str = "") -> AbstractContextManager[HeldLock]:
        """Locks the machine while the context lasts. Raises `HostBusy`, which names the holder.

        `identity` is the machine's pinned key, so that machines of two sites with one name do not block each other.
        """

    def last_use(self, host_name: str, identity: str = "") -> str:
        """What tells one use of the lock from the next, in no form that is promised. Takes nothing from anybody: nobody
        who wants to hold it is refused because somebody asks.

        Raises `HostBusy`, which names the holder, while it is held, also by what a broken-off run has left at work.
        """


class PlaybookRunner(Protocol):
    """Runs a playbook against one machine."""

    def run(
        self,
        job: "PlaybookJob",
        lock: HeldLock,
        on_event: Callable[["TaskEvent"], None],
        halt: Callable[[], "Halt"],
    ) -> "PlaybookOutcome":
        """Runs to the end, or as far as `halt()` allows. `on_event` is called in the calling thread.

        Raises `RunnerFailed` when Ansible is missing or its release is not supported, `SecretUnavailable`.
        """


class Secrets(Protocol):
    """Hands out the values of secrets, each from its provider."""

    def value(self, secret: SecretRef) -> str:
        """The value in the wanted form. Raises `SecretUnavailable`."""

    def salt(self, secret: SecretRef) -> str:
        """The salt that a hash of this secret has for this machine: who sees it there knows that it is this secret.

        Raises `SecretUnavailable`.
        """

    def hold(self, secret: SecretRef, value: Value) -> None:
        """From now on, in this run, this is its value, whatever its provider says."""

    def check(self, name: str) -> None:
        """Raises `SecretUnavailable` when the name is not declared. Asks no provider."""

    def lack(self, secret: SecretRef) -> SecretUnavailable | None:
        """Why the value cannot be had; None when it can, when deskprov makes it, or when a person can be asked for it.

        Asks providers, and no person.
        """

    def prepare(self, names: Iterable[str]) -> None:
        """Asks the person at the terminal now for those of these secrets that only a person knows, so that no question
        comes up in the middle of the work.

        Does nothing for the others, or when nobody may be asked; raises `SecretUnavailable` when the person gives
        nothing.
        """

    def prepare_to_write(self, names: Iterable[str]) -> None:
        """The same for values that will be written on machines: asked twice, since nothing refuses a mistyped one.

        Raises `SecretUnavailable` also when the two are not the same.
        """
