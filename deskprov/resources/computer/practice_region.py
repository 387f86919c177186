"""Region and keyboards of a practice PC: of deskprov's account, of the welcome screen and of people who come later."""

import copy
from collections.abc import Mapping
from typing import Any

from deskprov.model.practice_models import ModuleFailed, State

_AMERICAN: Mapping[str, Any] = {"region": "244", "regional_format": "en-US", "keyboards": [["en-US", "0409:00000409"]]}

FRESH: Mapping[str, Any] = {
    **{name: dict(_AMERICAN) for name in ("own", "welcome", "new")},
    "system_locale": "en-US",
    "next_locale": "",
}


def look(state: State, argument: Any) -> Any:
    """In the form of probe_region_windows.ps1."""
    welcome = state["region"]["welcome"]
    keyboards = [{"language": language, "layouts": [layout]} for language, layout in welcome["keyboards"]]
    return {**welcome, "keyboards": keyboards, "system_locale": state["region"]["system_locale"]}


def win_region(state: State, arguments: Mapping[str, Any]) -> Mapping[str, Any]:
    """Of deskprov's own account, and the system's from the next start on."""
    if arguments.get("copy_settings") or arguments.get("location"):
        raise ModuleFailed("practice PC: no model of a location and of copies by this module")
    own, locale, before = state["region"]["own"], arguments.get("unicode_language"), copy.deepcopy(state["region"])
    own["regional_format"] = arguments.get("format") or own["regional_format"]
    if locale and locale != state["region"]["system_locale"]:
        state["region"]["next_locale"] = locale
    return {"changed": state["region"] != before, "restart_required": bool(locale)}


def change(state: State, parameters: Mapping[str, Any]) -> Mapping[str, Any]:
    """change_region_windows.ps1; the layout of a language that states none is not known here."""
    region = state["region"]
    own, before = region["own"], copy.deepcopy(region)
    if number := parameters.get("GeoId"):
        own["region"] = str(number)
    if keyboards := parameters.get("Keyboards"):
        own["keyboards"] = [each.partition("/")[::2] for each in keyboards]
    region["new"] = region["welcome"] = copy.deepcopy(own)
    return {"changed": region != before}


def start(state: State) -> None:
    """The system's locale has its effect."""
    region = state["region"]
    region["system_locale"], region["next_locale"] = region["next_locale"] or region["system_locale"], ""
