"""Reads places.yml: each building, room and cart of a site once."""

from collections.abc import Mapping
from typing import Any

from deskprov.formats import strict_yaml
from deskprov.formats.near_miss import near_miss
from deskprov.formats.option_problems import shown
from deskprov.model.names import is_name
from deskprov.model.place import Place, PlaceKind
from deskprov.model.problem import Problem
from deskprov.model.source import Document, ValuePath, path_words

FILE = "places.yml"
KEY = "places"
OPTIONS = ("name", "kind", "title", "within")


def read_places(content: bytes, file: str = FILE) -> tuple[dict[str, Place], list[Problem]]:
    """The places by name, and everything that is wrong with the file."""
    document, problems = strict_yaml.read_bytes(content, file)
    if document is None or document.data is None:
        return {}, problems
    entries = document.data.get(KEY) if isinstance(document.data, dict) else None
    if not isinstance(entries, list) or len(document.data) != 1:
        hint = f"begin with the line `{KEY}:`, and an entry `- name: room-12` below it"
        return {}, [*problems, Problem(document.source(()), "site-file-shape", f"{file} is a list of {KEY}", hint)]
    places: dict[str, Place] = {}
    for number, entry in enumerate(entries):
        path: ValuePath = (KEY, number)
        found = list(_wrong(document, path, entry))
        if not found and entry["name"] in places:
            found = [_problem(document, (*path, "name"), f"the place {entry['name']} is there already")]
        if not found:
            place = _place(document, path, entry)
            places[place.name] = place
        problems += found
    return places, [*problems, *_loose(document, entries, places)]


def _wrong(document: Document, path: ValuePath, entry: Any) -> list[Problem]:
    if not isinstance(entry, dict):
        return [_problem(document, path, "a place is lines of `name: …` and `kind: …`")]
    problems = []
    for option, value in entry.items():
        here = (*path, option)
        if option not in OPTIONS:
            meant = near_miss(str(option), OPTIONS)
            hint = f"did you mean {meant}?" if meant else f"a place has {', '.join(OPTIONS)}"
            problems.append(_problem(document, here, f"a place has no `{shown(str(option))}`", hint))
        elif not isinstance(value, str):
            problems.append(_problem(document, here, f"`{option}` must be text", "put it in quotes"))
    name = entry.get("name", "")
    if isinstance(name, str) and not is_name(name):
        hint = "letters, digits, `.`, `_` and `-`, as deskprov_place in the inventory has it"
        problems.append(_problem(document, (*path, "name"), "a place needs a name", hint))
    if entry.get("kind") not in list(PlaceKind):
        words = ", ".join(PlaceKind)
        problems.append(_problem(document, (*path, "kind"), f"`kind` must be one of {words}"))
    return problems


def _place(document: Document, path: ValuePath, entry: Mapping[str, str]) -> Place:
    kind, name = PlaceKind(entry["kind"]), entry["name"]
    return Place(name, kind, entry.get("title", ""), entry.get("within", ""), document.source(path))


def _loose(document: Document, entries: list[Any], places: Mapping[str, Place]) -> list[Problem]:
    """A place within none that there is, or in the end within itself."""
    problems = []
    for number, entry in enumerate(entries):
        place = places.get(str(entry.get("name"))) if isinstance(entry, dict) else None
        if place is None or not place.within or place.source != document.source((KEY, number)):
            continue
        here: ValuePath = (KEY, number, "within")
        if place.within not in places:
            meant = near_miss(place.within, places)
            hint = f"did you mean {meant}?" if meant else "add it, or take `within` out"
            problems.append(_problem(document, here, f"there is no place {shown(place.within)}", hint))
        elif _goes_round(place, places):
            problems.append(_problem(document, here, f"{place.name} is in the end within itself"))
    return problems


def _goes_round(place: Place, places: Mapping[str, Place]) -> bool:
    seen = {place.name}
    around = places.get(place.within)
    while around is not None and around.name not in seen:
        seen.add(around.name)
        around = places.get(around.within)
    return around is not None


def _problem(document: Document, path: ValuePath, message: str, hint: str = "") -> Problem:
    return Problem(document.source(path), "place", message, hint, path_words(path))
