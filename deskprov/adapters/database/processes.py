"""Tells whether the process that began a run still lives, so that a dead run is not called running for ever."""

import os
import subprocess
from pathlib import Path

_PROC = Path("/proc")


def birth(process_id: int) -> str:
    """When the living process with this id was born, as text that no other process of this computer ever has.

    Empty when there is no such process.
    """
    return born_by_proc(process_id) if (_PROC / "self/stat").exists() else born_by_ps(process_id)


def own_birth() -> tuple[int, str]:
    """The id of this process and its `birth`."""
    return os.getpid(), birth(os.getpid())


def born_by_ps(process_id: int) -> str:
    """The same from ps(1), for systems without /proc: the time of day at birth."""
    command = ["ps", "-o", "state=,lstart=", "-p", str(process_id)]
    line = subprocess.run(command, capture_output=True, text=True, check=False, env={"LC_ALL": "C"}).stdout.strip()
    state, _, born = line.partition(" ")
    return "" if state.startswith("Z") else born.strip()


def born_by_proc(process_id: int) -> str:
    """The same from proc(5): the boot id, and field 22 of `stat`."""
    try:
        stat = (_PROC / str(process_id) / "stat").read_text(encoding="utf-8", errors="replace")
    except (FileNotFoundError, ProcessLookupError):
        return ""
    # the name in brackets may hold anything, brackets too
    state, *rest = stat.rpartition(")")[2].split()
    boot = (_PROC / "sys/kernel/random/boot_id").read_text(encoding="ascii").strip()
    return "" if state in ("Z", "X") else f"{boot}/{rest[18]}"
