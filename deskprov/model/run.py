"""A run as the record keeps it: intent first, then what happened."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum


class StepState(StrEnum):
    """How far one resource of one machine has come; written ahead, so that a dead run says what is uncertain."""

    INTENDED = "intended"
    STARTED = "started"
    DONE = "done"


@dataclass(frozen=True, slots=True)
class RunIntent:
    """What a run is about to do; `at` is UTC. `commit` is the site's git commit, `dirty` if files differ from it."""

    run: str
    verb: str
    at: datetime
    by: str
    controller: str
    targets: Sequence[str]
    hosts: Sequence[str]
    commit: str = ""
    dirty: bool = False


@dataclass(frozen=True, slots=True)
class HostIntent:
    """What a run intends for one machine at `at` (UTC); `steps` are (resource key, action) in order of application."""

    run: str
    host: str
    profile: str
    profile_hash: str
    practice: bool
    steps: Sequence[tuple[str, str]] = field(default_factory=tuple)
    at: datetime | None = None


@dataclass(frozen=True, slots=True)
class StepUpdate:
    """A step of a machine got further. `status` is a `Status` value once the state is done."""

    run: str
    host: str
    resource: str
    state: StepState
    at: datetime
    status: str = ""
    verified: bool = False
    message: str = ""
    reason: str = ""
