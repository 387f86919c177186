"""The probe of a registry value, really run on the engine's registry."""

from pathlib import Path
from typing import Any

import pytest

from deskprov.model.facts import Observation, Sight
from deskprov.model.platform import Platform
from deskprov.resources import BY_NAME, on_platform
from deskprov.resources.registry import Options
from tests.powershell import CONSTRAINED, FULL, ask, key

pytestmark = pytest.mark.powershell

HOSTILE = "a\"b'c`d$(e){{ f }} \u20ac\u00ad\U0001f5a8"
VALUES: dict[str, tuple[str, Any]] = {
    "Text": ("String", HOSTILE),
    "Path": ("ExpandString", "%PATH%\\x"),
    "Several": ("MultiString", ["one", "two"]),
    "One": ("MultiString", ["one"]),
    "None": ("MultiString", []),
    "Large": ("DWord", 4294967295),
    "Huge": ("QWord", 2**63 - 1),
    "Bytes": ("Binary", "00FF"),
    "A/b [c]*": ("String", "odd name"),
}
ODD = {"a/b": key(values={"": ("String", "unnamed"), "X": ("DWord", 2)})}
REGISTRY = {
    "HKEY_LOCAL_MACHINE": key(
        SOFTWARE=key(Example=key(values=VALUES, **{"[a]*": key(values={"X": ("DWord", 1)}), **ODD}))
    )
}
PLATFORM = on_platform(BY_NAME["registry"], Platform.WINDOWS)


def look(folder: Path, *values: str, mode: str = FULL) -> list[Observation]:
    asked = [Options(value=f"HKLM\\SOFTWARE\\{value}", state="absent") for value in values]
    probes = [probe for options in asked for probe in PLATFORM.probes(options)]
    answers = ask(folder, probes, {}, mode=mode, registry=REGISTRY)
    return [PLATFORM.observe(options, [answer]) for options, answer in zip(asked, answers, strict=True)]


def test_every_type_of_value(tmp_path: Path) -> None:
    assert look(tmp_path, *(f"Example\\{name}" for name in VALUES)) == [
        {"type": "string", "data": HOSTILE},
        {"type": "expandstring", "data": "%PATH%\\x"},
        {"type": "multistring", "data": "one\ntwo"},
        {"type": "multistring", "data": "one"},
        {"type": "multistring", "data": ""},
        {"type": "dword", "data": 4294967295},
        {"type": "qword", "data": 2**63 - 1},
        {"type": "binary", "data": "00ff"},
        {"type": "string", "data": "odd name"},
    ]


def test_what_is_not_there_and_names_that_look_like_patterns(tmp_path: Path) -> None:
    absent, no_key, pattern, other_case = look(
        tmp_path, "Example\\Nothing", "Nothing\\Text", "Example\\[a]*\\X", "EXAMPLE\\large"
    )
    assert (absent, no_key) == (Sight.ABSENT, Sight.ABSENT)
    assert pattern == {"type": "dword", "data": 1}
    assert other_case == {"type": "dword", "data": 4294967295}


def test_keys_with_a_slash_and_values_without_a_name(tmp_path: Path) -> None:
    unnamed, named, none = look(tmp_path, "Example\\a/b\\(Default)", "Example\\a/b\\x", "Example\\(Default)")
    assert unnamed == {"type": "string", "data": "unnamed"}
    assert named == {"type": "dword", "data": 2}
    assert none is Sight.ABSENT
    [constrained] = look(tmp_path, "Example\\a/b\\(Default)", mode=CONSTRAINED)
    assert constrained is Sight.NOT_REPORTED


def test_where_only_cmdlets_may_run_the_type_is_not_known(tmp_path: Path) -> None:
    text, number, absent = look(tmp_path, "Example\\Text", "Example\\Large", "Example\\Nothing", mode=CONSTRAINED)
    assert text == {"type": Sight.NOT_REPORTED, "data": HOSTILE}
    assert isinstance(number, dict)
    assert number["type"] is Sight.NOT_REPORTED
    assert absent is Sight.ABSENT
