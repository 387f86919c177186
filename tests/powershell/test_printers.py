"""Printers: the probe and the scripts, really run; print management is stood in for.

Forms: learn.microsoft.com/powershell/module/printmanagement, for Windows Server 2019.
"""

from pathlib import Path
from typing import Any

import pytest

from deskprov.model.facts import ProbeError, Sight
from deskprov.model.plan import Action, Change
from deskprov.model.platform import Platform, validated
from deskprov.model.resource import Resource
from deskprov.model.resource_type import SeesObstacles
from deskprov.model.source import Source
from deskprov.resources import BY_NAME, on_platform
from deskprov.resources.printers import IPP, Options
from tests.powershell import CONSTRAINED, FULL, ask, key
from tests.powershell.change import Changed, change

pytestmark = pytest.mark.powershell

PLATFORM = on_platform(BY_NAME["printers"], Platform.WINDOWS)
PDF = {"Name": "Microsoft Print to PDF", "DriverName": "Microsoft Print To PDF", "PortName": "PORTPROMPT:"}
COPIER = {"Name": "Fotocopiadora ñ \"'", "DriverName": IPP, "PortName": "deskprov 192.0.2.40:9100"}
PORT = {"Name": "deskprov 192.0.2.40:9100", "PrinterHostAddress": "192.0.2.40", "PortNumber": 9100}


def options(**stated: Any) -> Options:
    return validated(Options, {"name": COPIER["Name"], "address": "192.0.2.40", **stated}, Platform.WINDOWS)


@pytest.mark.parametrize("mode", [FULL, CONSTRAINED])
def test_one_at_a_port_of_tcp_and_one_that_comes_with_windows(tmp_path: Path, mode: str) -> None:
    windows = {"Get-Printer": [PDF, COPIER], "Get-PrinterPort": [{"Name": "PORTPROMPT:"}, PORT]}
    answers = ask(tmp_path, PLATFORM.probes(options()), windows, mode=mode)
    assert PLATFORM.observe(options(), answers) == {"address": "192.0.2.40", "port": 9100, "driver": IPP}
    pdf = options(name="microsoft print to pdf")
    assert PLATFORM.observe(pdf, answers) == {"address": "PORTPROMPT:", "port": 0, "driver": PDF["DriverName"]}
    assert PLATFORM.observe(options(name="None"), answers) is Sight.ABSENT


def test_exactly_one_none_and_a_spooler_that_does_not_run(tmp_path: Path) -> None:
    one = ask(tmp_path, PLATFORM.probes(options()), {"Get-Printer": [COPIER], "Get-PrinterPort": [PORT]})
    assert PLATFORM.observe(options(), one) == {"address": "192.0.2.40", "port": 9100, "driver": IPP}
    none = ask(tmp_path, PLATFORM.probes(options()), {})
    assert PLATFORM.observe(options(), none) is Sight.ABSENT
    stopped = {"Get-PrinterPort": {"raises": "The spooler service is not reachable."}}
    [answer] = ask(tmp_path, PLATFORM.probes(options()), stopped)
    assert isinstance(answer, ProbeError)
    assert PLATFORM.observe(options(), [answer]) is Sight.NOT_REPORTED


PLOTTER = {"name": "Plotter", "address": "192.0.2.41", "driver": "Example Plotter PS"}


def obstacles(folder: Path, windows: dict[str, Any], mode: str = FULL, **kept: Any) -> list[str]:
    """What would fail of a printer with a driver of its maker's, by the words of the plan."""
    plotter = validated(Options, PLOTTER, Platform.WINDOWS)
    assert isinstance(PLATFORM, SeesObstacles)
    answers = ask(folder, PLATFORM.probes(plotter), windows, mode=mode, registry=kept or None)
    assert PLATFORM.observe(plotter, answers) is Sight.ABSENT
    return [each.words for each in PLATFORM.obstacles(plotter, answers)]


@pytest.mark.parametrize("mode", [FULL, CONSTRAINED])
def test_a_driver_that_is_not_there_and_a_computer_that_takes_none_are_seen(tmp_path: Path, mode: str) -> None:
    there = {"Get-PrinterDriver": [{"Name": PLOTTER["driver"]}]}
    others = {"Get-PrinterDriver": [{"Name": IPP}, {"Name": "Another"}]}
    assert obstacles(tmp_path, there, mode, HKEY_LOCAL_MACHINE=key()) == []
    assert obstacles(tmp_path, others, mode, HKEY_LOCAL_MACHINE=key()) == [
        "there is no printer driver Example Plotter PS"
    ]
    mode_on = "Windows protected print mode takes no driver but the one of Windows, and printers.yml states "
    for protected in (PROTECTED, BY_HAND):
        assert obstacles(tmp_path, there, mode, **protected) == [f"{mode_on}Example Plotter PS"]
    assert obstacles(tmp_path, there, mode, **SWITCHED_OFF) == []
    denied = {"Get-PrinterDriver": {"raises": "Access denied"}}
    assert obstacles(tmp_path, denied, mode, HKEY_LOCAL_MACHINE=key()) == []


STUBS = """
function Get-Printer { $State.printers }
function Get-PrinterPort { $State.ports }
function Get-PrinterDriver { $State.drivers }
function Add-PrinterDriver([string]$Name) { $State.drivers += @([pscustomobject]@{ Name = $Name }) }
function Add-PrinterPort([string]$Name, [string]$PrinterHostAddress, [int]$PortNumber) {
    $made = @{ Name = $Name; PrinterHostAddress = $PrinterHostAddress; PortNumber = $PortNumber }
    $State.ports += @([pscustomobject]$made)
}
function Add-Printer([string]$Name, [string]$DriverName, [string]$PortName) {
    $State.printers += @([pscustomobject]@{ Name = $Name; DriverName = $DriverName; PortName = $PortName })
}
function Set-Printer([string]$Name, [string]$DriverName, [string]$PortName) {
    foreach ($printer in $State.printers) {
        if ($printer.Name -eq $Name) { $printer.DriverName = $DriverName; $printer.PortName = $PortName }
    }
}
function Remove-Printer([string]$Name) { $State.printers = @($State.printers | Where-Object { $_.Name -ne $Name }) }
function Remove-PrinterPort([string]$Name) { $State.ports = @($State.ports | Where-Object { $_.Name -ne $Name }) }
"""
FRESH = {"printers": [PDF], "ports": [{"Name": "PORTPROMPT:"}], "drivers": [{"Name": "Microsoft Print To PDF"}]}


def protected(**values: int) -> dict[str, Any]:
    """A registry with these values about protected print mode."""
    mode = key(values={name: ("DWord", value) for name, value in values.items()})
    policies = key(Microsoft=key(**{"Windows NT": key(Printers=key(WPP=mode))}))
    return {"HKEY_LOCAL_MACHINE": key(SOFTWARE=key(Policies=policies))}


PROTECTED = protected(WindowsProtectedPrintGroupPolicyState=1)
BY_HAND = protected(WindowsProtectedPrintMode=1, EnabledBy=2)
SWITCHED_OFF = protected(WindowsProtectedPrintMode=0)


def run(folder: Path, kept: Any, *, registry: Any = None, check: bool = False, **stated: Any) -> Changed:
    wanted = options(**stated)
    action = Action.DELETE if wanted.state == "absent" else Action.CREATE
    [task] = PLATFORM.tasks(Change(Resource("printers", wanted.name, wanted, Source("a.yml", 1)), action))
    return change(folder, task, stubs=STUBS, state=kept, registry=registry, check=check)


def test_made_corrected_and_removed_with_its_port(tmp_path: Path) -> None:
    checked = run(tmp_path, FRESH, check=True)
    assert (checked.changed, checked.state) == (True, FRESH)
    made = run(tmp_path, FRESH, registry=PROTECTED)
    assert (made.changed, made.failed) == (True, "")
    assert (made.state["printers"], made.state["ports"][1:]) == ([PDF, COPIER], [PORT])
    again = run(tmp_path, made.state)
    assert (again.changed, again.state) == (False, made.state)
    moved = run(tmp_path, made.state, address="printer.example.org", port=9101)
    assert moved.state["printers"][1]["PortName"] == "deskprov printer.example.org:9101"
    assert [port["Name"] for port in moved.state["ports"]] == ["PORTPROMPT:", "deskprov printer.example.org:9101"]
    gone = run(tmp_path, moved.state, state="absent")
    assert (gone.changed, gone.state["printers"], gone.state["ports"]) == (True, [PDF], FRESH["ports"])
    nothing = run(tmp_path, gone.state, state="absent")
    assert (nothing.changed, nothing.failed) == (False, "")


def test_a_port_that_another_printer_uses_stays(tmp_path: Path) -> None:
    kept = {**FRESH, "printers": [COPIER, {**COPIER, "Name": "Other"}], "ports": [PORT]}
    assert run(tmp_path, kept, state="absent").state["ports"] == [PORT]


def test_a_driver_that_is_not_there_or_not_allowed_is_said_in_words(tmp_path: Path) -> None:
    missing = run(tmp_path, FRESH, driver="Example PS")
    assert "There is no driver 'Example PS' on this computer" in missing.failed
    there = {**FRESH, "drivers": [{"Name": "Example PS"}]}
    assert run(tmp_path, there, driver="Example PS").failed == ""
    refused = run(tmp_path, there, registry=PROTECTED, driver="Example PS")
    assert "protected print mode" in refused.failed
    assert refused.state == there
