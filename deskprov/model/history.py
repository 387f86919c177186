"""What the record tells about the past: events in an asset's life, facts that changed, and runs."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from enum import StrEnum
from typing import Any

from msgspec import Struct, field

from deskprov.model.facts import Facts
from deskprov.model.result import Outcome, Status
from deskprov.model.run import Asked, PlanReference, StepState


class EventKind(StrEnum):
    """What can happen to an asset. Events are only added, never changed."""

    CREATED = "created"
    IMPORTED = "imported"
    EDITED = "edited"
    JOINED = "joined"  # a machine on the network was found to be this asset
    IDENTIFIED = "identified"  # the machine filled in what the record did not know
    IDENTITY_MISMATCH = "identity_mismatch"  # the machine says otherwise than the record
    ENROLLED = "enrolled"  # taken in by a signed file, after a first contact
    SET_UP = "set_up"
    NOTE = "note"
    MOVED = "moved"
    CHECKED_OUT = "checked_out"
    CHECKED_IN = "checked_in"
    REPAIR = "repair"
    WIPED = "wiped"
    AUDITED = "audited"
    SECRET = "secret"  # noqa: S105 - a kept password was made, set, proved, revealed …: `act` and `key` in the detail


class AssetEvent(Struct, frozen=True):
    """Something that happened to an asset. `at` is UTC, `text` is for people, `detail` plain JSON data by kind;
    for edits it is the fields that changed, each with its value before and after.
    """

    at: datetime
    by: str
    kind: EventKind
    text: str = ""
    detail: Mapping[str, Any] = field(default_factory=dict)


class FactChange(Struct, frozen=True):
    """A fact that was different from the look before; values are plain JSON data."""

    at: datetime
    fact: str
    before: Any
    after: Any


class SeenSoftware(Struct, frozen=True):
    """A package on a machine, `present` at the last look; times are UTC."""

    name: str
    version: str
    first_seen: datetime
    last_seen: datetime
    present: bool = True


class SeenUser(Struct, frozen=True):
    """A person's account on a machine, `present` at the last look; times are UTC."""

    name: str
    full_name: str
    administrator: bool
    first_seen: datetime
    last_seen: datetime
    present: bool = True


class Sightings(Struct, frozen=True):
    """The last look at a machine. `facts` is without software and users, which stand beside it, present ones first."""

    at: datetime
    facts: Facts
    software: Sequence[SeenSoftware] = ()
    users: Sequence[SeenUser] = ()


class RunState(StrEnum):
    """Whether a run has come to its end; `interrupted` when it was broken off, or its process is gone without one."""

    RUNNING = "running"
    ENDED = "ended"
    INTERRUPTED = "interrupted"


class RunSummary(Struct, frozen=True):
    """One run. `outcome` is None while it runs; `outcomes` counts its machines that have one, by outcome.

    `asked` is None for a run of an early release that did not write it down; `continues` names the run that this one
    went on with. `plan` is the plan file that it carried out, None when there was none.
    """

    run: str
    verb: str
    at: datetime
    ended: datetime | None
    by: str
    controller: str
    targets: Sequence[str]
    hosts: Sequence[str]
    commit: str
    dirty: bool
    state: RunState
    outcome: Outcome | None
    outcomes: Mapping[str, int] = field(default_factory=dict)
    asked: Asked | None = None
    continues: str = ""
    plan: PlanReference | None = None


class StepRecord(Struct, frozen=True):
    """One resource in a run. Without a status it never ended: `intended` was not begun, `started` is uncertain."""

    resource: str
    action: str
    state: StepState
    started: datetime | None = None
    ended: datetime | None = None
    status: Status | None = None
    verified: bool = False
    message: str = ""
    reason: str = ""


class HostRun(Struct, frozen=True):
    """One machine in a run. `outcome` is None when the record has none for it; `steps` in order of application."""

    host: str
    summary: RunSummary
    profile: str = ""
    profile_hash: str = ""
    practice: bool = False
    outcome: Outcome | None = None
    verified: bool = False
    seconds: float = 0.0
    message: str = ""
    hint: str = ""
    ended: datetime | None = None
    steps: Sequence[StepRecord] = ()


class RunDetail(Struct, frozen=True):
    """A run with every machine, in the order asked for; one that the run never came to has no steps and no outcome."""

    summary: RunSummary
    hosts: Sequence[HostRun]
