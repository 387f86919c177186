"""A change that no module makes: a PowerShell file beside the type, run by ansible.windows.win_powershell.

The file is constant code. It takes its values as parameters, says `[CmdletBinding(SupportsShouldProcess)]`, without
which the module skips it in check mode, looks at `$Ansible.CheckMode` before it changes anything, and sets
`$Ansible.Changed` to what it did. Its failures are exceptions.
"""

from collections.abc import Mapping
from typing import Any

from deskprov.model.probe import script_beside
from deskprov.model.secret import SecretText
from deskprov.model.task import Task

WIN_POWERSHELL = "ansible.windows.win_powershell"


def script_task(
    phrase: str,
    package: str | None,
    file: str,
    parameters: Mapping[str, Any],
    *,
    secrets: Mapping[str, SecretText] | None = None,
    seconds: float = 3.0,
) -> Task:
    """The task that runs the file. `secrets` arrive as `SecureString`s; a parameter that is None is left out."""
    given = {name: value for name, value in parameters.items() if value is not None}
    arguments: dict[str, Any] = {"script": script_beside(str(package), file).text, "parameters": given}
    if secrets:
        arguments["sensitive_parameters"] = [{"name": name, "value": value} for name, value in secrets.items()]
    return Task(phrase, WIN_POWERSHELL, arguments, seconds=seconds)
