"""Profiles as people read them: a list, where each value comes from, and the options of a type."""

import json
from collections.abc import Sequence
from itertools import groupby
from operator import attrgetter
from typing import Any

from rich.console import Group, RenderableType
from rich.padding import Padding
from rich.table import Table
from rich.text import Text

from deskprov.formats.option_docs import OptionDoc
from deskprov.model.profile import Profile, ProfileSummary, Setting
from deskprov.model.source import Source
from deskprov.presenters.columns import columns
from deskprov.presenters.safe_text import safe

VALUE_LENGTH = 60


def settings_view(profile: Profile, settings: Sequence[Setting]) -> RenderableType:
    """Each option with its value, the file and line it stands in, and what it went before."""
    rows = [row for setting in settings for row in _rows(setting)]
    aligned = iter(columns(rows, indent=4).renderables) if rows else iter(())
    parts: list[RenderableType] = [_heading(profile)]
    for resource, options in groupby(settings, attrgetter("resource")):
        parts.append(Text(safe(resource), "bold"))
        parts += [next(aligned) for setting in options for _ in _rows(setting)]
    return Group(*parts)


def settings_json(profile: Profile, settings: Sequence[Setting]) -> dict[str, Any]:
    """The same for programs."""
    return {
        "profile": profile.name,
        "platform": profile.platform.value,
        "hash": profile.hash,
        "lineage": list(profile.lineage),
        "variables": dict(profile.variables),
        "settings": [
            {
                "resource": setting.resource,
                "option": setting.option,
                "value": setting.value,
                "source": _place(setting.source),
                "overridden": [{"value": value, "source": _place(source)} for value, source in setting.overridden],
            }
            for setting in settings
        ],
    }


def type_view(name: str, platforms: Sequence[str], docs: Sequence[OptionDoc]) -> RenderableType:
    """The options of a resource type: what each takes, its limits, its default, what it is."""
    key = docs[0].name
    heading = Text(name, "bold").append(f"  on {', '.join(platforms)}; bare text stands for its {key}", "not bold dim")
    table = Table.grid(padding=(0, 3, 0, 0))
    for doc in docs:
        takes = ", ".join(filter(None, (doc.takes, doc.limits)))
        default = "; required" if doc.required else f"; {doc.default} when left out" if doc.default else ""
        about = Text(doc.about).append(f"\n{takes}{default}", "dim")
        table.add_row(Text(doc.name, "green"), about)
    return Group(heading, Padding(table, (0, 0, 0, 2)))


def type_json(name: str, platforms: Sequence[str], docs: Sequence[OptionDoc]) -> dict[str, Any]:
    """The same for programs."""
    options = [
        {
            "option": doc.name,
            "takes": doc.takes,
            "limits": doc.limits,
            "default": doc.default,
            "required": doc.required,
            "about": doc.about,
        }
        for doc in docs
    ]
    return {"type": name, "key": docs[0].name, "platforms": list(platforms), "options": options}


def profiles_view(profiles: Sequence[ProfileSummary]) -> RenderableType:
    """A table of all profiles, or a sentence when there are none."""
    if not profiles:
        return Text("No profile yet. Write profiles/base/linux.yml, or see what deskprov init writes.")
    heading = [Text(word, "bold") for word in ("Profile", "Platform", "Machines", "")]
    rows = [
        [Text(safe(cell)) for cell in (row.profile, row.platform or "any", str(len(row.hosts)), row.description)]
        for row in profiles
    ]
    return columns([heading, *rows])


def profiles_json(profiles: Sequence[ProfileSummary]) -> dict[str, Any]:
    """The stable form for programs (DESIGN section 6)."""
    return {
        "profiles": [
            {
                "profile": row.profile,
                "platform": row.platform,
                "file": row.file,
                "description": row.description,
                "hosts": list(row.hosts),
            }
            for row in profiles
        ]
    }


def _rows(setting: Setting) -> list[list[Text]]:
    own = [Text(setting.option), Text(_value(setting.value), "green"), Text(safe(str(setting.source)), "dim")]
    overridden = [
        [Text(""), Text("instead of ", "dim").append(_value(value)), Text(safe(str(source)), "dim")]
        for value, source in setting.overridden
    ]
    return [own, *overridden]


def _heading(profile: Profile) -> RenderableType:
    text = Text(profile.name, "bold").append(f"  {profile.platform}", "not bold")
    if len(profile.lineage) > 1:
        text.append(f"  builds on {', '.join(profile.lineage[:-1])}", "not bold dim")
    return text


def _value(value: object) -> str:
    text = value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
    lines = text.split("\n")
    shown = safe(lines[0]) if len(lines) < 3 and not any(lines[1:]) else f"{safe(lines[0])} … ({len(lines)} lines)"
    return shown if len(shown) <= VALUE_LENGTH else shown[: VALUE_LENGTH - 1] + "…"


def _place(source: Source) -> dict[str, object]:
    return {"file": source.file, "line": source.line}
