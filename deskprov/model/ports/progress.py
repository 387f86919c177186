"""Ports to whoever watches a run, and may interrupt it."""

from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager
from enum import StrEnum
from typing import TYPE_CHECKING, Protocol

from deskprov.model.plan import HostPlan
from deskprov.model.result import HostResult, Status

if TYPE_CHECKING:
    from deskprov.model.playbook import Halt, TaskEvent


class Stage(StrEnum):
    """Where a machine is in the flow."""

    LOOKING = "looking"
    APPLYING = "applying"
    REBOOTING = "rebooting"
    CONFIRMING = "confirming"
    VERIFYING = "verifying"
    RELEASING = "releasing"
    STOPPING = "stopping"


class Watcher(Protocol):
    """Told of everything as it happens, always in the thread that started the use case."""

    def expects(self, host: str, tag: str, serial: str) -> None:
        """A machine of the run, told before all else and in the order asked for; tag and serial as recorded."""

    def warns(self, host: str, words: str) -> None:
        """Something about this machine that a person should know, as a sentence without its dot; told at once."""

    def stage(self, host: str, stage: Stage) -> None:
        """A machine has come to this stage."""

    def waits(self, host: str, words: str) -> None:
        """A machine waits for something, in words; when that is over it comes to a stage or begins with a resource."""

    def planned(self, plans: Sequence[HostPlan], failed: Sequence[HostResult]) -> None:
        """All machines have been looked at; `failed` are those that could not be."""

    def started(self, host: str, resource: str, number: int, total: int) -> None:
        """Work on a resource begins; `number` of `total` counts from 1."""

    def said(self, host: str, event: "TaskEvent") -> None:
        """Ansible said this about a task; for those who want to know more."""

    def ended(self, host: str, resource: str, status: Status, message: str) -> None:
        """Work on a resource has ended, as Ansible sees it."""

    def finished(self, result: HostResult) -> None:
        """A machine is through."""


class Interrupts(Protocol):
    """The wish of a person, or of the system, that the work should end."""

    def held_back(self) -> AbstractContextManager[Callable[[], "Halt"]]:
        """While it lasts, the first interrupt asks for an end after the step, the second for one at once, and the
        third raises KeyboardInterrupt.

        Gives the question what is wanted.
        """
