"""Desired against observed: what would change, resource by resource."""

from collections.abc import Mapping, Sequence
from typing import Any

from msgspec.structs import replace

from deskprov.model.facts import Noted, Observation, Observed, Sight
from deskprov.model.plan import Action, Change, Difference
from deskprov.model.resource import Resource
from deskprov.model.resource_type import ResourceType
from deskprov.model.want import AtLeast, Exactly, Includes, SameIgnoringCase, Wanted

CANNOT_LOOK = "deskprov cannot look at this; Ansible decides"
NOT_SEEN = "the machine gave no answer about this"


def plan_resource(resource: Resource, observation: Observation, resource_type: ResourceType) -> Change:
    """The change that makes the observed state the wanted one; `none` when it already is."""
    match observation:
        case Noted(seen, note):
            return replace(plan_resource(resource, seen, resource_type), note=note)
        case Sight.NO_PROBE:
            return Change(resource, Action.ENSURE, reason=CANNOT_LOOK)
        case Sight.NOT_REPORTED:
            return Change(resource, Action.UNKNOWN, reason=NOT_SEEN)
        case Sight.ABSENT:
            return Change(resource, Action.NONE) if resource.absent else _creation(resource, resource_type)
        case _ if resource.absent:
            return Change(resource, Action.DELETE, preview=resource_type.preview(resource.options, observation))
        case _:
            return _correction(resource, observation, resource_type)


def ordered(changes: Sequence[Change]) -> list[Change]:
    """Creating and changing in the order given; then removals, in reverse."""
    kept = [change for change in changes if not change.resource.absent]
    removals = [change for change in changes if change.resource.absent]
    return kept + removals[::-1]


def shown(value: Wanted | Any, order: Sequence[str] = ()) -> Any:
    """A wanted or observed value as plain data for people and JSON; collections as sorted lists, what is in `order`
    first and in that.
    """
    match value:
        case Includes(members) | Exactly(members):
            return shown(members, order)
        case AtLeast(least):
            return f"at least {least}"
        case SameIgnoringCase(text):
            return text
        case frozenset() | set():
            return [*(each for each in order if each in value), *sorted(value.difference(order))]
        case Sight():
            return None
        case _:
            return value


def satisfied(wanted: Wanted, observed: Any) -> bool:
    """True when an observed value is as wanted. A value of another kind never is."""
    match wanted:
        case Includes(members):
            return isinstance(observed, frozenset) and members <= observed
        case Exactly(members):
            return isinstance(observed, frozenset) and members == observed
        case AtLeast(least):
            return isinstance(observed, int | float) and not isinstance(observed, bool) and observed >= least
        case SameIgnoringCase(text):
            return isinstance(observed, str) and observed.casefold() == text.casefold()
        case _:
            return type(observed) is type(wanted) and bool(observed == wanted)


def _creation(resource: Resource, resource_type: ResourceType) -> Change:
    desired = resource_type.desired(resource.options)
    visible = {name: value for name, value in desired.items() if name not in resource_type.UNOBSERVABLE}
    return Change(
        resource,
        Action.CREATE,
        differences=[_difference(resource, name, None, value) for name, value in visible.items()],
        preview=resource_type.preview(resource.options, {}),
        written=frozenset(desired) & resource_type.UNOBSERVABLE,
    )


def _correction(resource: Resource, observed: Observed, resource_type: ResourceType) -> Change:
    desired: Mapping[str, Wanted] = {
        name: value
        for name, value in resource_type.desired(resource.options).items()
        if name not in resource_type.UNOBSERVABLE
    }
    unseen = [name for name in desired if observed.get(name, Sight.NOT_REPORTED) is Sight.NOT_REPORTED]
    if unseen:
        return Change(resource, Action.UNKNOWN, reason=f"{NOT_SEEN}: {', '.join(unseen)}")
    differences = [
        _difference(resource, name, observed[name], value)
        for name, value in desired.items()
        if not satisfied(value, observed[name])
    ]
    if not differences:
        return Change(resource, Action.NONE)
    return Change(
        resource, Action.UPDATE, differences=differences, preview=resource_type.preview(resource.options, observed)
    )


def _difference(resource: Resource, name: str, before: Any, after: Wanted) -> Difference:
    order = after.order if isinstance(after, Exactly) else ()
    return Difference(name, shown(before, order), shown(after, order), resource.sources.get(name))
