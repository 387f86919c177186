"""A run as the record keeps it: intent first, then what happened."""

from collections.abc import Sequence
from datetime import datetime
from enum import StrEnum

from msgspec import Struct, field

BROKEN_OFF = "deskprov was killed, or its computer stopped, before this machine was through."
UNDER_WAY = "It was begun, and whether it came to its end is not known."


class StepState(StrEnum):
    """How far one resource of one machine has come; written ahead, so that a dead run says what is uncertain."""

    INTENDED = "intended"
    STARTED = "started"
    DONE = "done"


class Asked(Struct, frozen=True):
    """What a person asked for beside the targets, kept so that the run can be continued: another profile than the
    inventory's (empty for none), and wishes, of which `blind` and `reset` name resources. `reboots`: whether machines
    might be rebooted.
    """

    profile: str = ""
    clean: bool = False
    blind: Sequence[str] = ()
    reset: Sequence[str] = ()
    reboots: bool = True


class PlanReference(Struct, frozen=True):
    """The plan file that a run carries out: its SHA-256 as hex, who made it, and when (UTC)."""

    digest: str
    by: str
    made: datetime


class RunIntent(Struct, frozen=True):
    """What a run is about to do; `at` is UTC. `commit` is the site's git commit, `dirty` if files differ from it.

    `continues` is the run that was broken off and is gone on with here; empty for none. `plan` is the
    plan file that the run carries out, None when there is none.
    """

    run: str
    verb: str
    at: datetime
    by: str
    controller: str
    targets: Sequence[str]
    hosts: Sequence[str]
    commit: str = ""
    dirty: bool = False
    asked: Asked = field(default_factory=Asked)
    continues: str = ""
    plan: PlanReference | None = None


class HostIntent(Struct, frozen=True):
    """What a run intends for one machine at `at` (UTC); `steps` are (resource key, action) in order of application."""

    run: str
    host: str
    profile: str
    profile_hash: str
    practice: bool
    steps: Sequence[tuple[str, str]] = field(default_factory=tuple)
    at: datetime | None = None


class StepUpdate(Struct, frozen=True):
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
