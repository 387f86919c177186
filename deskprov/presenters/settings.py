"""The settings in force, and what a new site is."""

import re
from collections.abc import Mapping, Sequence
from typing import Any

from rich.console import RenderableType
from rich.text import Text

from deskprov.model.settings import SettingsInForce
from deskprov.presenters.columns import columns
from deskprov.presenters.safe_text import safe

_PASSWORD_IN_URL = re.compile(r"(?<=:)[^:@/]+(?=@)")


def settings_view(in_force: SettingsInForce) -> RenderableType:
    """A table: setting, value, origin."""
    rows = [[Text(word, "bold") for word in ("Setting", "Value", "From")]]
    for name, value in _values(in_force).items():
        origin = in_force.origins[name]
        rows.append([Text(name), Text(safe(_words(value))), Text(safe(origin), "dim" if origin == "default" else "")])
    return columns(rows)


def settings_json(in_force: SettingsInForce) -> dict[str, Any]:
    """Each setting with value and origin."""
    values = _values(in_force).items()
    return {"settings": [{"setting": n, "value": value, "from": in_force.origins[n]} for n, value in values]}


def after_init(folder: str, files: Sequence[str], key_file: str) -> Text:
    """What was made, and what to do next."""
    where = "here" if folder == "." else f"in {safe(folder)}"
    text = Text(f"✓ A site of {len(files)} files {where}.", "green")
    text.append(
        f"\n  Its private key is {safe(key_file)}: keep a copy of that file in the safe, never in git.\n  It opens the "
        "passwords that deskprov keeps; whoever loses it loses them.",
        "not green",
    )
    go = "" if folder == "." else f"cd {safe(folder)} && "
    return text.append(f"\nNext: {go}deskprov validate", "not green").append(
        "    then look into profiles/", "dim not green"
    )


def _values(in_force: SettingsInForce) -> dict[str, Any]:
    values = in_force.settings.model_dump(mode="json", exclude_none=False)
    if values["database"]:
        values["database"] = _PASSWORD_IN_URL.sub("…", values["database"])
    return values


def _words(value: Any) -> str:
    if value is None or value in ({}, []):
        return "-"
    if isinstance(value, Mapping):
        return ", ".join(f"{name}: {_words(_short(part))}" for name, part in value.items())
    return ", ".join(str(item) for item in value) if isinstance(value, list) else str(value)


def _short(value: Any) -> Any:
    """A secret's provider as its one stated part."""
    if isinstance(value, Mapping):
        return next((f"{name} {_words(part)}" for name, part in value.items() if part), "")
    return value
