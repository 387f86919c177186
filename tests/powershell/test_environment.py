"""The probe of an environment variable, really run on the engine's registry."""

from pathlib import Path

import pytest

from deskprov.model.facts import Observation, Sight
from deskprov.model.platform import Platform
from deskprov.resources import BY_NAME, on_platform
from deskprov.resources.environment import Options
from tests.powershell import CONSTRAINED, FULL, ask, key

pytestmark = pytest.mark.powershell

HOSTILE = "a\"b'c`d$(e){{ f }} \u20ac\U0001f5a8 100% sure"
VALUES = {
    "Example_Server": ("String", HOSTILE),
    "COMMON": ("ExpandString", "%COMPUTERNAME%-x"),
    "EMPTY": ("String", ""),
}
PLATFORM = on_platform(BY_NAME["environment"], Platform.WINDOWS)


def registry(values: dict[str, tuple[str, str]]) -> dict[str, object]:
    session = key(**{"Session Manager": key(Environment=key(values=values))})
    return {"HKEY_LOCAL_MACHINE": key(SYSTEM=key(CurrentControlSet=key(Control=session)))}


@pytest.mark.parametrize("mode", [FULL, CONSTRAINED])
def test_variables_of_the_computer(tmp_path: Path, mode: str) -> None:
    asked = [Options(name=name, state="absent") for name in ("EXAMPLE_SERVER", "COMMON", "EMPTY", "NONE")]
    probes = [PLATFORM.probes(options)[0] for options in asked]
    answers = ask(tmp_path, probes, {}, mode=mode, registry=registry(VALUES))
    seen: list[Observation] = [PLATFORM.observe(asked[0], [answer]) for answer in answers]
    assert seen == [{"value": HOSTILE}, {"value": "PC-1-x"}, {"value": ""}, Sight.ABSENT]


def test_a_computer_that_does_not_tell_is_not_one_without_variables(tmp_path: Path) -> None:
    options = Options(name="NONE", state="absent")
    answers = ask(tmp_path, PLATFORM.probes(options), {}, registry={"HKEY_LOCAL_MACHINE": key()})
    assert PLATFORM.observe(options, answers) is Sight.NOT_REPORTED
