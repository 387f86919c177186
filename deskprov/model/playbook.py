"""A playbook to run on one machine, and what its run says."""

from collections.abc import Mapping, Sequence
from enum import IntEnum, StrEnum
from typing import Any

from msgspec import Struct, field

from deskprov.model.inventory import Host
from deskprov.model.secret import SecretRef


class EventKind(StrEnum):
    """What Ansible said about a task on the machine."""

    STARTED = "started"
    OK = "ok"
    CHANGED = "changed"
    FAILED = "failed"
    SKIPPED = "skipped"
    UNREACHABLE = "unreachable"


class TaskEvent(Struct, frozen=True):
    """One event of a run. `rescued` failures come as FAILED too. `message` is size-capped text of the endpoint."""

    host: str
    task: str
    kind: EventKind
    message: str = ""
    censored: bool = False
    seconds: float = 0.0
    result: Mapping[str, Any] = field(default_factory=dict)


class Halt(IntEnum):
    """Whether the work shall end before its time: not at all; when the step under way has ended; at once."""

    NO = 0
    AFTER_STEP = 1
    AT_ONCE = 2


class RunEnd(StrEnum):
    """How the ansible-playbook process ended; halted means between two tasks, because it was asked to."""

    COMPLETED = "completed"
    HALTED = "halted"
    CANCELLED = "cancelled"
    TIMED_OUT = "timed out"
    DIED = "died"


class Statistics(Struct, frozen=True):
    """The final statistics of one machine; None for the whole object means that Ansible made no statement."""

    ok: int
    changed: int
    failed: int
    unreachable: int
    skipped: int
    rescued: int
    ignored: int


class PlaybookJob(Struct, frozen=True):
    """Everything one run of ansible-playbook needs for one machine.

    `playbook` is YAML text; `files` maps the names under which the playbook finds shipped files to their bytes, and
    `linked` those of large ones, which nobody holds, to their paths in the site. `served` are paths of those that the
    machine may fetch itself, each once, by ticket. `secrets` are those its lookup may ask for, apart from the
    connection's own.
    """

    host: Host
    playbook: str
    files: Mapping[str, bytes] = field(default_factory=dict)
    linked: Mapping[str, str] = field(default_factory=dict)
    served: Mapping[str, str] = field(default_factory=dict)
    secrets: Sequence[SecretRef] = ()
    verbosity: int = 0
    step_seconds: float = 900.0
    run_seconds: float = 7200.0


class PlaybookOutcome(Struct, frozen=True):
    """What remains after the run: how the process ended, the machine's statistics, and error text for a person."""

    end: RunEnd
    statistics: Statistics | None
    message: str = ""
