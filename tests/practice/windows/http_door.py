"""The door of a practice PC over plain HTTP, in this process: each message is sealed with the key of the log-on."""

import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from deskprov.model.inventory import Connection, Host
from deskprov.practice.windows.computer import Computer, fresh_state, write_state
from deskprov.practice.windows.endpoint import Endpoint
from deskprov.practice.windows.faults import Faults
from deskprov.practice.windows.journal import Journal
from deskprov.practice.windows.local_accounts import ADMINISTRATORS, add_user, group, nt_hash
from deskprov.practice.windows.logon import SETTINGS, Accounts
from deskprov.practice.windows.pace import Pace
from deskprov.practice.windows.port import bound
from deskprov.practice.windows.powershell import PowerShell
from deskprov.practice.windows.runspaces import POWERSHELL, Runspaces

PASSWORD = "door-7c1e/é"


@dataclass(frozen=True)
class Door:
    """A PC that listens on `port`, and its folder."""

    folder: Path
    port: int

    def host(self, address: str = "127.0.0.1", **connection: Any) -> Host:
        """It, as an inventory has it."""
        way: dict[str, Any] = {"transport": "psrp", "scheme": "http", "password": "pw", "risk_taken": True}
        return Host("pc-1", Connection(address, self.port, **{**way, **connection}))

    def journal(self, what: str) -> list[dict[str, Any]]:
        file = self.folder / "journal.jsonl"
        lines = file.read_text().splitlines() if file.exists() else []
        return [entry for entry in map(json.loads, lines) if entry["what"] == what]


@contextmanager
def http_door(folder: Path, **settings: int) -> Iterator[Door]:
    """A PC with the account `deskprov`; `settings` are those of its WinRM service, such as `auth_basic=1`."""
    state = fresh_state("pc-1", 0)
    group(state, ADMINISTRATORS)["members"].append(add_user(state, "deskprov", nt_hash(PASSWORD))["sid"])
    values = {name: {"name": name, "type": "dword", "data": data} for name, data in settings.items()}
    state["registry"][SETTINGS] = {"path": SETTINGS, "values": values}
    write_state(folder / "state.json", state)
    computer, journal = Computer(folder / "state.json"), Journal(folder / "journal.jsonl")
    services = {POWERSHELL: Runspaces(PowerShell(computer, journal, Pace(folder / "pace")).run_script)}
    accounts = Accounts(folder / "accounts", computer)
    door = Endpoint(bound("127.0.0.1", 0), None, accounts, services, journal, Faults(folder / "faults.json"))
    thread = threading.Thread(target=door.serve_forever, args=(0.05,))
    thread.start()
    try:
        yield Door(folder, door.server_address[1])
    finally:
        door.shutdown()
        thread.join()
        door.server_close()
