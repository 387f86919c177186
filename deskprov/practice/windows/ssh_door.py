"""The door of a practice PC that is reached by SSH: its own host key, a log-on, and commands behind it.

What is run, and what is refused, is the same as over WinRM: the command line of an `exec` request goes to the model of
PowerShell, with what comes on the channel as its input. Files go by SFTP, onto the same files that scripts see.
"""

import socket
import threading
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from socketserver import BaseRequestHandler, ThreadingTCPServer

import paramiko

from deskprov.model.inventory import SSH
from deskprov.practice.windows.computer import Computer
from deskprov.practice.windows.faults import Faults
from deskprov.practice.windows.journal import Journal
from deskprov.practice.windows.logon import Accounts
from deskprov.practice.windows.port import listen
from deskprov.practice.windows.sftp import Files
from deskprov.practice.windows.shells import Output
from deskprov.practice.windows.ssh_session import Session

VERSION = "SSH-2.0-deskprov_practice_for_Windows"
"""Says what it is; Microsoft's own begins `SSH-2.0-OpenSSH_for_Windows_`."""

GREETING = 20.0


class SshDoor(ThreadingTCPServer):
    """Listens at a port and answers until it is shut down."""

    daemon_threads = True
    request_queue_size = 64

    def __init__(
        self,
        port: socket.socket,
        host_key: Path,
        accounts: Accounts,
        computer: Computer,
        run: Callable[[str, bytes], Output],
        journal: Journal,
        faults: Faults,
    ) -> None:
        self.host_key = paramiko.PKey.from_path(host_key)
        self.ended = threading.Event()
        self.accounts = accounts
        self.computer = computer
        self.run = run
        self.journal = journal
        self.faults = faults
        super().__init__(port.getsockname(), _Connection, bind_and_activate=False)
        listen(self, port)

    def verify_request(self, request: object, client_address: tuple[str, int]) -> bool:
        """Whether the connection is taken: one that is there already goes on, whatever becomes of the firewall."""
        return self.accounts.reach(SSH, self.server_address[1], client_address[0])

    def shutdown(self) -> None:
        """Ends `serve_forever`, every connection, and what hangs on purpose."""
        self.ended.set()
        super().shutdown()


class _Connection(BaseRequestHandler):
    """One connection, which may bring many commands at once."""

    server: SshDoor
    request: socket.socket

    def handle(self) -> None:
        door = self.server
        if asleep := door.faults.at_connect():
            door.ended.wait(asleep.seconds)
            return
        self.request.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        transport = paramiko.Transport(self.request)
        transport.local_version = VERSION
        transport.add_server_key(door.host_key)
        transport.set_subsystem_handler("sftp", paramiko.SFTPServer, Files, door.computer, door.journal)
        over = threading.Event()
        session = Session(transport, door.accounts, door.run, door.journal, door.faults, door.ended)
        with suppress(paramiko.SSHException, EOFError, OSError):  # a connection that broke off is the other's affair
            transport.start_server(event=over, server=session)
            over.wait(GREETING)
            while transport.is_active() and not door.ended.wait(0.2):
                pass
        transport.close()
