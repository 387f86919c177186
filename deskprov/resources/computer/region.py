"""Region and keyboards on Windows: what the welcome screen has is looked at, and set together with what new people get.

ansible.windows.win_region sets the format of deskprov's own account and the system's locale. Its copy to others is not
used: it is made only when that account changes, too, and it does not copy keyboards that it has not (issue 493 of
github.com/ansible-collections/community.windows).
"""

from collections.abc import Mapping, Sequence
from typing import Any

from deskprov.formats.answers import observed
from deskprov.formats.own_script import script_task
from deskprov.formats.windows_regions import geo_id, region_code
from deskprov.model.facts import Answer, Sight
from deskprov.model.plan import Change
from deskprov.model.probe import Probe, script_beside
from deskprov.model.task import Task
from deskprov.resources.computer import Options

_COPIED = ("region", "regional_format", "keyboards")
_LOOK = Probe(script_beside(__package__, "probe_region_windows.ps1"))
_SECONDS = 5.0


def probes(options: Options) -> Sequence[Probe]:
    """A question of its own, for who states something of it."""
    stated = any(getattr(options, name) is not None for name in (*_COPIED, "system_locale"))
    return [_LOOK] if stated else []


def seen(options: Options, answers: Sequence[Answer]) -> Mapping[str, Any]:
    """What the welcome screen has. A keyboard has its layout with it where the profile states one."""
    match answers:
        case []:
            return {}
        case [dict(found)]:
            texts = observed(found, {"region": str, "regional_format": str, "system_locale": str})
            known = {name: text or None for name, text in texts.items()}
            number = known["region"]
            code = region_code(number) if isinstance(number, str) else number
            return {**known, "region": code, "keyboards": _keyboards(options, found.get("keyboards"))}
        case _:
            return dict.fromkeys((*_COPIED, "system_locale"), Sight.NOT_REPORTED)


def tasks(options: Options, change: Change) -> Sequence[Task]:
    """First the account's own, then the copy, which takes all of it along."""
    copied = any(getattr(options, name) is not None and change.differs(name) for name in _COPIED)
    locale = options.system_locale if change.differs("system_locale") else None
    own = {"format": options.regional_format if copied else None, "unicode_language": locale}
    stated = {name: text for name, text in own.items() if text is not None}
    made = [Task("Set the regional format", "ansible.windows.win_region", stated, seconds=_SECONDS)] if stated else []
    if not copied:
        return made
    wanted = {
        "GeoId": None if options.region is None else geo_id(options.region),
        "Format": options.regional_format,
        "Keyboards": options.keyboards,
    }
    phrase = "Set the region of the welcome screen and of new people"
    return [*made, script_task(phrase, __package__, "change_region_windows.ps1", wanted, seconds=_SECONDS)]


def _keyboards(options: Options, found: Any) -> Any:
    """In the form in which profiles state them."""
    if not isinstance(found, list):
        return Sight.NOT_REPORTED
    stated = {tag.casefold(): layout for tag, _, layout in (each.partition("/") for each in options.keyboards or ())}
    texts = []
    for each in found:
        match each:
            case {"language": str(tag), "layouts": list(layouts)}:
                first = str(layouts[0]).upper() if layouts else ""
                texts.append(f"{tag}/{first}" if stated.get(tag.casefold()) and first else tag)
            case _:
                return Sight.NOT_REPORTED
    return ", ".join(texts) or None
