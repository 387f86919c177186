"""Options that Windows keeps as values of its registry, one each: for types that are nothing but a set of policies.

Such a type states a table of `Setting`; looking, reading and changing follow from it. Nothing set is absent.
"""

from collections.abc import Mapping, Sequence
from typing import Any

from msgspec import Struct, field

from deskprov.formats.windows_registry import observed_value, remove_value, set_value, value_probe
from deskprov.model.facts import Answer, Observed, Sight
from deskprov.model.plan import Change
from deskprov.model.probe import Probe
from deskprov.model.resource import ResourceOptions
from deskprov.model.task import Task

Data = int | str


class Setting(Struct, frozen=True):
    """An option and the value that it is kept in; `key` as PowerShell spells it.

    `words` has the data of each word that the option may be; without it data is the option times `unit`, or its text.
    `along` are values of the same key that must be so for the value to count, by name; `twins` are the names of those
    that must hold the same data. `initial` is what Windows has there after installation, where a missing value would be
    something else: it is put back, not removed.
    """

    option: str
    key: str
    name: str
    words: Mapping[Any, Data] = field(default_factory=dict)
    unit: int = 1
    along: Mapping[str, Data] = field(default_factory=dict)
    twins: Sequence[str] = ()
    initial: Data | None = None


def setting_probes(settings: Sequence[Setting]) -> list[Probe]:
    """One question for each value, however many settings it counts for."""
    return [value_probe(key, name) for key, name in _places(settings)]


def observed_settings(
    options: ResourceOptions, settings: Sequence[Setting], answers: Sequence[Answer]
) -> Observed | Sight:
    """Every option as its value says, None for those that are not set; absent when none is.

    What is as Windows was installed counts as set only if the profile states it.
    """
    places = _places(settings)
    if len(answers) != len(places):
        return Sight.NOT_REPORTED
    found = dict(zip(places, map(_data, answers), strict=True))
    values = {setting.option: _value(setting, found) for setting in settings}
    unseen = [value is Sight.NOT_REPORTED for value in values.values()]
    if all(unseen) or (options.state == "absent" and any(unseen)):
        return Sight.NOT_REPORTED
    stated = stated_settings(options, settings)
    unset = [
        values[each.option] is None or (each.option not in stated and found[each.key, each.name] == each.initial)
        for each in settings
    ]
    return Sight.ABSENT if all(unset) else values


def stated_settings(options: ResourceOptions, settings: Sequence[Setting]) -> dict[str, Any]:
    """The options that the profile states, by name."""
    values = {setting.option: getattr(options, setting.option) for setting in settings}
    return {option: value for option, value in values.items() if value is not None}


def setting_tasks(change: Change, settings: Sequence[Setting]) -> list[Task]:
    """A task for each value that has to be set; when the resource is removed, one for each that there may be."""
    if change.resource.absent:
        return _removed(settings)
    stated = stated_settings(change.resource.options, settings)
    wanted: dict[tuple[str, str], Data] = {}
    for setting in settings:
        if setting.option in stated and change.differs(setting.option):
            data = _kept(setting, stated[setting.option])
            wanted |= {(setting.key, name): data for name in (setting.name, *setting.twins)}
            wanted |= {(setting.key, name): data for name, data in setting.along.items()}
    return [_set(place, data) for place, data in wanted.items()]


def _removed(settings: Sequence[Setting]) -> list[Task]:
    put_back = {(each.key, each.name): each.initial for each in settings if each.initial is not None}
    return [
        _set(place, put_back[place]) if place in put_back else remove_value("Remove the registry value", *place)
        for place in _places(settings)
    ]


def _set(place: tuple[str, str], data: Data) -> Task:
    return set_value("Set the registry value", *place, "dword" if isinstance(data, int) else "string", data)


def _places(settings: Sequence[Setting]) -> list[tuple[str, str]]:
    places = [(each.key, name) for each in settings for name in (each.name, *each.twins, *each.along)]
    return list(dict.fromkeys(places))


def _data(answer: Answer) -> Any:
    """The data of a value, None when there is none."""
    match observed_value(answer):
        case Sight.ABSENT:
            return None
        case {"data": data}:
            return data
        case _:
            return Sight.NOT_REPORTED


def _value(setting: Setting, found: Mapping[tuple[str, str], Any]) -> Any:
    data = found[setting.key, setting.name]
    others = {name: found[setting.key, name] for name in (*setting.twins, *setting.along)}
    if Sight.NOT_REPORTED in (data, *others.values()):
        return Sight.NOT_REPORTED
    if data is None or others != {**dict.fromkeys(setting.twins, data), **setting.along}:
        return None
    if setting.words:
        return next((word for word, kept in setting.words.items() if _same(kept, data)), data)
    if not isinstance(data, int):
        return data
    return data / setting.unit if data % setting.unit else data // setting.unit


def _same(kept: Data, data: Any) -> bool:
    return kept.casefold() == data.casefold() if isinstance(kept, str) and isinstance(data, str) else kept == data


def _kept(setting: Setting, value: Any) -> Data:
    if setting.words:
        return setting.words[value]
    return value * setting.unit if isinstance(value, int) else str(value)
