"""What cannot stand in one profile: types say which options of others go against their own resources."""

from collections.abc import Iterator, Mapping, Sequence

from deskprov.model.problem import Problem
from deskprov.model.resource import Resource
from deskprov.model.resource_type import Excludes, ResourceType


def not_together(resources: Sequence[Resource], kinds: Mapping[str, ResourceType]) -> list[Problem]:
    """A problem for each resource beside an option that it excludes, at the line of the resource."""
    by_key = {resource.key: resource for resource in resources}
    return [problem for resource in resources for problem in _beside(resource, kinds[resource.type], by_key)]


def _beside(resource: Resource, kind: ResourceType, by_key: Mapping[str, Resource]) -> Iterator[Problem]:
    for excluded in kind.excludes(resource.options) if isinstance(kind, Excludes) else ():
        other = by_key.get(excluded.key)
        if other is not None and getattr(other.options, excluded.option) is not None:
            place = other.sources.get(excluded.option, other.source)
            message = f"{resource.type} cannot go with `{excluded.option}` of {other.type}: {excluded.why}"
            hint = f"{place} states that; take one of the two out"
            yield Problem(resource.source, "not-together", message, hint, resource.type)
