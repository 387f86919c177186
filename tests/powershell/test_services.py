"""The probe of a service, really run with a stand-in for CIM."""

from pathlib import Path
from typing import Any

import pytest

from deskprov.model.facts import Observation, ProbeError, Sight
from deskprov.model.platform import Platform
from deskprov.resources import BY_NAME, on_platform
from deskprov.resources.services import Options
from tests.powershell import CONSTRAINED, FULL, ask

pytestmark = pytest.mark.powershell

SPOOLER: dict[str, Any] = {
    "only_if": "Name='Spooler'",
    "StartMode": "Auto",
    "DelayedAutoStart": False,
    "State": "Running",
    "PathName": "C:\\WINDOWS\\System32\\spoolsv.exe",
    "DisplayName": "Cola de impresión",
    "Description": None,
}
"""The form of Win32_Service, learn.microsoft.com/windows/win32/cimwin32prov/win32-service."""

SEEN = {
    "startup": "automatic",
    "running": True,
    "path": "C:\\WINDOWS\\System32\\spoolsv.exe",
    "title": "Cola de impresión",
    "description": "",
}
PLATFORM = on_platform(BY_NAME["services"], Platform.WINDOWS)


def look(folder: Path, windows: dict[str, Any], *names: str, mode: str = CONSTRAINED) -> list[Observation]:
    asked = [Options(name=name) for name in names]
    answers = ask(folder, [PLATFORM.probes(options)[0] for options in asked], windows, mode=mode)
    return [PLATFORM.observe(options, [answer]) for options, answer in zip(asked, answers, strict=True)]


@pytest.mark.parametrize("mode", [FULL, CONSTRAINED])
def test_one_that_is_there_and_one_that_is_not(tmp_path: Path, mode: str) -> None:
    late = {**SPOOLER, "only_if": "Name='Late'", "DelayedAutoStart": True, "State": "Stopped"}
    seen = look(tmp_path, {"Win32_Service": [SPOOLER, late]}, "Spooler", "Late", "None", mode=mode)
    assert seen == [SEEN, {**SEEN, "startup": "delayed", "running": False}, Sight.ABSENT]


@pytest.mark.parametrize("windows", [{"Win32_Service": {"raises": "Access denied "}}, {}], ids=["denied", "no class"])
def test_a_refusal_is_not_an_absence(tmp_path: Path, windows: dict[str, Any]) -> None:
    [probe] = PLATFORM.probes(Options(name="Spooler"))
    [answer] = ask(tmp_path, [probe], windows)
    assert isinstance(answer, ProbeError)
    assert look(tmp_path, windows, "Spooler") == [Sight.NOT_REPORTED]
