"""What stands for PowerShell: takes a command line and its input for what they ask, and finds the model that answers.

Three things are known: a module or script of Ansible's, in its manifest; deskprov's own questions; and a few commands
that Ansible sends as such. All else is refused with a line on standard error, and in the journal.
"""

import base64
import binascii
import json
import re
from collections.abc import Mapping
from typing import Any

from deskprov.model.practice_models import State
from deskprov.practice.windows import manifest, questions
from deskprov.practice.windows.computer import Computer
from deskprov.practice.windows.journal import Journal
from deskprov.practice.windows.manifest import Payload
from deskprov.practice.windows.module_runs import run_module
from deskprov.practice.windows.pace import Pace
from deskprov.practice.windows.scripts import SCRIPTS, removal, remove_item, run_script
from deskprov.practice.windows.shells import Output

ENCODED = re.compile(r"powershell(?:\.exe)? .*-encodedcommand (?P<script>[A-Za-z0-9+/=]+)\Z", re.IGNORECASE)
LINE_OF_NULS = "`0`0`0`0"
"""What Ansible's wrapper looks for in its input; nothing else of it is the same in every release."""

DESKPROV_BOOTSTRAP = "\n".join(
    (
        "$ProgressPreference = 'SilentlyContinue'",
        "try { [Console]::OutputEncoding = New-Object -TypeName System.Text.UTF8Encoding } catch { }",
        'Invoke-Expression (@($input) -join "`n")',
    )
)
"""What deskprov starts its own programs with (adapters/powershell/bootstrap.ps1)."""

WHO = re.compile(r"\(Get-ItemProperty .*\)\.MachineGuid\n\(Get-Cim.*\)\.UUID\n\(Get-Cim.*\)\.SerialNumber\Z")
"""With what deskprov makes sure that it is still the machine it looked at (stages/render/guard_windows.ps1)."""


RAW_ENDING = "\nexit $LASTEXITCODE"
"""What Ansible's PSRP connection puts behind a command that it takes for a script (plugins/connection/psrp.py)."""


class PowerShell:
    """Runs command lines on one computer, and notes each in its journal."""

    def __init__(self, computer: Computer, journal: Journal, pace: Pace) -> None:
        self._computer = computer
        self._journal = journal
        self._pace = pace

    def run(self, command_line: str, stdin: bytes) -> Output:
        """What it said. Never raises: what cannot be answered is refused as a program would."""
        script = _script(command_line)
        if script is None:
            return self._refuse(f"no model of the command line {command_line[:80]!r}")
        self._pace.start()
        return self.run_script(script, stdin)

    def run_script(self, script: str, stdin: bytes) -> Output:
        """The same for a script without a command line, as PSRP brings it. deskprov's own program is one there."""
        if LINE_OF_NULS in script:
            return self._ansible(stdin)
        if script.strip() == DESKPROV_BOOTSTRAP:
            return self._questions(stdin)
        if questions.PROGRAM.search(script.encode()):
            return self._questions(script.encode())
        script = script.removesuffix(RAW_ENDING)
        if WHO.match(script.strip()):
            self._journal.script("who is it", {})
            return Output(self._computer.look(_identity))
        if (path := removal(script)) is not None:
            self._journal.script("Remove-Item", {"Path": path})
            return self._computer.change(lambda state: remove_item(state, path))
        return self._refuse(f"no model of the script that begins {script[:80]!r}")

    def _ansible(self, stdin: bytes) -> Output:
        try:
            payload = manifest.decode(stdin)
        except ValueError as error:
            return self._refuse(f"this is not what Ansible sends as far as is known: {error}")
        if payload.module:
            return self._module(payload)
        if payload.script not in SCRIPTS:
            return self._refuse(f"no model of Ansible's script {payload.script}")
        self._journal.script(payload.script, payload.arguments)
        name, parameters, lines = payload.script, payload.arguments, payload.lines
        return self._computer.change(lambda state: run_script(state, name, parameters, lines))

    def _questions(self, program: bytes) -> Output:
        try:
            asked = questions.read(program)
        except ValueError as error:
            return self._refuse(f"no model of this program: {error}")
        self._journal.asked(asked)
        return Output(questions.answer(self._computer, asked))

    def _module(self, payload: Payload) -> Output:
        result = run_module(self._computer, payload)
        self._journal.module(payload, result)
        return Output(_json(result), exit_code=1 if result.get("failed") else 0)

    def _refuse(self, why: str) -> Output:
        self._journal.refused(why)
        return Output(b"", f"practice PC: {why}\r\n".encode(), 1)


def reads_input(command_line: str) -> bool:
    """True for a command line that starts PowerShell with a script that looks at its standard input."""
    return "$input" in (_script(command_line) or "").lower()


def _script(command_line: str) -> str | None:
    """The script in a command line that starts PowerShell."""
    found = ENCODED.match(command_line)
    try:
        return base64.b64decode(found["script"], validate=True).decode("utf-16-le") if found else None
    except (binascii.Error, UnicodeDecodeError):
        return None


def _json(result: Mapping[str, Any]) -> bytes:
    return json.dumps(result).encode("ascii") + b"\r\n"


def _identity(state: State) -> bytes:
    machine = state["machine"]
    return "".join(f"{machine[part]}\r\n" for part in ("guid", "uuid", "serial")).encode("ascii")
