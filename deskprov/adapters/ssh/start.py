"""What starts the interpreter on a machine that is to run our program."""

from msgspec import Struct

from deskprov.adapters.powershell import BOOTSTRAP
from deskprov.formats.powershell import command_line
from deskprov.model.inventory import Host


class Start(Struct, frozen=True):
    """The command, and the two marks to wait for: `ready` comes when the interpreter wants its program, `prompt` when
    a password is wanted. Empty where nothing comes, or nothing is asked.
    """

    command: str
    ready: bytes = b""
    prompt: bytes = b""


def start_powershell(host: Host, mark: str) -> Start:
    """The same command for every PC and connection, which cmd and PowerShell, as its log-in shell, read alike.

    The program may follow at once: PowerShell reads it from where it stands, and answers between marks of its own. An
    administrator's session has all rights from the start.
    """
    return Start(command_line(BOOTSTRAP))
