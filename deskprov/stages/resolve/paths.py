"""One file system for all types: at a path is a file, a folder or a link, never two of them."""

from collections.abc import Mapping, Sequence

from deskprov.formats.option_problems import shown
from deskprov.model.problem import Problem
from deskprov.model.profile import ProfileFile
from deskprov.model.resource_type import PATH, ResourceType
from deskprov.stages.resolve.merge import Merged


def one_thing_each(
    merged: Sequence[Merged], kinds: Mapping[str, ResourceType], files: Sequence[ProfileFile]
) -> list[Problem]:
    """A problem for each resource at a path that another has already; of `files`, the weakest speaks first."""
    order = {file.document.file: number for number, file in enumerate(files)}
    at_paths = [one for one in merged if kinds[one.type].KEY == PATH]
    first: dict[str, Merged] = {}
    problems = []
    for one in sorted(at_paths, key=lambda one: (order[one.source.file], one.source)):
        other = first.setdefault(one.name, one)
        if other is not one:
            message = f"a path can be one thing only, and {shown(one.name)} is one of the {other.type} already"
            hint = f"{other.value_source((PATH,))} says so; take one of the two out"
            problems.append(Problem(one.value_source((PATH,)), "path-twice", message, hint, one.words((PATH,))))
    return problems
