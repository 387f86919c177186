"""What happened to a machine, resource by resource."""

from collections.abc import Sequence
from datetime import datetime
from enum import StrEnum

from msgspec import Struct

from deskprov.model.log import LogHead
from deskprov.model.problem import Problem

NOT_KNOWN = "not-known"
"""The reason of a step that was, or may have been, under way when its run ended; it may be going on."""

NOT_REACHED = "not-reached"
"""The reason of a step that was certainly not begun."""


MISSING = "missing"
"""The reason of a failure for want of something that does not exist on the machine."""


class Status(StrEnum):
    """How one resource ended."""

    CHANGED = "changed"
    OK = "ok"
    DRIFT = "drift"
    FAILED = "failed"
    SKIPPED = "skipped"
    UNKNOWN = "unknown"
    WAITING = "waiting"
    SENT = "sent"
    UNSUPPORTED = "unsupported"


class Outcome(StrEnum):
    """How one machine, or a whole run, ended."""

    OK = "ok"
    DRIFT = "drift"
    FAILED = "failed"
    UNREACHABLE = "unreachable"
    REFUSED = "refused"
    INTERRUPTED = "interrupted"
    WAITING = "waiting"
    BUSY = "busy"
    UNKNOWN = "unknown"


class ResourceResult(Struct, frozen=True):
    """One resource after a run. `verified`: a second look saw it as wanted; `message` is for people."""

    resource: str
    status: Status
    verified: bool = False
    message: str = ""
    reason: str = ""


REBOOT = "reboot"
"""What a reboot is called among the resources of a run: `reboot/1`, `reboot/2`."""


def is_reboot(key: str) -> bool:
    """True for the key of a reboot, which is no resource of a profile."""
    return key.startswith(f"{REBOOT}/")


class HostResult(Struct, frozen=True):
    """One machine after a run; `verified` when every resource that can be seen was seen as wanted.

    `problems` are what is wrong with the values that the site states for it.
    """

    host: str
    outcome: Outcome
    verified: bool
    seconds: float
    results: Sequence[ResourceResult] = ()
    message: str = ""
    hint: str = ""
    problems: Sequence[Problem] = ()

    @property
    def words(self) -> str:
        """The message and every problem, on one line."""
        return " ".join([self.message, *(f"{problem}".rstrip(".") + "." for problem in self.problems)]).lstrip()


class RunResult(Struct, frozen=True):
    """A whole run, its machines in the order asked for. `run` is empty when it is not in the record, because it was
    refused. `log_head` is the head of the log at its end, None for none.
    """

    run: str
    verb: str
    started: datetime
    outcome: Outcome
    hosts: Sequence[HostResult]
    log_head: LogHead | None = None
