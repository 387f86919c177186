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
from socket import socket

from msgspec import Struct

from deskprov.model.inventory import OVER_TLS, SSH
from deskprov.practice.windows.alarm import Alarm
from deskprov.practice.windows.computer import Computer
from deskprov.practice.windows.endpoint import Endpoint, Service
from deskprov.practice.windows.faults import Faults
from deskprov.practice.windows.folder import Folder
from deskprov.practice.windows.journal import Journal
from deskprov.practice.windows.logon import Accounts
from deskprov.practice.windows.pace import Pace
from deskprov.practice.windows.port import bound
from deskprov.practice.windows.power import Power
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
    power = Power()
    signal.signal(signal.SIGTERM, lambda *_: power.switch_off())
    try:
        _lives(folder, power)
    except Exception:  # whatever it is, it belongs in the log, which is all that is left of this process
        traceback.print_exc()
        return 1
    return 0


class _Inside(Struct, frozen=True):
    """What of a PC outlives a reboot."""

    folder: Folder
    computer: Computer
    journal: Journal
    faults: Faults


def _lives(folder: Folder, power: Power) -> None:
    """One life after the other; while it is away, nothing listens at its port, and nobody else can take it.

    Shells and log-ons of one life are gone in the next.
    """
    faults = Faults(folder.faults)
    computer = Computer(folder.state, power.restart, Alarm(faults).heed)
    inside = _Inside(folder, computer, Journal(folder.journal), faults)
    port = bound(folder.address, 0)
    while True:
        door = _DOORS[folder.transport](inside, port)
        folder.opened(port.getsockname()[1])
        power.serve(door)
        door.server_close()
        port = bound(folder.address, folder.port)
        life = power.start_again(inside.computer, inside.faults)
        if power.off.is_set():
            return
        inside.journal.started(life)


def _over_tls(inside: _Inside, port: socket) -> Endpoint:
    folder, journal = inside.folder, inside.journal
    powershell = PowerShell(inside.computer, journal, Pace(folder.pace))
    services: dict[str, Service] = {CMD: Shells(powershell.run), POWERSHELL: Runspaces(powershell.run_script)}
    accounts = Accounts(folder.accounts, inside.computer)
    tls = folder.certificate, folder.key
    return Endpoint(port, tls, accounts, services, journal, inside.faults)


def _ssh(inside: _Inside, port: socket) -> SshDoor:
    folder, computer, journal = inside.folder, inside.computer, inside.journal
    accounts = Accounts(folder.accounts, computer)
    run = PowerShell(computer, journal, Pace(folder.pace)).run
    return SshDoor(port, folder.host_key, accounts, computer, run, journal, inside.faults)


_DOORS: Mapping[str, Callable[[_Inside, socket], Endpoint | SshDoor]] = {
    SSH: _ssh,
    **dict.fromkeys(OVER_TLS, _over_tls),
}


if __name__ == "__main__":
    main(sys.argv[1:])
