"""What stands in the way of setting a PC up, asked by the real program on the real engine, with stand-ins."""

from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from deskprov.model.check import Check, Verdict
from deskprov.model.inventory import Connection
from deskprov.model.platform import Platform
from deskprov.stages.examine.anywhere import Asked
from deskprov.stages.examine.machine import checks, questions
from deskprov.stages.facts import facts, facts_probes
from tests.powershell import CONSTRAINED, FULL, ask, key

pytestmark = pytest.mark.powershell

GIB = 2**30
BATTERY = {"EstimatedChargeRemaining": 12, "BatteryStatus": 1}
DRIVE = {"DeviceID": "C:", "Size": 237 * GIB, "FreeSpace": 99 * GIB}


def registry(
    current: dict[str, Any] | None = None, session: dict[str, Any] | None = None, active: str = "PC-1"
) -> dict[str, Any]:
    """`current` are keys below CurrentVersion, `session` values of the Session Manager, `active` the name in force."""
    filtered = key(values={"LocalAccountTokenFilterPolicy": ("DWord", 1)})
    version = key(**{"Policies": key(System=filtered), **(current or {})})
    name = {"ComputerName": ("String", "PC-1")}
    life = {"BootId": ("DWord", 212)}
    control = {
        "TimeZoneInformation": key(values={"TimeZoneKeyName": ("String", "Pacific Standard Time")}),
        "Session Manager": key(values=session or {}, **{"Memory Management": key(PrefetchParameters=key(values=life))}),
        "ComputerName": key(
            ComputerName=key(values=name), ActiveComputerName=key(values={"ComputerName": ("String", active)})
        ),
    }
    software = key(Microsoft=key(Windows=key(CurrentVersion=version)))
    return {"HKEY_LOCAL_MACHINE": key(SOFTWARE=software, SYSTEM=key(CurrentControlSet=key(Control=key(**control))))}


def examined(folder: Path, windows: dict[str, Any], kept: dict[str, Any], mode: str = FULL) -> dict[str, Check]:
    """Asked as `doctor` asks: with the facts."""
    probes = [*questions(Platform.WINDOWS, "deskprov"), *facts_probes(Platform.WINDOWS)]
    began = datetime.now(UTC)
    answer, *about = ask(folder, probes, windows, mode=mode, registry=kept)
    asked = Asked(Connection("192.0.2.1", transport="winrm"), began, datetime.now(UTC), None)
    return {check.name: check for check in checks(asked, answer, facts(Platform.WINDOWS, about))}


def test_everything_in_order(tmp_path: Path) -> None:
    found = examined(tmp_path, {"Win32_LogicalDisk": DRIVE, "Win32_Battery": []}, registry())
    assert {check.verdict for check in found.values()} == {Verdict.OK}
    assert found["disk"].found == "C: has 99.0 GiB free of 237.0 GiB"
    assert found["clock"].found.endswith("its time zone is Pacific Standard Time")


def test_everything_in_the_way_and_a_constrained_language(tmp_path: Path) -> None:
    current = {
        "Component Based Servicing": key(RebootPending=key()),
        "WindowsUpdate": key(**{"Auto Update": key(RebootRequired=key())}),
        "Installer": key(InProgress=key()),
        "Policies": key(System=key()),
    }
    session = {"PendingFileRenameOperations": ("MultiString", ["\\??\\C:\\new.dll", "!\\??\\C:\\old.dll"])}
    windows = {"Win32_LogicalDisk": {**DRIVE, "FreeSpace": 1}, "Win32_Battery": BATTERY}
    found = examined(tmp_path, windows, registry(current, session, active="DESKTOP-4711"), CONSTRAINED)
    assert {name: check.verdict.value for name, check in found.items() if check.verdict is not Verdict.OK} == {
        "sudo": "warning",
        "python": "warning",
        "disk": "failed",
        "package_lock": "warning",
        "reboot": "warning",
        "power": "warning",
    }
    assert found["reboot"].found == (
        "waits for a restart for parts of Windows, updates of Windows, files that are in use, its new name"
    )


def test_where_nothing_can_be_asked_each_check_says_so(tmp_path: Path) -> None:
    found = examined(
        tmp_path, {name: {"raises": "Access denied"} for name in ("Win32_LogicalDisk", "Win32_Battery")}, {}
    )
    for name in ("sudo", "disk", "reboot", "power"):
        assert found[name].verdict is Verdict.NOT_LOOKED_AT, name
    assert found["clock"].verdict is Verdict.OK, "the clock needs neither registry nor CIM"
