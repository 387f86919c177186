"""What the site says of its software and printers, laid under what profiles say; and `room`, which names several."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any

from deskprov.formats.near_miss import near_miss
from deskprov.formats.option_problems import shown
from deskprov.model.platform import Platform
from deskprov.model.problem import Problem
from deskprov.model.profile import SiteEntries, StatedResource
from deskprov.model.resource_type import ResourceType
from deskprov.model.source import ValuePath
from deskprov.stages.resolve.merge import Merged, Stated
from deskprov.stages.resolve.substitute import Variables

ROOM = "room"
"""In place of a name: those of the site's entries that stand in this machine's room."""

PLACE = "place"
PLATFORMS = frozenset(platform.value for platform in Platform)


def with_site_entries(
    merged: Sequence[Merged],
    site: Mapping[str, SiteEntries],
    kinds: Mapping[str, ResourceType],
    platform: Platform | None,
    variables: Variables,
) -> tuple[list[Merged], list[Problem]]:
    """The resources with what the site says of them below what profiles say; and what is wrong with their names."""
    whole: list[Merged] = []
    problems: list[Problem] = []
    for one in merged:
        known = site.get(one.type)
        if known is None:
            whole.append(one)
        elif one.name == ROOM and _have_places(kinds[one.type]):
            room, found = _room(one, known, kinds[one.type].KEY, platform, variables)
            whole += room
            problems += found
        elif _undescribed(one, known, kinds[one.type]):
            problems += [_unknown(one, known, kinds[one.type].KEY)] if known.complete else []
        else:
            lay_under(one, known, platform)
            whole.append(one)
    return _each_once(whole), problems


def lay_under(one: Merged, known: SiteEntries, platform: Platform | None) -> None:
    """Adds the weakest statements: those of the site's entry of this name, then the site's defaults."""
    for resource in (known.entries.get(one.name), known.defaults):
        for option, value, path in _options(resource, platform) if resource else ():
            one.options.setdefault(option, []).append(Stated(value, known.document, path))


def alone(resource: StatedResource, known: SiteEntries, platform: Platform) -> Merged:
    """The entry as if a profile for this platform named it and said no more."""
    one = Merged(resource.type, resource.name, [Stated(None, known.document, resource.path)])
    lay_under(one, known, platform)
    return one


def platforms_of(resource: StatedResource, kind: ResourceType) -> list[Platform]:
    """Those that an entry speaks of: those it names, else all of its type."""
    named = [platform for platform in sorted(kind.PLATFORMS) if platform.value in resource.options]
    return named or sorted(kind.PLATFORMS)


def _options(resource: StatedResource, platform: Platform | None) -> Iterator[tuple[str, Any, ValuePath]]:
    """What holds on the platform first, which is stronger."""
    for_platform = resource.options.get(str(platform))
    if isinstance(for_platform, dict):
        for option, value in for_platform.items():
            yield option, value, (*resource.path, str(platform), option)
    for option, value in resource.options.items():
        if option not in PLATFORMS:
            yield option, value, resource.option_paths[option]


def _have_places(kind: ResourceType) -> bool:
    return PLACE in kind.Options.model_fields


def _room(
    one: Merged, known: SiteEntries, key: str, platform: Platform | None, variables: Variables
) -> tuple[list[Merged], list[Problem]]:
    place = variables.value("place.name")
    if place is None:
        message = f"`{ROOM}` stands for the {one.type} of this machine's room, and it is not known which that is"
        hint = "give it deskprov_place in the inventory"
        return [], [Problem(one.value_source((key,)), "variable-unknown", message, hint, one.words((key,)))]
    found = []
    for name, entry in known.entries.items():
        if entry.options.get(PLACE) == place:
            options = {option: list(stated) for option, stated in one.options.items()}
            options[key] = [Stated(name, known.document, entry.option_paths[key])]
            standing = Merged(one.type, name, list(one.items), options)
            lay_under(standing, known, platform)
            found.append(standing)
    return found, []


def _each_once(merged: Sequence[Merged]) -> list[Merged]:
    """One that a profile names, and that stands in the room besides, is one resource; what names it says more."""
    by_key: dict[str, Merged] = {}
    for one in merged:
        before = by_key.get(one.key)
        if before is None or len(one.options) > len(before.options):
            by_key[one.key] = one
    return list(by_key.values())


def _undescribed(one: Merged, known: SiteEntries, kind: ResourceType) -> bool:
    """True for a name alone, of a thing that stands somewhere, which the site's file does not describe."""
    return _have_places(kind) and one.name not in known.entries and one.options.keys() == {kind.KEY}


def _unknown(one: Merged, known: SiteEntries, key: str) -> Problem:
    meant = near_miss(one.name, known.entries)
    hint = f"did you mean {meant}?" if meant else "add it there, or take it out of the profile"
    message = f"there is no {shown(one.name)} in {known.document.file}"
    return Problem(one.value_source((key,)), "site-entry-unknown", message, hint, one.words((key,)))


Check = Callable[[Merged, Platform], list[Problem]]


def entry_problems(known: SiteEntries, kind: ResourceType, check: Check) -> list[Problem]:
    """What is wrong with the entries of a file, whether profiles name them or not.

    One that names no platform is good when it is on one of its type's.
    """
    problems: list[Problem] = []
    for resource in known.entries.values():
        platforms = platforms_of(resource, kind)
        found = [check(alone(resource, known, platform), platform) for platform in platforms]
        named = any(platform.value in resource.options for platform in platforms)
        problems += [p for each in found for p in each] if named or all(found) else []
    return problems
