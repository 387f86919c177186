"""What a Windows PC says of its name, zone and domain, and the script of its workgroup, really run with stand-ins."""

from pathlib import Path
from typing import Any

import pytest

from deskprov.model.facts import Sight
from deskprov.model.plan import Action, Change, Difference
from deskprov.model.platform import Platform
from deskprov.model.resource import Resource
from deskprov.model.source import Source
from deskprov.resources import BY_NAME, on_platform
from deskprov.resources.computer import Options
from tests.powershell import CONSTRAINED, FULL, ask, key
from tests.powershell.change import change

pytestmark = pytest.mark.powershell

PLATFORM = on_platform(BY_NAME["computer"], Platform.WINDOWS)
SYSTEM: dict[str, Any] = {"PartOfDomain": False, "Domain": "WORKGROUP", "Workgroup": "WORKGROUP"}
"""The form of Win32_ComputerSystem, learn.microsoft.com/windows/win32/cimwin32prov/win32-computersystem."""

PC: dict[str, Any] = {"Win32_ComputerSystem": [SYSTEM], "Win32_OperatingSystem": [{"Description": 'Aula ñ "1" 漢'}]}
SEEN = {
    "name": "LAB-07",
    "description": 'Aula ñ "1" 漢',
    "time_zone": "America/Los_Angeles",
    "domain": None,
    "workgroup": "WORKGROUP",
}
STUBS = """
function Get-CimInstance { param($ClassName, $Property, $ErrorAction) [pscustomobject]$State.system }
function Add-Computer {
    param([string]$WorkgroupName, [switch]$Force, $ErrorAction)
    $State.system.Workgroup = $WorkgroupName
    'WARNING: The changes will take effect after you restart the computer.'
}
"""
"""learn.microsoft.com/powershell/module/microsoft.powershell.management/add-computer?view=powershell-5.1"""


def registry(zone: str = "Pacific Standard Time") -> dict[str, Any]:
    control = key(
        ComputerName=key(ComputerName=key(values={"ComputerName": ("String", "LAB-07")})),
        TimeZoneInformation=key(values={"TimeZoneKeyName": ("String", zone)}),
    )
    return {"HKEY_LOCAL_MACHINE": key(SYSTEM=key(CurrentControlSet=key(Control=control)))}


def look(folder: Path, windows: dict[str, Any], mode: str = CONSTRAINED, zone: str = "Pacific Standard Time") -> Any:
    options = Options(name="LAB-07")
    return PLATFORM.observe(options, ask(folder, PLATFORM.probes(options), windows, mode=mode, registry=registry(zone)))


@pytest.mark.parametrize("mode", [FULL, CONSTRAINED])
def test_a_pc_in_a_workgroup(tmp_path: Path, mode: str) -> None:
    assert look(tmp_path, PC, mode) == SEEN


def test_one_in_a_domain_whose_zone_has_rubbish_behind_it(tmp_path: Path) -> None:
    inside = {**PC, "Win32_ComputerSystem": [{"PartOfDomain": True, "Domain": "example.org", "Workgroup": None}]}
    seen = look(tmp_path, inside, zone="Pacific Standard Time\0\u4e00x")
    assert seen == {**SEEN, "domain": "example.org", "workgroup": None}


def test_a_refusal_is_no_empty_name(tmp_path: Path) -> None:
    assert look(tmp_path, {**PC, "Win32_ComputerSystem": {"raises": "Access denied "}}) is Sight.NOT_REPORTED


def test_a_workgroup_is_set_once_in_check_mode_not_at_all_and_never_out_of_a_domain(tmp_path: Path) -> None:
    wanted = Resource("computer", "this", Options(workgroup="LIBRARY"), Source("profiles/a.yml", 1))
    differs = [Difference("workgroup", "WORKGROUP", "LIBRARY", None)]
    [task] = PLATFORM.tasks(Change(wanted, Action.UPDATE, differences=differs))
    made = change(tmp_path, task, stubs=STUBS, state={"system": SYSTEM})
    assert (made.changed, made.failed, made.state["system"]["Workgroup"]) == (True, "", "LIBRARY")
    assert not change(tmp_path, task, stubs=STUBS, state=made.state).changed
    tried = change(tmp_path, task, stubs=STUBS, state={"system": SYSTEM}, check=True)
    assert (tried.changed, tried.state["system"]["Workgroup"]) == (True, "WORKGROUP")
    inside = change(tmp_path, task, stubs=STUBS, state={"system": {**SYSTEM, "PartOfDomain": True}})
    assert (inside.changed, "an account of that domain" in inside.failed) == (False, True)
