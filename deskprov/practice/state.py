"""What a practice machine is doing right now, read from the kernel and never from memory."""

from contextlib import suppress
from pathlib import Path

from deskprov.practice import cgroups
from deskprov.practice.life_lock import is_held
from deskprov.practice.registry import Slot


def machine_state(slot: Slot) -> str:
    """`running`, `rebooting` (also: still booting), `stopped` (switched off from inside) or `broken`."""
    if not supervisor_lives(slot):
        return "stopped" if _ended_well(slot) and not cgroups.members(slot.cgroup) else "broken"
    return "running" if _lets_users_in(slot) else "rebooting"


def supervisor_lives(slot: Slot) -> bool:
    """True while the machine's supervisor runs: it holds a lock that the kernel takes from it when it dies."""
    return is_held(slot.life_lock)


def leader(slot: Slot) -> int | None:
    """The machine's first process, as the controller numbers it; None when the machine is between two boots."""
    for pid in cgroups.members(f"{slot.cgroup}/payload/init.scope"):
        with suppress(OSError):
            if _number_inside(pid) == 1:
                return pid
    return None


def _number_inside(pid: int) -> int:
    """A process's number in its innermost process namespace (proc_pid_status(5), NSpid)."""
    lines = Path(f"/proc/{pid}/status").read_text().splitlines()
    numbers = next(line for line in lines if line.startswith("NSpid:")).split()[1:]
    return int(numbers[-1]) if len(numbers) > 1 else 0


def _lets_users_in(slot: Slot) -> bool:
    """systemd puts /run/nologin in place before D-Bus starts, and takes it away when users may log in."""
    pid = leader(slot)
    run = Path(f"/proc/{pid}/root/run")
    return pid is not None and (run / "dbus/system_bus_socket").exists() and not (run / "nologin").exists()


def _ended_well(slot: Slot) -> bool:
    return slot.ended.exists() and slot.ended.read_text() == "0"
