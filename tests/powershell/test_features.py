"""The probe of optional features, really run with a stand-in for CIM."""

from pathlib import Path
from typing import Any

import pytest

from deskprov.model.facts import Observation, Sight
from deskprov.model.platform import Platform
from deskprov.resources import BY_NAME, on_platform
from deskprov.resources.features import Options
from tests.powershell import CONSTRAINED, FULL, ask

pytestmark = pytest.mark.powershell

PLATFORM = on_platform(BY_NAME["features"], Platform.WINDOWS)


def feature(name: str, state: int | None) -> dict[str, Any]:
    """The form of Win32_OptionalFeature, learn.microsoft.com/windows/win32/cimwin32prov/win32-optionalfeature."""
    return {"Name": name, "InstallState": state, "Caption": "Característica 'ñ' \"x\""}


def look(folder: Path, windows: dict[str, Any], *names: str, mode: str = CONSTRAINED) -> list[Observation]:
    asked = [Options(name=name) for name in names]
    answers = ask(folder, [PLATFORM.probes(options)[0] for options in asked], windows, mode=mode)
    return [PLATFORM.observe(options, [answer]) for options, answer in zip(asked, answers, strict=True)]


@pytest.mark.parametrize("mode", [FULL, CONSTRAINED])
def test_on_off_and_unknown(tmp_path: Path, mode: str) -> None:
    features = [feature("TelnetClient", 1), feature("TFTP", 2), feature("NetFx3", 3), feature("Odd", 4)]
    seen = look(
        tmp_path, {"Win32_OptionalFeature": features}, "telnetclient", "TFTP", "NetFx3", "Odd", "None", mode=mode
    )
    assert seen == [{}, Sight.ABSENT, Sight.ABSENT, Sight.NOT_REPORTED, Sight.ABSENT]


def test_exactly_one_is_a_list_too_and_one_without_a_state_is_not_off(tmp_path: Path) -> None:
    assert look(tmp_path, {"Win32_OptionalFeature": feature("TFTP", 1)}, "TFTP", "None") == [{}, Sight.ABSENT]
    assert look(tmp_path, {"Win32_OptionalFeature": feature("TFTP", None)}, "TFTP") == [Sight.NOT_REPORTED]


@pytest.mark.parametrize(
    "windows",
    [{"Win32_OptionalFeature": {"raises": "Access denied "}}, {}, {"Win32_OptionalFeature": []}],
    ids=["denied", "no class", "empty"],
)
def test_no_answer_is_not_off(tmp_path: Path, windows: dict[str, Any]) -> None:
    assert look(tmp_path, windows, "TelnetClient") == [Sight.NOT_REPORTED]
