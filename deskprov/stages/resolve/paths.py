"""One thing, one resource: at a path is a file, a folder or a link, never two of them, and a name has one spelling."""

from collections.abc import Mapping, Sequence

from deskprov.formats.option_problems import shown
from deskprov.model.platform import Platform
from deskprov.model.problem import Problem
from deskprov.model.profile import ProfileFile
from deskprov.model.resource_type import PATH, ResourceType, one_of_its_type
from deskprov.stages.resolve.merge import Merged


def one_thing_each(
    merged: Sequence[Merged],
    kinds: Mapping[str, ResourceType],
    files: Sequence[ProfileFile],
    platform: Platform | None,
) -> list[Problem]:
    """A problem for each resource at a path that another has already, and for each whose name is another's, only spelt
    otherwise; of `files`, the weakest speaks first.
    """
    order = {file.document.file: number for number, file in enumerate(files)}
    first: dict[tuple[str, str], Merged] = {}
    problems = []
    for one in sorted(merged, key=lambda one: (order[one.source.file], one.source)):
        key = kinds[one.type].KEY
        space = PATH if key == PATH else one.type
        other = first.setdefault((space, one_of_its_type(one.name, key, platform)), one)
        if other is not one:
            problems.append(_twice(one, other, key))
    return problems


def _twice(one: Merged, other: Merged, key: str) -> Problem:
    place, words = one.value_source((key,)), one.words((key,))
    if one.type == other.type:
        message = f"{shown(one.name)} is {shown(other.name)} in another spelling, and {other.key} is here already"
        hint = f"{other.value_source((key,))} names it; spell it as there, and the two become one"
        return Problem(place, "spelt-twice", message, hint, words)
    message = f"a path can be one thing only, and {shown(one.name)} is one of the {other.type} already"
    hint = f"{other.value_source((PATH,))} says so; take one of the two out"
    return Problem(place, "path-twice", message, hint, words)
