"""The order of application: as the type table says, corrected by what needs what."""

import heapq
from collections.abc import Mapping, Sequence

from msgspec.structs import replace

from deskprov.formats.near_miss import near_miss
from deskprov.formats.option_problems import shown
from deskprov.model.problem import Problem
from deskprov.model.resource import Resource
from deskprov.stages.resolve.merge import Merged


def connected(resources: Sequence[Resource], merged: Sequence[Merged]) -> tuple[list[Resource], list[Problem]]:
    """The resources with those needs that the profile has; a stated need that it lacks is a problem.

    So is a need for something that is to be absent.
    """
    statements = {m.key: m for m in merged}
    by_key = {resource.key: resource for resource in resources}
    problems = [p for resource in resources for p in _unknown_needs(resource, statements)]
    linked = [replace(r, needs=[key for key in r.needs if key in by_key and key != r.key]) for r in resources]
    for resource in linked:
        for key in resource.needs:
            if by_key[key].absent and not resource.absent:
                message = f"{resource.key} needs {key}, which is to be absent"
                hint = f"{by_key[key].sources.get('state', by_key[key].source)} says so"
                problems.append(Problem(resource.source, "needs-absent", message, hint))
    return linked, problems


def _unknown_needs(resource: Resource, statements: Mapping[str, Merged]) -> list[Problem]:
    problems = []
    for number, key in enumerate(resource.options.needs):
        if key not in statements:
            meant = near_miss(key, statements)
            hint = f"did you mean {meant}?" if meant else "a need is a key such as groups/staff"
            message = f"it needs {shown(key)}, which this profile does not have"
            place, path = statements[resource.key], ("needs", number)
            problems.append(Problem(place.value_source(path), "needs-unknown", message, hint, place.words(path)))
    return problems


def in_order(resources: Sequence[Resource]) -> tuple[list[Resource], list[Problem]]:
    """The resources so that each comes after all it needs, else in the order given; cycles are problems."""
    positions = {resource.key: position for position, resource in enumerate(resources)}
    waiting_for = {r.key: {key for key in r.needs if key in positions and key != r.key} for r in resources}
    needed_by: dict[str, list[str]] = {}
    for key, needs in waiting_for.items():
        for needed in needs:
            needed_by.setdefault(needed, []).append(key)
    ready = [positions[key] for key, needs in waiting_for.items() if not needs]
    heapq.heapify(ready)
    ordered: list[Resource] = []
    while ready:
        resource = resources[heapq.heappop(ready)]
        ordered.append(resource)
        for key in needed_by.get(resource.key, ()):
            waiting_for[key].discard(resource.key)
            if not waiting_for[key]:
                heapq.heappush(ready, positions[key])
    if len(ordered) == len(resources):
        return ordered, []
    placed = {resource.key for resource in ordered}
    left = {resource.key: resource for resource in resources if resource.key not in placed}
    return [*ordered, *left.values()], _cycles(left, waiting_for)


def _cycles(left: Mapping[str, Resource], waiting_for: Mapping[str, set[str]]) -> list[Problem]:
    """One problem for each ring; every resource that is left waits, in the end, for one."""
    problems: dict[frozenset[str], Problem] = {}
    for start in sorted(left):
        way = [start]
        while (following := min(waiting_for[way[-1]])) not in way:
            way.append(following)
        ring = way[way.index(following) :]
        turn = ring.index(min(ring))
        turned = [*ring[turn:], *ring[:turn], ring[turn]]
        place = left[ring[turn]]
        message = f"these need each other: {' → '.join(turned)}"
        source = place.sources.get("needs", place.source)
        problems.setdefault(frozenset(ring), Problem(source, "needs-cycle", message, "take one of the needs out"))
    return list(problems.values())
