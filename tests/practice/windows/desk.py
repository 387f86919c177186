"""What the tests do with a practice PC: start it, run real Ansible against it, read its journal and its state."""

import json
import os
import subprocess
import sys
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import winrm
import yaml
from winrm.protocol import Protocol

from deskprov.adapters.powershell import BOOTSTRAP
from deskprov.formats.powershell import COMMAND, arguments
from deskprov.model.ports.practice import PracticeMachine
from deskprov.practice.windows import WindowsPracticeMachines
from deskprov.practice.windows.folder import Folder

CALLBACK = {"ANSIBLE_STDOUT_CALLBACK": "ansible.posix.jsonl", "ANSIBLE_NOCOLOR": "1"}


class Desk:
    """The practice PCs in one folder; `pc` is the first of them."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.machines = WindowsPracticeMachines(folder / "windows", lambda: datetime.now(UTC))

    def start(self, count: int = 1, transport: str = "") -> list[PracticeMachine]:
        return self.machines.start(count, isolated=False, report=lambda line: None, transport=transport)

    @property
    def pc(self) -> PracticeMachine:
        return self.machines.list()[0]

    @property
    def place(self) -> Folder:
        return Folder(self.folder / "windows" / self.pc.name)

    @property
    def password(self) -> str:
        return self.machines.password_file.read_text().strip()

    @property
    def key_file(self) -> Path:
        """The private key that administrators of PCs over SSH may come in with."""
        return self.folder / "windows" / "id_ed25519"

    def journal(self, what: str) -> list[dict[str, Any]]:
        """The entries of one kind, oldest first."""
        lines = self.place.journal.read_text().splitlines() if self.place.journal.exists() else []
        return [entry for entry in map(json.loads, lines) if entry["what"] == what]

    def state(self) -> dict[str, Any]:
        state: dict[str, Any] = json.loads(self.place.state.read_text())
        return state

    def play(self, *tasks: dict[str, Any], check: bool = False, **variables: Any) -> list[dict[str, Any]]:
        """The result of each task, as real Ansible reports it. `variables` go before those of the connection."""
        ignoring = [{"ignore_errors": True, **task} for task in tasks]
        text = yaml.safe_dump([{"hosts": "pc", "gather_facts": False, "tasks": ignoring}])
        return self.play_text(text, "pc", *(["--check"] if check else []), **variables)

    def play_text(self, text: str, host: str, *options: str, **variables: Any) -> list[dict[str, Any]]:
        """The same of a whole playbook for this host."""
        (self.folder / "inventory.json").write_text(json.dumps({"all": {"hosts": {host: self._reach() | variables}}}))
        (self.folder / "play.yml").write_text(text, "utf-8", newline="")
        files = ["-i", str(self.folder / "inventory.json"), str(self.folder / "play.yml")]
        done = subprocess.run(
            [str(Path(sys.executable).with_name("ansible-playbook")), *files, *options],
            capture_output=True,
            text=True,
            env={**os.environ, **CALLBACK, "ANSIBLE_HOME": str(self.folder / "ansible")},
            timeout=120,
        )
        events = [json.loads(line) for line in done.stdout.splitlines() if line.startswith("{")]
        results = [event["hosts"][host] for event in events if host in event.get("hosts", {})]
        assert results, done
        return results

    def winrm(self, user: str = "deskprov", password: str | None = None) -> winrm.Protocol:
        """pywinrm, as deskprov's own transport uses it."""
        return winrm.Protocol(
            endpoint=f"https://{self.pc.address}:{self.pc.port}/wsman",
            transport="ntlm",
            username=user,
            password=self.password if password is None else password,
            server_cert_validation="validate",
            ca_trust_path=str(self.place.certificate),
        )

    def run(self, program: bytes) -> bytes:
        """What deskprov's own program prints there. Raises what requests raises while the PC is off."""
        protocol = self.winrm()
        try:
            return self._run(protocol, program)
        finally:
            protocol.transport.close_session()

    def _run(self, protocol: Protocol, program: bytes) -> bytes:
        shell = protocol.open_shell()
        command = protocol.run_command(shell, COMMAND, arguments(BOOTSTRAP), console_mode_stdin=False)
        protocol.send_command_input(shell, command, program, end=True)
        said, _, _ = protocol.get_command_output(shell, command)
        return bytes(said)

    def _reach(self) -> dict[str, Any]:
        return {
            "ansible_connection": "winrm",
            "ansible_host": self.pc.address,
            "ansible_port": self.pc.port,
            "ansible_user": self.pc.user,
            "ansible_password": self.password,
            "ansible_winrm_transport": "ntlm",
            "ansible_winrm_ca_trust_path": str(self.place.certificate),
        }
