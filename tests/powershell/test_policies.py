"""Types that are sets of policies: each option is read from where Windows keeps it, on the engine's registry."""

from collections.abc import Mapping
from itertools import islice
from pathlib import Path
from typing import Any

import pytest

from deskprov.formats.windows_registry import WIN_REGEDIT
from deskprov.model.facts import Observation, ProbeError, Sight
from deskprov.model.plan import Action, Change
from deskprov.model.platform import Platform, validated
from deskprov.model.resource import Resource
from deskprov.model.resource_type import THIS
from deskprov.model.source import Source
from deskprov.resources import BY_NAME, on_platform
from tests.powershell import CONSTRAINED, FULL, ask, key

pytestmark = pytest.mark.powershell

STATED: Mapping[str, Mapping[str, Any]] = {
    "power": {
        "plan": "power-saver",
        "display_minutes": 1,
        "display_minutes_on_battery": 2,
        "sleep_minutes": 3,
        "sleep_minutes_on_battery": 4,
        "hibernate_minutes": 5,
        "hibernate_minutes_on_battery": 6,
        "lid": "nothing",
        "lid_on_battery": "hibernate",
        "fast_startup": False,
    },
    "remote_access": {"remote_desktop": False, "network_level_authentication": False, "remote_assistance": False},
    "screen_lock": {"after_minutes": 9999, "password_after_sleep": True, "hide_last_user": True},
    "updates": {
        "install": "automatic",
        "active_from": 20,
        "active_until": 6,
        "restart_while_logged_on": True,
        "defer_quality_days": 30,
        "defer_feature_days": 365,
        "target_release": "24H2",
        "drivers": False,
        "people_may_pause": False,
    },
}
"""Every option of each, at values that no other option has."""

KINDS = {"dword": "DWord", "string": "String"}


def options(kind: str) -> Any:
    return validated(BY_NAME[kind].Options, STATED[kind], Platform.WINDOWS)


def registry(spec: Mapping[str, Mapping[str, Any]]) -> dict[str, Any]:
    """What the types' own tasks would make of an empty registry."""
    hive = key()
    for kind, stated in spec.items():
        wanted = validated(BY_NAME[kind].Options, stated, Platform.WINDOWS)
        change = Change(Resource(kind, THIS, wanted, Source("profiles/a.yml", 1)), Action.CREATE)
        made = on_platform(BY_NAME[kind], Platform.WINDOWS).tasks(change)
        for task in (each for each in made if each.module == WIN_REGEDIT):
            place = hive
            for part in task.arguments["path"].split("\\")[1:]:
                place = place["keys"].setdefault(part, key())
            value = {"kind": KINDS[task.arguments["type"]], "data": task.arguments["data"]}
            place["values"][task.arguments["name"]] = value
    return {"HKEY_LOCAL_MACHINE": hive}


def look(folder: Path, kept: Mapping[str, Any], mode: str) -> dict[str, Observation]:
    """What each type sees there, asked at once. No question fails."""
    asked = {kind: on_platform(BY_NAME[kind], Platform.WINDOWS).probes(options(kind)) for kind in STATED}
    answers = ask(folder, [probe for probes in asked.values() for probe in probes], {}, mode=mode, registry=kept)
    assert not [answer for answer in answers if isinstance(answer, ProbeError)]
    rest = iter(answers)
    of_kind = {kind: list(islice(rest, len(probes))) for kind, probes in asked.items()}
    return {
        kind: on_platform(BY_NAME[kind], Platform.WINDOWS).observe(options(kind), own) for kind, own in of_kind.items()
    }


@pytest.mark.parametrize("mode", [FULL, CONSTRAINED])
def test_what_is_set_is_seen_and_an_empty_registry_is_absent(tmp_path: Path, mode: str) -> None:
    assert look(tmp_path, registry(STATED), mode) == STATED
    assert look(tmp_path, {"HKEY_LOCAL_MACHINE": key()}, mode) == dict.fromkeys(STATED, Sight.ABSENT)


def test_values_of_another_kind_are_shown_as_they_are_and_never_as_wanted(tmp_path: Path) -> None:
    kept = registry(STATED)
    _spoil(kept["HKEY_LOCAL_MACHINE"])
    for kind, seen in look(tmp_path, kept, FULL).items():
        assert isinstance(seen, dict)
        assert not [option for option, value in seen.items() if value == STATED[kind][option]]


def _spoil(place: dict[str, Any]) -> None:
    for value in place["values"].values():
        value |= {"kind": "String", "data": "\" ' ñ 漢 {{ 7 }}"}
    for below in place["keys"].values():
        _spoil(below)


RULES = "SYSTEM\\CurrentControlSet\\Services\\SharedAccess\\Parameters\\FirewallPolicy\\FirewallRules"


@pytest.mark.parametrize(
    ("active", "seen"), [("TRUE", True), ("FALSE", "on, but the firewall stops it"), ("", Sight.NOT_REPORTED)]
)
def test_remote_desktop_is_on_only_if_the_firewall_lets_it_through(tmp_path: Path, active: str, seen: Any) -> None:
    """The rule has the form of the example in [MS-GPFAS] 4.2; one whose data is a number is no rule."""
    kept = registry({"remote_access": {"remote_desktop": True}})
    place = kept["HKEY_LOCAL_MACHINE"]
    for part in RULES.split("\\"):
        place = place["keys"].setdefault(part, key())
    text = f"v2.31|Action=Allow|Active={active}|Dir=In|Protocol=6|LPort=3389|Name=x|"
    place["values"]["RemoteDesktop-UserMode-In-TCP"] = (
        {"kind": "String", "data": text} if active else {"kind": "DWord", "data": 1}
    )
    found = look(tmp_path, kept, CONSTRAINED)["remote_access"]
    assert isinstance(found, dict)
    assert found["remote_desktop"] == seen


@pytest.mark.parametrize("kind", STATED)
def test_a_registry_that_does_not_answer_is_no_absence(kind: str) -> None:
    platform = on_platform(BY_NAME[kind], Platform.WINDOWS)
    for wanted in (options(kind), validated(BY_NAME[kind].Options, {"state": "absent"}, Platform.WINDOWS)):
        denied = [ProbeError("SecurityException: Requested registry access is not allowed.")]
        answers = denied * len(platform.probes(wanted))
        assert platform.observe(wanted, answers) is Sight.NOT_REPORTED
        assert platform.observe(wanted, [*answers[1:], None]) is not Sight.ABSENT
