"""Values in the registries of people: of the default user, and of everybody who has a profile on the computer.

Each person's registry is a file, which is loaded while they are logged on. Of all others a look loads a copy; a change
loads the file itself, for as short as it can (docs/adr/0035).
"""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from typing import Any

from msgspec.structs import replace

from deskprov.formats.endpoint_text import one_line
from deskprov.formats.own_script import WIN_POWERSHELL
from deskprov.formats.windows_registry import observed_value as observed_single
from deskprov.model.facts import Answer, Noted, Observation, Observed, Sight
from deskprov.model.packing import Item, Packer
from deskprov.model.probe import Probe, script_beside
from deskprov.model.task import Task
from deskprov.model.want import Wanted

WHO = ("default-user", "every-user")
"""Whose registry: of those to come, and of all who are there."""

_LOOK = replace(script_beside(__package__, "probe_people_windows.ps1"), together=True)
_CHANGE = script_beside(__package__, "change_people_windows.ps1").text
_PACKER = Packer("Set values in the registries of people", WIN_POWERSHELL, _CHANGE)
_SECONDS = 3.0

_IN_USE = "in use"
_LEFT = {
    _IN_USE: "somebody is logging on or off, or a program holds it",
    "denied": "deskprov may not read it",
    "missing": "there is no NTUSER.DAT in the profile",
    "damaged": "Windows cannot load it",
    "cmdlets": "PowerShell may only run cmdlets there",
    "late": "there was no time left for it, and each look begins with others",
}
_MOST_NAMES = 5
_LONGEST_NAME = 40
_LONGEST_HIVE = 60
_LONGEST_DATA = 60


def value_probe(who: str, key: str, name: str) -> Probe:
    """Asks for one value; `key` is below each person's own, such as `Software\\Example`."""
    return Probe(_LOOK, (who, key, name))


def observed_value(answer: Answer, wanted: Mapping[str, Wanted]) -> Observation:
    """`type` and `data` that all have, or absent, when nobody has the value; where people differ, what each has.

    Where there is nobody, it is as wanted. Whose registry could not be looked at is noted and does not count.
    """
    people = _people(answer)
    if people is None:
        return Sight.NOT_REPORTED
    seen = {name: observed_single(person["found"]) for name, person in people if not person["left"]}
    observation: Observed | Sight = _together(seen) if seen else wanted or Sight.ABSENT
    note = _note(people)
    return Noted(observation, note) if note else observation


def set_value(phrase: str, who: str, key: str, name: str, kind: str, data: Any) -> Task:
    """One task that sets it for each of them; keys that are missing are made."""
    return _task(phrase, who=who, path=key, name=name, type=kind, data=data, state="present")


def remove_value(phrase: str, who: str, key: str, name: str) -> Task:
    """One task that removes it from each of them. A key is never removed with its last value."""
    return _task(phrase, who=who, path=key, name=name, state="absent")


def _task(phrase: str, **item: Any) -> Task:
    arguments = {"script": _CHANGE, "parameters": {"Only": item}}
    return Task(phrase, WIN_POWERSHELL, arguments, seconds=_SECONDS, item=Item(_PACKER, item))


def _people(answer: Answer) -> list[tuple[str, dict[str, Any]]] | None:
    """Each person's part of the answer, by name; None when it is not of the agreed form."""
    people: list[tuple[str, dict[str, Any]]] = []
    for one in answer if isinstance(answer, list) else [None]:
        match one:
            case {"name": str(name), "left": str(left), "stuck": str(stuck), "found": found}:
                called = one_line(name, _LONGEST_NAME) or "the default user"
                people.append((called, {"left": left, "stuck": one_line(stuck, _LONGEST_HIVE), "found": found}))
            case _:
                return None
    return people


def _together(seen: Mapping[str, Observed | Sight]) -> Observed | Sight:
    values = list(seen.values())
    if all(value == values[0] for value in values):
        return values[0]
    if Sight.NOT_REPORTED in values:
        return Sight.NOT_REPORTED
    there = {name: value for name, value in seen.items() if isinstance(value, Mapping)}
    return {"type": _of_each(there, seen, "type"), "data": _of_each(there, seen, "data")}


def _of_each(there: Mapping[str, Observed], seen: Mapping[str, Any], option: str) -> Any:
    """What all have, or who has what, as a set of texts, which no wanted value is equal to."""
    if any(value[option] is Sight.NOT_REPORTED for value in there.values()):
        return Sight.NOT_REPORTED
    names = defaultdict(list)
    for name in seen:
        names[one_line(str(there[name][option]), _LONGEST_DATA) if name in there else "not set"].append(name)
    if len(names) == 1:
        return next(iter(there.values()))[option]
    return frozenset(f"{words} ({_listed(having)})" for words, having in names.items())


def _note(people: Sequence[tuple[str, Mapping[str, Any]]]) -> str:
    left = defaultdict(list)
    for name, person in people:
        if person["left"]:
            left[_why(person)].append(name)
    notes = [f"Left alone is the registry of {_listed(names)}: {why}." for why, names in left.items()]
    if left:
        notes.append("The next run looks again.")
    notes += [
        f"A copy of the registry of {name} stays loaded as HKU\\{person['stuck']}, which harms "
        "nobody; the next look, or a restart, takes it away."
        for name, person in people
        if person["stuck"] and person["left"] != _IN_USE
    ]
    return " ".join(notes)


def _why(person: Mapping[str, Any]) -> str:
    why = _LEFT.get(person["left"], "it could not be looked at")
    if person["left"] != _IN_USE or not person["stuck"]:
        return why
    return f"{why}; or it was left loaded by an earlier run as HKU\\{person['stuck']}: restart the PC"


def _listed(names: Sequence[str]) -> str:
    more = len(names) - _MOST_NAMES
    return ", ".join(sorted(names, key=str.casefold)[:_MOST_NAMES]) + (f" and {more} more" if more > 0 else "")
