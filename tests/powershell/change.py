"""Runs the script of a change as ansible.windows.win_powershell would, on stand-ins for Windows that keep state.

The module's own code does not run here: `$Ansible` is an object with the properties that its documentation names
(ansible.windows 3.3.0), the parameters are plain data, and what is sensitive is a `SecureString`.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from deskprov.formats.own_script import WIN_POWERSHELL
from deskprov.model.secret import SecretText
from deskprov.model.task import Task
from tests.powershell import FULL, run

BEGIN, END = "<<deskprov-test", "deskprov-test>>"

HARNESS = """
$Given = ConvertFrom-Json -InputObject '%(given)s'
$Ansible = [pscustomobject]@{
    Changed = $true; CheckMode = [bool]$Given.check; Failed = $false; Result = @{}; Verbosity = 0
    Tmpdir = 'C:\\Windows\\Temp\\ansible'; Diff = @{}
}
$Parameters = @{}
foreach ($each in $Given.parameters.PSObject.Properties) { $Parameters[$each.Name] = $each.Value }
foreach ($each in $Given.secrets.PSObject.Properties) {
    $secure = New-Object -TypeName System.Security.SecureString
    foreach ($character in $each.Value.ToCharArray()) { $secure.AppendChar($character) }
    $Parameters[$each.Name] = $secure
}
$Given = $null
%(stubs)s
$VerbosePreference = 'Continue'
$failure = ''
$said = @()
try { $said = @(& (Join-Path -Path $PSScriptRoot -ChildPath 'change.ps1') @Parameters *>&1) }
catch { $failure = "$_" }
$end = @{
    changed = [bool]$Ansible.Changed; failed = $failure; said = @($said | ForEach-Object { "$_" })
    state = $State; result = $Ansible.Result
}
'%(begin)s' + (ConvertTo-Json -InputObject $end -Depth 20 -Compress) + '%(end)s'
"""


@dataclass(frozen=True)
class Changed:
    """How it ended: `changed` as the script says, `failed` its exception or empty, `said` every stream, in texts.

    `result` is `$Ansible.Result`, `state` what the stand-ins kept in `$State`, `registry` that of the engine
    afterwards; `raw` all output, bytes.
    """

    changed: bool
    failed: str
    said: list[str]
    state: Any
    result: Any
    registry: Mapping[str, Any]
    raw: bytes = field(repr=False)


def change(
    folder: Path,
    task: Task,
    *,
    stubs: str = "",
    state: Any = None,
    registry: Mapping[str, Any] | None = None,
    secrets: Mapping[str, str] | None = None,
    check: bool = False,
) -> Changed:
    """What the task's script does. `stubs` are functions in PowerShell, which may keep `state` in `$State`.

    `secrets` are the texts of the sensitive parameters, by name.
    """
    assert task.module == WIN_POWERSHELL
    sensitive = {each["name"] for each in task.arguments.get("sensitive_parameters", ())}
    assert sensitive == set(secrets or {})
    assert not any(isinstance(value, SecretText) for value in task.arguments["parameters"].values())
    (folder / "change.ps1").write_text(task.arguments["script"], "ascii")
    given = {"parameters": task.arguments["parameters"], "secrets": dict(secrets or {}), "check": check}
    kept = f"$State = ConvertFrom-Json -InputObject '{_literal(state if state is not None else {})}'"
    words = {"given": _literal(given), "stubs": f"{kept}\n{stubs}", "begin": BEGIN, "end": END}
    raw = run(folder, HARNESS % words, mode=FULL, registry=registry)
    end = json.loads(raw.decode("utf-8", "strict").partition(BEGIN)[2].partition(END)[0])
    after = json.loads((folder / "registry.json").read_text("utf-8-sig"))
    return Changed(end["changed"], end["failed"], end["said"], end["state"], end["result"], after, raw)


def _literal(value: Any) -> str:
    return json.dumps(value).replace("'", "\\u0027")
