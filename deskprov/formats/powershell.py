"""Writes the command line that starts Windows PowerShell with a script, whichever way the line takes to the machine.

cmd and PowerShell, as the log-in shell of an SSH server, read it alike; WinRM starts it without a shell. Its words are
those of Ansible (ansible/plugins/shell/powershell.py), which otherwise would wrap it into another PowerShell.
"""

import base64

COMMAND = "PowerShell"
LONGEST = 8191
"""Letters of a command line (learn.microsoft.com: Command prompt line string limitation)."""


def arguments(script: str) -> tuple[str, ...]:
    """What follows `COMMAND`. The script is ours and constant. Raises ValueError when it is too long for the line."""
    encoded = base64.b64encode(script.encode("utf-16-le")).decode("ascii")
    words = ("-NoProfile", "-NonInteractive", "-ExecutionPolicy", "Unrestricted", "-EncodedCommand", encoded)
    if len(" ".join((COMMAND, *words))) > LONGEST:
        raise ValueError(f"a script of {len(script)} letters does not fit into a command line")
    return words


def command_line(script: str) -> str:
    """The whole line. Raises the same."""
    return " ".join((COMMAND, *arguments(script)))
