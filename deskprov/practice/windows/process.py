"""The process of a practice PC, and the one that begets several of them and ends.

Python and its libraries take half a second to load, so they are loaded once and every PC is a fork of that.
Arguments: for each PC its folder and the descriptor of its lock, inherited and already locked.
"""

import os
import signal
import sys
import traceback
from collections.abc import Callable, Mapping
from pathlib import Path
from threading import Thread

from deskprov.model.inventory import OVER_TLS, SSH
from deskprov.practice.windows.computer import Computer
from deskprov.practice.windows.endpoint import Endpoint, Service
from deskprov.practice.windows.faults import Faults
from deskprov.practice.windows.folder import Folder
from deskprov.practice.windows.journal import Journal
from deskprov.practice.windows.logon import Accounts
from deskprov.practice.windows.pace import Pace
from deskprov.practice.windows.powershell import PowerShell
from deskprov.practice.windows.runspaces import POWERSHELL, Runspaces
from deskprov.practice.windows.shells import CMD, Shells
from deskprov.practice.windows.ssh_door import SshDoor


def main(arguments: list[str]) -> None:
    """Forks a process for each PC. Returns at once in the first process, and never in the others."""
    for folder, lock in zip(arguments[::2], map(int, arguments[1::2]), strict=True):
        if os.fork() == 0:
            os.setsid()
            for other in map(int, arguments[1::2]):
                if other != lock:
                    os.close(other)
            os.write(lock, str(os.getpid()).encode())
            os._exit(_live(Folder(Path(folder))))


def _live(folder: Folder) -> int:
    """The life of one PC, until it is told to end."""
    log = os.open(folder.log, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
    for stream in (1, 2):
        os.dup2(log, stream)
    try:
        endpoint = _DOORS[folder.transport](folder)
    except Exception:  # whatever it is, it belongs in the log, which is all that is left of this process
        traceback.print_exc()
        return 1
    # not in this thread, which serves and would wait for itself
    signal.signal(signal.SIGTERM, lambda *_: Thread(target=endpoint.shutdown).start())
    folder.opened(endpoint.server_address[1])
    endpoint.serve_forever(poll_interval=0.1)
    endpoint.server_close()
    return 0


def _over_tls(folder: Folder) -> Endpoint:
    computer = Computer(folder.state)
    journal = Journal(folder.journal)
    powershell = PowerShell(computer, journal, Pace(folder.pace))
    services: dict[str, Service] = {CMD: Shells(powershell.run), POWERSHELL: Runspaces(powershell.run_script)}
    accounts = Accounts(folder.accounts, computer)
    tls = folder.certificate, folder.key
    return Endpoint((folder.address, 0), tls, accounts, services, journal, Faults(folder.faults))


def _ssh(folder: Folder) -> SshDoor:
    computer = Computer(folder.state)
    journal = Journal(folder.journal)
    accounts = Accounts(folder.accounts, computer)
    run = PowerShell(computer, journal, Pace(folder.pace)).run
    return SshDoor((folder.address, 0), folder.host_key, accounts, computer, run, journal, Faults(folder.faults))


_DOORS: Mapping[str, Callable[[Folder], Endpoint | SshDoor]] = {
    SSH: _ssh,
    **dict.fromkeys(OVER_TLS, _over_tls),
}


if __name__ == "__main__":
    main(sys.argv[1:])
