"""What the tests do with practice machines: start them, log in with the `ssh` program, see what is left of them."""

import os
import subprocess
from collections.abc import Iterable
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from deskprov.model.ports.practice import PracticeMachine
from deskprov.practice import LinuxPracticeMachines, cgroups
from deskprov.practice.registry import Registry, Slot
from deskprov.practice.waiting import wait_until


@dataclass(frozen=True)
class Site:
    """The machines of one site and the folder it is in."""

    machines: LinuxPracticeMachines
    folder: Path

    def start(self, count: int = 1, *, isolated: bool = False) -> list[PracticeMachine]:
        return self.machines.start(count, isolated=isolated, report=lambda line: None)

    def machine(self, name: str) -> PracticeMachine:
        return next(machine for machine in self.machines.list() if machine.name == name)

    def state(self, name: str) -> str:
        return self.machine(name).state

    def slot(self, name: str) -> Slot:
        with Registry().locked():
            slots = Registry().slots()
        state_dir = str(self.folder / ".deskprov/practice")
        return next(slot for slot in slots if slot.site == state_dir and slot.name == name)

    def ssh(self, name: str, *command: str, host_key: str | None = None) -> subprocess.CompletedProcess[str]:
        """Runs a command as the log-in user, accepting only the machine's own host key, or the one given."""
        machine = self.machine(name)
        known_hosts = self.folder / f"known_hosts-{name}"
        known_hosts.write_text(f"[{machine.address}]:{machine.port} {host_key or machine.host_key}\n")
        if machine.port == 22:
            known_hosts.write_text(f"{machine.address} {host_key or machine.host_key}\n")
        options = {
            "BatchMode": "yes",
            "ConnectTimeout": "5",
            "GlobalKnownHostsFile": "/dev/null",
            "IdentitiesOnly": "yes",
            "PreferredAuthentications": "publickey",
            "StrictHostKeyChecking": "yes",
            "UserKnownHostsFile": str(known_hosts),
        }
        return subprocess.run(
            ["ssh", "-F", "/dev/null", "-i", machine.key_file, "-p", str(machine.port)]
            + [part for key, value in options.items() for part in ("-o", f"{key}={value}")]
            + [f"{machine.user}@{machine.address}", *command],
            capture_output=True,
            text=True,
            timeout=120,
            stdin=subprocess.DEVNULL,
        )

    def inside(self, name: str, *argv: str) -> str:
        """What a command prints as root in the machine, not through SSH; it must succeed."""
        done = self.machines.command(name, argv)
        assert done.returncode == 0, done
        return done.stdout.decode().strip()

    def boot_id(self, name: str) -> str:
        return self.inside(name, "cat", "/proc/sys/kernel/random/boot_id")


@dataclass(frozen=True)
class Footprint:
    """All that one running machine takes up on the controller.

    The namespaces are held open, so that the kernel does not give their numbers to others before `left` has looked.
    """

    slot: Slot
    pids: frozenset[int]
    namespaces: dict[str, int]

    @classmethod
    def of(cls, slot: Slot) -> "Footprint":
        pids = frozenset(cgroups.members(slot.cgroup))
        assert pids, "a running machine has processes"
        ours = _namespaces({os.getpid()})
        theirs = {name: path for name, path in _namespaces(pids).items() if name not in ours}
        return cls(slot, pids, {name: os.open(path, os.O_RDONLY) for name, path in theirs.items()})

    def left(self) -> list[str]:
        """What is still there, of which nothing should be."""
        wait_until(lambda: not any(_runs(pid) for pid in self.pids), 3.0)
        found = [f"process {pid}" for pid in self.pids if _runs(pid)]
        found += [line for line in Path("/proc/self/mountinfo").read_text().splitlines() if "deskprov-practice" in line]
        everyone = {int(entry.name) for entry in Path("/proc").iterdir() if entry.name.isdecimal()}
        found += [f"namespace {name}" for name in self.namespaces.keys() & _namespaces(everyone).keys()]
        for descriptor in self.namespaces.values():
            os.close(descriptor)
        with Registry().locked():
            # its number may be that of another site's machine by now
            if all(slot.number != self.slot.number for slot in Registry().slots()):
                places = [place / self.slot.cgroup for place in cgroups.hierarchies()]
                places += [self.slot.folder, Path("/sys/class/net") / self.slot.link]
                found += [str(place) for place in places if place.exists()]
        return found


def _runs(pid: int) -> bool:
    """False too for a process that has ended and is only waiting for its parent, the controller's init, to notice."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except OSError:
        return False


def controller_wide() -> dict[str, str]:
    """What machines never use, so that it is the same before and after them."""
    commands = (["ip", "netns", "list"], ["losetup", "--list"])
    return {
        command[0]: subprocess.run(command, capture_output=True, text=True, check=True).stdout for command in commands
    }


def _namespaces(pids: Iterable[int]) -> dict[str, Path]:
    """The namespaces of processes: what the kernel calls each, and where it can be opened."""
    found = {}
    for pid in filter(_runs, pids):
        for kind in ("mnt", "net", "pid", "uts", "ipc", "cgroup"):
            path = Path(f"/proc/{pid}/ns/{kind}")
            with suppress(OSError):  # the process has just ended
                found[str(path.readlink())] = path
    return found
