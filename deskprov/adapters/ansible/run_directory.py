"""The private folder of one run: in memory where possible, this user's only, gone when the run is over.

A file in it is locked (flock(2)) by us and by the playbook as long as either lives. So a folder whose lock is free
belongs to a run that is dead, whatever became of its process ids, and is swept at the next start together with
everything that carries its marker.
"""

import errno
import fcntl
import os
import secrets as random_tokens
import shutil
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from time import time

from msgspec import Struct

from deskprov.adapters.ansible.processes import FOLDER_PREFIX, end_marked
from deskprov.adapters.fault_points import FaultPoint, reach

LONGEST_BASE = 46
"""Characters. With the folder's name and ssh's temporary suffix a control socket stays below 104, macOS's limit."""

_ALIVE = "alive"
_HALF_MADE_SECONDS = 60.0


class RunDirectory(Struct, frozen=True):
    """The folder, the marker in the environment of all its processes, and the descriptor that keeps it alive."""

    path: Path
    marker: str
    alive: int


def usual_bases() -> list[Path]:
    """Where run folders may be, best first: memory, then disk."""
    runtime = os.environ.get("XDG_RUNTIME_DIR", "")
    own = Path.home() / ".cache" / "deskprov"
    named = [Path("/dev/shm"), *([Path(runtime)] if runtime else []), Path("/tmp")]  # noqa: S108 - made with mode 0700
    usable = [base for base in named if _usable(base)]
    if not usable:
        own.mkdir(mode=0o700, parents=True, exist_ok=True)
    return usable or [own]


@contextmanager
def run_directory(base: Path) -> Iterator[RunDirectory]:
    """A fresh folder below `base`. What of it cannot be removed at the end falls to the next sweep.

    Raises `OSError` when it cannot be made.
    """
    if len(str(base)) > LONGEST_BASE:
        raise OSError(errno.ENAMETOOLONG, f"the path {base} is too long for sockets")
    marker = random_tokens.token_hex(8)
    path = base / f"{FOLDER_PREFIX}{marker}"
    path.mkdir(mode=0o700)
    reach(FaultPoint.FOLDER_MADE)
    try:
        alive = _claim(path)
        reach(FaultPoint.FOLDER_CLAIMED)
        try:
            yield RunDirectory(path, marker, alive)
        finally:
            os.close(alive)
    finally:
        shutil.rmtree(path, ignore_errors=True)
        reach(FaultPoint.FOLDER_REMOVED)


def dead_folders(bases: Sequence[Path]) -> list[Path]:
    """What dead runs of this user have left, and the next run will sweep."""
    return [path for base in bases for path in _of_ours(base) if _is_dead(path)]


def sweep_leftovers(bases: Sequence[Path]) -> None:
    """Ends and removes what dead runs of this user have left. A living run, an orphan's too, is not touched."""
    for base in bases:
        for path in _of_ours(base):
            with suppress(FileNotFoundError):
                _sweep(path)


def _of_ours(base: Path) -> Iterator[Path]:
    for path in base.glob(f"{FOLDER_PREFIX}*"):
        with suppress(FileNotFoundError):
            if path.lstat().st_uid == os.geteuid() and path.is_dir() and not path.is_symlink():
                yield path


def _is_dead(path: Path) -> bool:
    """True when nobody holds its life file; asking does not take it from anyone."""
    try:
        descriptor = os.open(path / _ALIVE, os.O_RDONLY | os.O_CLOEXEC | os.O_NOFOLLOW)
    except OSError:
        return False
    try:
        fcntl.flock(descriptor, fcntl.LOCK_SH | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    else:
        return True
    finally:
        os.close(descriptor)


def _claim(path: Path) -> int:
    """Locks the life file before it has its name, so that no sweep can ever find it free."""
    unnamed = path / f".{_ALIVE}"
    descriptor = os.open(unnamed, os.O_RDWR | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o600)
    fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    unnamed.rename(path / _ALIVE)
    return descriptor


def _sweep(path: Path) -> None:
    try:
        descriptor = os.open(path / _ALIVE, os.O_RDWR | os.O_CLOEXEC | os.O_NOFOLLOW)
    except FileNotFoundError:
        if time() - path.stat().st_mtime > _HALF_MADE_SECONDS:
            shutil.rmtree(path, ignore_errors=True)
        return
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return
    else:
        end_marked(path.name.removeprefix(FOLDER_PREFIX))
        reach(FaultPoint.LEFTOVER_ENDED)
        shutil.rmtree(path, ignore_errors=True)
    finally:
        os.close(descriptor)


def _usable(base: Path) -> bool:
    """True when we may make folders there, programs in them may be started, and sockets in them have short paths."""
    try:
        flags = os.statvfs(base).f_flag
    except OSError:
        return False
    no_exec = bool(flags & getattr(os, "ST_NOEXEC", 0))
    return not no_exec and os.access(base, os.W_OK | os.X_OK) and len(str(base)) <= LONGEST_BASE
