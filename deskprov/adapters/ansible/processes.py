"""Finds and ends every process of a run, however it has detached itself.

Ansible's workers and ssh's masters start sessions of their own, so killing a group or a parent misses them. They all
inherit the environment, though, and in it the run's marker. Only a master overwrites its environment with its title,
which is `ssh: ` and the path of its socket (OpenSSH, setproctitle): that path lies in the run's folder.

On Linux both are read from /proc, on macOS from `ps -E`.
"""

import os
import re
import signal
import subprocess
import time
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

from msgspec import Struct

MARKER = "DESKPROV_RUN"
"""The environment variable that holds the run's marker."""

FOLDER_PREFIX = "deskprov-run-"
"""The name of a run's folder is this and the marker."""

END_SECONDS = 8.0
_EMPTY_LOOKS = 2
_TRACKER_SECONDS = 1.0
_PAUSE_SECONDS = 0.02
_PROC = Path("/proc")
_PS = ("/bin/ps", "-axwwE", "-o", "pid=,command=")


class MarkedProcess(Struct, frozen=True):
    """A process of a run. A tracker is Python's helper that removes shared memory once all others are gone."""

    pid: int
    tracker: bool


def marked_processes(marker: str) -> list[MarkedProcess]:
    """All other processes of this user that carry the marker; none that has ended, and not the one that asks."""
    if (_PROC / "self" / "environ").exists():
        found = list(_from_proc(marker))
    else:
        listing = subprocess.run(_PS, capture_output=True, check=True).stdout.decode("utf-8", "replace")
        found = from_ps(listing, marker)
    return [process for process in found if process.pid != os.getpid()]


def end_marked(marker: str) -> list[int]:
    """Ends all other processes with the marker and returns the ids of those that could not be ended; normally none.

    Trackers come last: they are given a moment to clean up after the others. A process that is just starting a
    program shows no environment for an instant, so it takes two looks in a row to believe that there is none.
    """
    start = time.monotonic()
    alone_since: float | None = None
    empty_looks = 0
    while empty_looks < _EMPTY_LOOKS:
        found = marked_processes(marker)
        now = time.monotonic()
        if found and now - start > END_SECONDS:
            return [process.pid for process in found]
        empty_looks = 0 if found else empty_looks + 1
        workers = [process for process in found if not process.tracker]
        alone_since = None if workers else alone_since or now
        tired = alone_since is not None and now - alone_since > _TRACKER_SECONDS
        for process in found if tired else workers:
            _kill(process.pid, marker)
        time.sleep(_PAUSE_SECONDS)
    return []


def from_ps(listing: str, marker: str) -> list[MarkedProcess]:
    """The same out of what macOS's `ps -E` prints: process id, arguments and environment on one line."""
    word = re.compile(rf"(^|\s){MARKER}={re.escape(marker)}(\s|$)|^ssh: \S*/{FOLDER_PREFIX}{re.escape(marker)}/")
    lines = (line.strip().split(maxsplit=1) for line in listing.splitlines())
    return [
        MarkedProcess(int(line[0]), "multiprocessing.resource_tracker" in line[1])
        for line in lines
        if len(line) == 2 and word.search(line[1])
    ]


def _from_proc(marker: str) -> Iterator[MarkedProcess]:
    for folder in _PROC.iterdir():
        if folder.name.isdigit() and _carries(int(folder.name), marker):
            yield MarkedProcess(int(folder.name), b"multiprocessing.resource_tracker" in _read(folder / "cmdline"))


def _carries(pid: int, marker: str) -> bool:
    title = _read(_PROC / str(pid) / "cmdline")
    if title.startswith(b"ssh: ") and f"/{FOLDER_PREFIX}{marker}/".encode() in title:
        return True
    return f"{MARKER}={marker}".encode() in _read(_PROC / str(pid) / "environ").split(b"\0")


def _read(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError:  # ended meanwhile, or another user's
        return b""


def _kill(pid: int, marker: str) -> None:
    """Kills the process if it still is the one that was found: its number may have gone to another meanwhile."""
    with suppress(ProcessLookupError):
        if not hasattr(os, "pidfd_open"):
            os.kill(pid, signal.SIGKILL)
            return
        handle = os.pidfd_open(pid)
        try:
            if _carries(pid, marker):
                signal.pidfd_send_signal(handle, signal.SIGKILL)
        finally:
            os.close(handle)
