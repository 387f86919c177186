"""What a resource type must offer. Types are modules; mypy checks each against these Protocols at the type table.

A type is passive: data and pure functions. It cannot act, read files or know other types.
"""

from collections.abc import Mapping, Sequence
from typing import Any, Protocol, runtime_checkable

from msgspec import Struct

from deskprov.model.facts import Answer, Observation, Observed
from deskprov.model.plan import Change, Obstacle, Reboot
from deskprov.model.platform import Platform, told_apart
from deskprov.model.probe import Probe
from deskprov.model.resource import ResourceOptions
from deskprov.model.task import Task
from deskprov.model.want import Wanted

PATH = "path"
"""The `KEY` of every type whose resources are in the file system."""

SSID = "ssid"
"""The `KEY` of types whose resources are Wi-Fi networks, which every platform tells apart by upper and lower case."""

ONLY_ONE = ""
"""The `KEY` of a type of which a machine has exactly one, such as `computer`: a profile states its options right below
the type's name, and not as an entry of a list."""

THIS = "this"
"""The name of the resource of such a type, whose key is then `computer/this`."""


def one_of_its_type(name: str, key: str, platform: Platform | None) -> str:
    """The name of a resource whose type has this `KEY`, or its own key: two that are equal so are one thing there."""
    return name if key == SSID else told_apart(name, platform)


class ResourceType(Protocol):
    """One kind of thing: the module `deskprov.resources.<name>`."""

    @property
    def NAME(self) -> str:  # noqa: N802
        """The key in profiles (`users`)."""

    @property
    def KEY(self) -> str:  # noqa: N802
        """The option whose value tells two resources of this type apart; also what a bare text stands for.

        Types whose `KEY` is `path` share one namespace, the file system: a path can be one thing only, so resolving
        refuses a profile that has two of them at one path, and what now has another thing in its place is never
        removed as left over.

        `ONLY_ONE` for a type that a machine has once. If it cannot be absent, its options narrow `state`.
        """

    @property
    def Options(self) -> type[ResourceOptions]:  # noqa: N802
        """The options, stated once."""

    @property
    def PLATFORMS(self) -> frozenset[Platform]:  # noqa: N802
        """Where the type exists; each has a module of that name beside it."""

    @property
    def UNOBSERVABLE(self) -> frozenset[str]:  # noqa: N802
        """Desired options that no look can see; written on creation only, never counted as verified."""

    def desired(self, options: Any) -> Mapping[str, Wanted]:
        """The state wanted, flat; options that the profile does not state are left out."""

    def needs(self, options: Any) -> Sequence[str]:
        """Keys of resources that come first if the profile has them (`groups/staff`)."""

    def reboot(self, change: Change) -> Reboot:
        """Whether this change has its effect only after a reboot; what the profile's own
        `reboot: true` says comes on top. After `maybe` the machine is asked whether it waits for one.
        """

    def preview(self, options: Any, observed: Observed) -> str:
        """A unified diff or another text that shows the change better than before and after, or an empty text."""


class OnPlatform(Protocol):
    """A type on one platform: the module `deskprov.resources.<name>.<platform>`."""

    def probes(self, options: Any) -> Sequence[Probe]:
        """The questions to ask; none means that this type cannot look."""

    def observe(self, options: Any, answers: Sequence[Answer]) -> Observation:
        """What the answers, in the order of `probes`, say about this resource. Never raises on a strange answer."""

    def tasks(self, change: Change) -> Sequence[Task]:
        """The tasks that make the change. For `ensure` and for `render` there are no differences: state everything."""


@runtime_checkable
class SeesObstacles(Protocol):
    """A type on a platform that can see in the same answers what would make a change fail, before it is tried."""

    def obstacles(self, options: Any, answers: Sequence[Answer]) -> Sequence[Obstacle]:
        """What stands in the way of making what the options state. Never raises on a strange answer."""


@runtime_checkable
class SeesWhatStays(Protocol):
    """A type on a platform that can see in the same answers what cannot be removed, before it is tried."""

    def stays(self, options: Any, answers: Sequence[Answer]) -> Sequence[Obstacle]:
        """What stands in the way of removing what the options state. Never raises on a strange answer."""


class Exclusion(Struct, frozen=True):
    """An option of another resource, by its key (`computer/this`), that cannot be stated beside one, and `why`."""

    key: str
    option: str
    why: str


class Excludes(Protocol):
    """A type whose resources cannot stand in one profile with certain options of others."""

    def excludes(self, options: Any) -> Sequence[Exclusion]:
        """What cannot be stated beside it."""


def name_in(key: str, stated: Mapping[str, Any]) -> str:
    """The name of the resource that these options state, for a type with this `KEY`."""
    return THIS if key == ONLY_ONE else str(stated[key])


def naming(key: str, name: str) -> dict[str, Any]:
    """The options that state nothing but this name, for a type with this `KEY`."""
    return {} if key == ONLY_ONE else {key: name}


def no_preview(options: Any, observed: Observed) -> str:
    """For types whose before and after say all."""
    return ""


def no_needs(options: Any) -> Sequence[str]:
    """For types that depend on no other."""
    return ()


def no_reboot(change: Change) -> Reboot:
    """For types whose changes have their effect at once."""
    return Reboot.NO
