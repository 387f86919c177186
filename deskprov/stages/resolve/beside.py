"""What cannot stand in one profile: types say which options of others go against their own resources."""

from collections.abc import Iterator, Mapping, Sequence
from typing import cast

from deskprov.model.problem import Problem
from deskprov.model.resource import Resource
from deskprov.model.resource_type import Excludes, ResourceType


def not_together(resources: Sequence[Resource], kinds: Mapping[str, ResourceType]) -> list[Problem]:
    """A problem for each resource beside an option that it excludes, at the line of the resource."""
    by_key = {resource.key: resource for resource in resources}
    # a type that is loaded on demand is no instance of a Protocol before that, on Python 3.12 and later
    excluding = {r.type: cast(Excludes, kinds[r.type]) for r in resources if hasattr(kinds[r.type], "excludes")}
    return [
        problem
        for resource in resources
        if resource.type in excluding
        for problem in _beside(resource, excluding[resource.type], by_key)
    ]


def _beside(resource: Resource, kind: Excludes, by_key: Mapping[str, Resource]) -> Iterator[Problem]:
    for excluded in kind.excludes(resource.options):
        other = by_key.get(excluded.key)
        if other is not None and getattr(other.options, excluded.option) is not None:
            place = other.sources.get(excluded.option, other.source)
            message = f"{resource.type} cannot go with `{excluded.option}` of {other.type}: {excluded.why}"
            hint = f"{place} states that; take one of the two out"
            yield Problem(resource.source, "not-together", message, hint, resource.type)
