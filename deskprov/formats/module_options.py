"""Checks a task's arguments against what its module documents: neither `--syntax-check` nor ansible-lint sees a wrong
option of a module that runs elsewhere, and the machine would be half done when Ansible says so.

The tables come with the package, one for each release of ansible-core that deskprov works with. Another release is
refused, because nobody has looked at what changed in it (docs/adr/0008). It is stricter than Ansible, which turns
`1` into text, `yes` into true and splits text at commas where a list is meant: those are slips in a resource type.
"""

import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import cache
from importlib import resources
from typing import Any

from deskprov.errors import DeskprovError
from deskprov.formats.near_miss import near_miss
from deskprov.model.module_options import ModuleOptions, Option, OptionTable, Rules
from deskprov.model.secret import SecretText
from deskprov.model.task import ShippedFile

_FOLDER = resources.files("deskprov") / "data" / "module_options"


@cache
def supported_releases() -> tuple[str, ...]:
    """The releases of ansible-core there are tables for, oldest first, such as `2.19`."""
    names = [file.name.removesuffix(".json") for file in _FOLDER.iterdir() if file.name.endswith(".json")]
    return tuple(sorted(names, key=lambda name: [int(part) for part in name.split(".")]))


def option_table(version: str) -> OptionTable:
    """The table for a version of ansible-core (`2.19.14` or `2.19`). Raises `DeskprovError` when there is none."""
    release = ".".join(version.split(".")[:2])
    if release not in supported_releases():
        known = ", ".join(supported_releases())
        raise DeskprovError(
            f"deskprov has not been tried with ansible-core {version}; it works with {known}.",
            hint='Install one that it knows: pip install "deskprov[ansible]"',
        )
    return _table(release)


def check(module: str, arguments: Mapping[str, Any], table: OptionTable) -> list[str]:
    """What is wrong with the arguments of a task, each a part of a sentence; nothing for a good task.

    Which options exclude or need each other is known of modules in PowerShell, whose code states it as a constant; of
    others it is not documented in a form that can be checked.
    """
    known = table.modules.get(module)
    if known is None:
        # by the last word: the names of two modules of one collection are always near each other
        last_words = {name.rpartition(".")[2]: name for name in table.modules}
        meant = last_words.get(near_miss(module.rpartition(".")[2], last_words) or "")
        return [f"{module} is no module of the table for ansible-core {table.release}{_or(meant)}"]
    wrong = _wrong_options("", arguments, known.options, takes_any=known.takes_any)
    return wrong + list(_broken_rules(_by_name(arguments, known.options), known.rules))


@cache
def _table(release: str) -> OptionTable:
    data = json.loads((_FOLDER / f"{release}.json").read_text("utf-8"))
    return OptionTable(data["release"], _Modules(data["modules"]))


class _Modules(Mapping[str, ModuleOptions]):
    """Each is built when it is first asked for: a run needs a handful, and to build all takes longer than a look."""

    def __init__(self, data: Mapping[str, Any]) -> None:
        self._data = data
        self._built: dict[str, ModuleOptions] = {}

    def __getitem__(self, name: str) -> ModuleOptions:
        if name not in self._built:
            module = self._data[name]
            rules = Rules(**module.get("rules", {}))
            self._built[name] = ModuleOptions(_options(module["options"]), module.get("takes_any", False), rules)
        return self._built[name]

    def __iter__(self) -> Iterator[str]:
        return iter(self._data)

    def __len__(self) -> int:
        return len(self._data)


def _options(data: Mapping[str, Any]) -> Mapping[str, Option]:
    return {name: _option(option) for name, option in data.items()}


def _option(data: Mapping[str, Any]) -> Option:
    return Option(
        type=data.get("type", "str"),
        required=data.get("required", False),
        choices=tuple(data.get("choices", ())),
        aliases=tuple(data.get("aliases", ())),
        elements=data.get("elements", ""),
        options=_options(data.get("options", {})),
    )


def _wrong_options(
    within: str, given: Mapping[str, Any], known: Mapping[str, Option], *, takes_any: bool = False
) -> list[str]:
    names = _spellings(known)
    wrong: list[str] = []
    stated: dict[str, str] = {}
    for spelling, value in given.items():
        name = names.get(spelling)
        if name is None:
            if not takes_any:
                wrong.append(f"{within}{spelling} is no option{_or(near_miss(str(spelling), names))}")
        elif name in stated:
            wrong.append(f"{within}{spelling} and {within}{stated[name]} are the same option")
        else:
            stated[name] = spelling
            wrong += _wrong_value(within + spelling, value, known[name])
    missing = [name for name, option in known.items() if option.required and name not in stated]
    return wrong + [f"{within}{name} is missing" for name in missing]


def _spellings(known: Mapping[str, Option]) -> Mapping[str, str]:
    return {spelling: name for name, option in known.items() for spelling in (name, *option.aliases)}


def _by_name(given: Mapping[str, Any], known: Mapping[str, Option]) -> Mapping[str, Any]:
    names = _spellings(known)
    return {names[spelling]: value for spelling, value in given.items() if spelling in names}


def _broken_rules(given: Mapping[str, Any], rules: Rules) -> Iterator[str]:
    for names in rules.mutually_exclusive:
        if len(several := [name for name in names if name in given]) > 1:
            yield f"{' and '.join(several)} exclude each other"
    for names in rules.required_one_of:
        if not given.keys() & set(names):
            yield f"one of {', '.join(names)} is missing"
    for names in rules.required_together:
        if given.keys() & set(names) and (missing := [name for name in names if name not in given]):
            yield f"{', '.join(missing)} is missing, which goes with {', '.join(n for n in names if n in given)}"
    for rule in rules.required_if:
        yield from _broken_condition(rule, given)
    for option, needed in rules.required_by.items():
        if option in given and (missing := [name for name in needed if name not in given]):
            yield f"{', '.join(missing)} is missing, which {option} needs"


def _broken_condition(rule: Sequence[Any], given: Mapping[str, Any]) -> Iterator[str]:
    option, value, needed = rule[:3]
    one_will_do = len(rule) > 3 and rule[3] is True
    missing = [name for name in needed if name not in given]
    if given.get(option) != value or not missing:
        return
    if not one_will_do:
        yield f"{', '.join(missing)} is missing, which {option} {value} needs"
    elif len(missing) == len(needed):
        yield f"one of {', '.join(needed)} is missing, which {option} {value} needs"


def _wrong_value(name: str, value: Any, option: Option) -> list[str]:
    if option.type == "list":
        return _wrong_list(name, value, option)
    if not _TYPES.get(option.type, _anything)(value):
        return [f"{name} is of type {option.type}, not {_type_name(value)}"]
    if option.choices and value not in option.choices:
        return [f"{name} is none of {', '.join(map(str, option.choices))}: {value!r}"]
    if option.options and isinstance(value, Mapping):
        return _wrong_options(f"{name}.", value, option.options)
    return []


def _wrong_list(name: str, value: Any, option: Option) -> list[str]:
    if isinstance(value, str):
        if "," in value:
            return [f"{name} is a list, and Ansible would split this text at its commas"]
        value = [value]
    if not isinstance(value, list | tuple):
        return [f"{name} is of type list, not {_type_name(value)}"]
    element = Option(option.elements or "raw", choices=option.choices, options=option.options)
    return [wrong for number, item in enumerate(value) for wrong in _wrong_value(f"{name}[{number}]", item, element)]


def _is_text(value: Any) -> bool:
    return isinstance(value, str | SecretText)


def _is_whole(value: Any) -> bool:
    return isinstance(value, int) and not isinstance(value, bool)


def _anything(value: Any) -> bool:
    return value is not None


_TYPES: Mapping[str, Callable[[Any], bool]] = {
    "str": _is_text,
    "path": lambda value: _is_text(value) or isinstance(value, ShippedFile),
    "bool": lambda value: isinstance(value, bool),
    "int": _is_whole,
    "float": lambda value: _is_whole(value) or isinstance(value, float),
    "dict": lambda value: isinstance(value, Mapping),
    "bytes": lambda value: _is_text(value) or _is_whole(value),
    "bits": lambda value: _is_text(value) or _is_whole(value),
    "sid": _is_text,
}


def _type_name(value: Any) -> str:
    return "nothing" if value is None else type(value).__name__


def _or(meant: str | None) -> str:
    return f"; did you mean {meant}?" if meant else ""
