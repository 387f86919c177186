"""Accounts on a practice machine, each with its own way to become root."""

import subprocess
from dataclasses import dataclass
from pathlib import Path

from deskprov.model.inventory import Connection, Host
from deskprov.model.ports.practice import PracticeMachine
from deskprov.practice import LinuxPracticeMachines

PASSWORD = "right-word"


@dataclass(frozen=True)
class Bench:
    """A running practice machine; `sudoers` is the folder or file in which its sudo reads rules."""

    machines: LinuxPracticeMachines
    machine: PracticeMachine

    def inside(self, *argv: str, text: str = "") -> str:
        """What a command prints as root in the machine, not through SSH; it must succeed."""
        done = self.machines.command(self.machine.name, argv, input=text.encode())
        assert done.returncode == 0, done
        return done.stdout.decode()

    def write(self, path: str, text: str, mode: str = "644") -> None:
        self.inside("tee", path, text=text)
        self.inside("chmod", mode, path)

    def account(self, name: str, sudoers: str = "", *, rules: str = "/etc/sudoers.d/test") -> None:
        """A new account with the key of practice machines, `PASSWORD`, and these lines of sudoers."""
        self.inside("useradd", "--create-home", "--shell", "/bin/bash", name)
        self.inside("chpasswd", text=f"{name}:{PASSWORD}")
        self.authorise(name, f"/home/{name}")
        if sudoers:
            self.write(f"{rules}-{name}" if rules.endswith("test") else rules, sudoers + "\n", "440")

    def authorise(self, name: str, home: str) -> None:
        key = subprocess.run(
            ["ssh-keygen", "-y", "-f", self.machine.key_file], capture_output=True, text=True, check=True
        ).stdout
        self.inside("install", "-d", "-m", "700", "-o", name, f"{home}/.ssh")
        self.write(f"{home}/.ssh/authorized_keys", key)
        self.inside("chown", name, f"{home}/.ssh/authorized_keys")

    def host(self, user: str, **connection: str) -> Host:
        """The machine in an inventory, reached as this user."""
        stated = {"user": user, "key_file": self.machine.key_file, **connection}
        return Host(
            "lab-01",
            Connection(self.machine.address, self.machine.port, **stated),
            known_host=self.machine.host_key,
            practice=True,
        )


def started(folder: Path, suite: str) -> Bench:
    """A bench with a machine of its own; the caller stops it."""
    machines = LinuxPracticeMachines(folder / ".deskprov/practice", suite=suite)
    [machine] = machines.start(1, isolated=False, report=lambda line: None)
    return Bench(machines, machine)
