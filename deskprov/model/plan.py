"""What would change on a machine, and why."""

from collections.abc import Mapping, Sequence
from enum import StrEnum
from typing import Any

from msgspec import Struct, field

from deskprov.model.facts import Facts
from deskprov.model.problem import Problem
from deskprov.model.resource import Resource
from deskprov.model.source import Source


class Action(StrEnum):
    """What a change does to a resource."""

    CREATE = "create"
    UPDATE = "update"
    DELETE = "delete"
    ENSURE = "ensure"  # this type cannot look: Ansible decides
    NONE = "none"
    UNKNOWN = "unknown"  # looked and got no answer: refused unless told otherwise


class Reboot(StrEnum):
    """Whether a machine must be rebooted before a change has its effect; `maybe`: the machine is asked afterwards."""

    NO = "no"
    MAYBE = "maybe"
    YES = "yes"


PENDING = frozenset({Action.CREATE, Action.UPDATE, Action.DELETE})


class Difference(Struct, frozen=True):
    """One option that is not as wanted. Collections are sorted lists; `source` is where the wanted value stands."""

    option: str
    before: Any
    after: Any
    source: Source | None


class Obstacle(Struct, frozen=True):
    """Why a change fails on the machine as it is, in words that go on after `will FAIL:`.

    `unless` names what takes it out of the way when the same run makes it first: by key (`groups/staff`; a folder
    stands for those above it, too), or any of a type (`software`).
    """

    words: str
    unless: Sequence[str] = ()


class Change(Struct, frozen=True):
    """What is to be done to one resource.

    `left_over`: no line of the profile names it any more, but deskprov once set it. `written` are the unobservable
    options that will be written. `reason` says in words why nothing can be predicted, for `unknown` and `ensure`;
    `transfer` how a large file gets to the machine.
    `obstacle` says in words why it fails on the machine as it is.
    `note` says in words what of it the look left alone; all the rest is about what was seen.
    """

    resource: Resource
    action: Action
    differences: Sequence[Difference] = ()
    preview: str = ""
    left_over: bool = False
    written: frozenset[str] = frozenset()
    reason: str = ""
    obstacle: str = ""
    note: str = ""
    transfer: str = ""

    @property
    def pending(self) -> bool:
        """True when something is known to be different from what is wanted."""
        return self.action in PENDING

    @property
    def to_do(self) -> bool:
        """True when a run makes it: it is pending, or nobody can see whether it is needed."""
        return self.pending or self.action is Action.ENSURE

    def differs(self, option: str) -> bool:
        """True when this option must be set: it differs, or all must be stated because nothing was observed."""
        if self.action in (Action.CREATE, Action.ENSURE):
            return True
        return any(d.option == option for d in self.differences)


class Segment(Struct, frozen=True):
    """Changes that are made in one go, in this order; then the machine reboots, or may.

    `because` names, by key or in words, what the reboot is for. `guards` says by key what of deskprov's own way in a
    change touches ("sshd"): such a segment is made with a timed undo on the machine.
    """

    changes: Sequence[Change]
    reboot: Reboot = Reboot.NO
    because: Sequence[str] = ()
    guards: Mapping[str, str] = field(default_factory=dict)


class HostPlan(Struct, frozen=True):
    """All resources of one machine in the order of application, those with nothing to do included.

    `segments` are the changes that Ansible is asked to make, in the order in which they are made. `unconfirmed` is true
    when an earlier run left a change of the way in that nobody has confirmed: the machine is about to take it back.
    `left_over` lists changes that would be made with `--clean` and are only shown without it. `superseded` are keys of
    what deskprov once set where the profile now has something else; it is forgotten once that is there. `gone` are keys
    of all that deskprov once set on a system that has been installed anew or replaced since. `hindered` says in
    words why a run would change nothing on it as it is now. `taken_back` are keys of what an earlier run changed of the
    way in and the machine took back by itself; nobody has heard of it yet.
    """

    host: str
    profile: str
    platform: str
    facts: Facts
    changes: Sequence[Change]
    left_over: Sequence[Change] = ()
    superseded: Sequence[str] = ()
    gone: Sequence[str] = ()
    problems: Sequence[Problem] = ()
    practice: bool = False
    seconds: float = 0.0
    segments: Sequence[Segment] = ()
    unconfirmed: bool = False
    hindered: str = ""
    taken_back: Sequence[str] = ()

    @property
    def counts(self) -> Mapping[str, int]:
        """How many resources per action, `left_over` counted apart."""
        counts = {action.value: 0 for action in Action}
        for change in self.changes:
            counts[change.action] += 1
        return {**counts, "left_over": len(self.left_over)}

    @property
    def pending(self) -> bool:
        """True when applying would change something that was seen."""
        return any(change.pending for change in self.changes)


class Owned(Struct, frozen=True):
    """A resource that deskprov has set on a machine earlier, in `run`; `options` as stored then, plain JSON data."""

    key: str
    type: str
    options: Mapping[str, Any] = field(default_factory=dict)
    run: str = ""
