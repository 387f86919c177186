"""`${name}` in the texts of a profile: plain substitution, never a language."""

import re
from collections.abc import Mapping
from typing import Any

from msgspec import Struct, field

from deskprov.formats.near_miss import near_miss
from deskprov.formats.option_problems import shown
from deskprov.model.source import ValuePath

OF_MACHINES: Mapping[str, str] = {
    "asset.tag": "deskprov asset edit HOST tag=… gives it one",
    "asset.serial": "deskprov asset edit HOST serial=… gives it one",
    "host.name": "",
    "place.name": "give it deskprov_place in the inventory",
}
"""What is known only of a machine, and what to do when it is not known."""

_MARK = re.compile(r"\$\$\{|\$\{([^}]*)(\}?)")


class Fault(Struct, frozen=True):
    """What is wrong with a text; `path` leads to it from where substitution began."""

    path: ValuePath
    rule: str
    message: str
    hint: str


class Variables(Struct):
    """The values for one machine, or samples; a machine's own go before the profile's, those before the site's."""

    machine: Mapping[str, str]
    profile: Mapping[str, str]
    site: Mapping[str, str]
    used: dict[str, str] = field(default_factory=dict)

    def value(self, name: str) -> str | None:
        """The value, remembered as used; None when there is none."""
        for values in (self.machine, self.profile, self.site):
            if name in values:
                self.used[name] = values[name]
                return values[name]
        return None

    def known(self) -> set[str]:
        """Every name that has a value here, or would have one for a machine."""
        return {*OF_MACHINES, *self.machine, *self.profile, *self.site}


def substitute(value: Any, variables: Variables, path: ValuePath = ()) -> tuple[Any, list[Fault]]:
    """The value with every `${name}` in its texts filled in, and what could not be."""
    match value:
        case str():
            return _text(value, variables, path) if "${" in value else (value, [])
        case list():
            filled = [substitute(item, variables, (*path, number)) for number, item in enumerate(value)]
            return [item for item, _ in filled], [fault for _, faults in filled for fault in faults]
        case dict():
            entries = {name: substitute(item, variables, (*path, name)) for name, item in value.items()}
            data = {name: item for name, (item, _) in entries.items()}
            return data, [fault for _, faults in entries.values() for fault in faults]
        case _:
            return value, []


def _text(text: str, variables: Variables, path: ValuePath) -> tuple[str, list[Fault]]:
    faults: list[Fault] = []

    def fill(mark: re.Match[str]) -> str:
        if mark.group() == "$${":
            return "${"
        name, closed = mark.groups()
        value = variables.value(name) if closed else None
        if value is None:
            faults.append(_fault(name, bool(closed), variables, path))
            return mark.group()
        return value

    return _MARK.sub(fill, text), faults


def _fault(name: str, closed: bool, variables: Variables, path: ValuePath) -> Fault:
    literal = "`$${` stands for `${` itself"
    if not closed:
        return Fault(path, "variable-syntax", "a `${` without its `}`", literal)
    if name in OF_MACHINES:
        return Fault(path, "variable-empty", f"`${{{name}}}` has no value for this machine", OF_MACHINES[name])
    meant = near_miss(name, variables.known())
    hint = f"did you mean `${{{meant}}}`?" if meant else f"known are {', '.join(sorted(variables.known()))};"
    return Fault(path, "variable-unknown", f"there is no variable `{shown(name)}`", f"{hint} {literal}")
