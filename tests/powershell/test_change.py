"""That the harness for changes shows what a script does, what it fails with and what it says."""

from pathlib import Path

import pytest

from deskprov.formats.own_script import WIN_POWERSHELL
from deskprov.model.task import Task
from tests.powershell import key
from tests.powershell.change import change

pytestmark = pytest.mark.powershell

SCRIPT = """
[CmdletBinding(SupportsShouldProcess)]
param([string]$Name, [string[]]$Many = @(), [System.Security.SecureString]$Word)
$Ansible.Changed = $false
if ($Name -eq 'bad') { throw "no $Name" }
if ($Word) { Write-Verbose -Message "a word of $($Word.Length)" }
if ($State.thing -eq $Name) { return }
$Ansible.Changed = $true
if ($Ansible.CheckMode) { return }
Set-Thing -Name $Name
Set-ItemProperty -LiteralPath HKLM:\\SOFTWARE\\Example -Name Many -Value $Many.Count
"""
STUBS = "function Set-Thing($Name) { $State.thing = $Name }"
REGISTRY = {"HKEY_LOCAL_MACHINE": key(SOFTWARE=key(Example=key(values={"Many": ("DWord", 0)})))}


def task(**parameters: object) -> Task:
    sensitive = {"sensitive_parameters": [{"name": "Word", "value": "x"}]} if parameters.pop("word", False) else {}
    return Task("Do", WIN_POWERSHELL, {"script": SCRIPT, "parameters": parameters, **sensitive})


def test_what_a_script_changes_says_and_fails_with(tmp_path: Path) -> None:
    state = {"thing": "a'b"}
    done = change(tmp_path, task(Name="c'd", Many=["1", "2"]), stubs=STUBS, state=state, registry=REGISTRY)
    assert (done.changed, done.failed, done.state) == (True, "", {"thing": "c'd"})
    example = done.registry["HKEY_LOCAL_MACHINE"]["keys"]["SOFTWARE"]["keys"]["Example"]
    assert example["values"]["Many"]["data"] == 2
    checked = change(tmp_path, task(Name="c'd"), stubs=STUBS, state=state, registry=REGISTRY, check=True)
    assert (checked.changed, checked.state) == (True, state)
    again = change(tmp_path, task(Name="a'b", word=True), stubs=STUBS, state=state, secrets={"Word": "canary"})
    assert (again.changed, again.said) == (False, ["a word of 6"])
    assert b"canary" not in again.raw
    failed = change(tmp_path, task(Name="bad"), stubs=STUBS, state=state)
    assert (failed.failed, failed.state) == ("no bad", state)
