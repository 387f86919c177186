"""The supervisor of one practice machine. Runs as a program of its own, with nothing but the standard library.

It starts in a fresh mount namespace, does what its plan says to prepare the machine's disk and network, and boots
the machine; when the machine reboots, it boots it again. Its life is the machine's life: the mounts are its own, so
they vanish with it, and it holds the lock by which others see that it lives.

Arguments: the plan's file, and the descriptor of the lock, inherited and already locked.
"""

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

REBOOT = 133  # what systemd-nspawn ends with when the machine asks for a reboot: systemd-nspawn(1), "Exit status"


def main(plan_file: Path, lock: int) -> None:
    """Prepares the machine, boots it as often as it asks for, and writes down how it ended."""
    os.set_inheritable(lock, False)
    os.write(lock, str(os.getpid()).encode())
    plan = json.loads(plan_file.read_text())
    plan_file.unlink()
    group = Path(plan["cgroup"])
    _join(group / "keeper")
    for command in plan["prepare"]:
        subprocess.run(command, check=True, stdin=subprocess.DEVNULL)
    for switch, value in plan["kernel"].items():
        Path(switch).write_text(value)
    for file in plan["files"]:
        _write(file)
    while (status := _boot(plan["boot"], plan["environment"], group)) == REBOOT:
        print("supervisor: booting again", flush=True)
    print(f"supervisor: ended with {status}", flush=True)
    Path(plan["ended"]).write_text(str(status))


def _boot(command: list[str], environment: dict[str, str], group: Path) -> int:
    """One life of the machine, from power on to power off; returns the status of systemd-nspawn."""
    # Groups that hold others may hold no process (cgroups(7)): systemd-nspawn makes two in `group` and leaves it, so
    # only it may pass through, and we stay beside them.
    process = subprocess.Popen(command, stdin=subprocess.DEVNULL, env=environment, preexec_fn=lambda: _join(group))
    return process.wait()


def _join(group: Path) -> None:
    group.mkdir(parents=True, exist_ok=True)
    (group / "cgroup.procs").write_text(str(os.getpid()))


def _write(file: dict[str, Any]) -> None:
    """Puts one file in place of whatever is there; `owner` is a user and group id."""
    path = Path(file["path"])
    path.parent.mkdir(parents=True, exist_ok=True)
    path.unlink(missing_ok=True)
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "w") as stream:
        stream.write(file["text"])
    os.chown(path, file["owner"], file["owner"])
    path.chmod(file["mode"])


if __name__ == "__main__":
    main(Path(sys.argv[1]), int(sys.argv[2]))
