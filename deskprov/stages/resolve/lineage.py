"""Which files have a say in a profile, and in which order: `extends`, followed to its end."""

from collections.abc import Mapping, Sequence

from msgspec import Struct, field

from deskprov.formats.near_miss import near_miss
from deskprov.model.platform import Platform
from deskprov.model.problem import Problem
from deskprov.model.profile import ProfileFile


class Lineage(Struct):
    """The files from the weakest to the profile itself; `complete` is False when one is missing or in part unread."""

    files: list[ProfileFile] = field(default_factory=list)
    platform: Platform | None = None
    complete: bool = True
    problems: list[Problem] = field(default_factory=list)


def lineage(start: ProfileFile, files: Mapping[str, ProfileFile]) -> Lineage:
    """Every file that `start` extends, each once and before those that extend it, then `start`."""
    found = Lineage()
    _visit(start, files, [], found)
    _check_platforms(found)
    found.complete = found.complete and all(file.complete for file in found.files)
    return found


def _visit(file: ProfileFile, files: Mapping[str, ProfileFile], way: Sequence[ProfileFile], found: Lineage) -> None:
    here = [*way, file]
    for number, name in enumerate(file.extends):
        base = files.get(name)
        if name in file.extends[:number]:
            _problem(found, file, number, "extends-twice", f"{name} is listed twice", "take one of the two out")
        elif base is None:
            _missing(found, file, number, files)
        elif base in here:
            _cycle(found, here[here.index(base) :])
        elif base not in found.files:
            _visit(base, files, here, found)
        elif brought := _brought_by(base, file.extends[:number], files):
            message = f"{name} comes along with {brought} already and cannot go before it"
            _problem(found, file, number, "extends-order", message, f"take it out, or list it before {brought}")
    found.files.append(file)


def _brought_by(base: ProfileFile, earlier: Sequence[str], files: Mapping[str, ProfileFile]) -> str | None:
    """The profile listed earlier that extends `base`, directly or not."""
    for name in earlier:
        if name in files and base.name in _all_bases(files[name], files, frozenset()):
            return name
    return None


def _all_bases(file: ProfileFile, files: Mapping[str, ProfileFile], seen: frozenset[str]) -> frozenset[str]:
    for name in file.extends:
        if name in files and name not in seen:
            seen = _all_bases(files[name], files, seen | {name})
    return seen


def _missing(found: Lineage, file: ProfileFile, number: int, files: Mapping[str, ProfileFile]) -> None:
    found.complete = False
    name = file.extends[number]
    if not name:
        return  # no text: said when the file was loaded
    meant = near_miss(name, files.keys() - {file.name})
    hint = f"did you mean {meant}?" if meant else "deskprov profile list shows all"
    _problem(found, file, number, "extends-unknown", f"there is no profile {name}", hint)


def _cycle(found: Lineage, ring: Sequence[ProfileFile]) -> None:
    found.complete = False
    names = [file.name for file in ring]
    turn = names.index(min(names))
    turned = [*ring[turn:], *ring[:turn]]
    message = f"these profiles extend each other: {' → '.join([file.name for file in turned] + [turned[0].name])}"
    closing = turned[-1]
    _problem(found, closing, list(closing.extends).index(turned[0].name), "extends-cycle", message, "take one out")


def _check_platforms(found: Lineage) -> None:
    own = found.files[-1]
    stated = [file for file in found.files if file.platform]
    found.platform = own.platform or (stated[-1].platform if stated else None)
    for file in stated:
        if file.platform is not found.platform:
            speaker = own if own.platform else stated[-1]
            message = f"{file.name} is for {file.platform}, {speaker.name} for {found.platform}"
            path = _way_to(file, found.files, own)
            hint = "a profile extends only profiles of its own platform, or of none"
            found.problems.append(Problem(own.document.source(path), "extends-platform", message, hint))


def _way_to(base: ProfileFile, files: Sequence[ProfileFile], own: ProfileFile) -> tuple[str | int, ...]:
    """The entry of `extends` in a profile that leads to a base, directly or not."""
    by_name = {file.name: file for file in files}
    for number, name in enumerate(own.extends):
        if name == base.name or (name in by_name and base.name in _all_bases(by_name[name], by_name, frozenset())):
            return ("extends", number)
    return ("platform",)


def _problem(found: Lineage, file: ProfileFile, number: int, rule: str, message: str, hint: str) -> None:
    source = file.document.source(("extends", number))
    found.problems.append(Problem(source, rule, message, hint, f"extends[{number}]"))
