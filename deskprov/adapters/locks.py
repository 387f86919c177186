"""One lock per machine, for everyone who works from this controller.

The lock is the kernel's (flock(2)) and sits on an open file, not on a process: whoever has the descriptor holds it,
and it ends with the last of them, however they end. So a playbook that has outlived its deskprov still keeps others
away from its machine. Nothing here ever unlocks; descriptors are closed, because unlocking would free it for all.

The files lie in a folder that all users of the controller share, so that two technicians, or two clones of the same
site, meet. A machine is its name and its pinned key together: by the name alone the `practice-1` of every site would be
one machine, and by the key alone thirty laptops that were imaged from one disk.
"""

import fcntl
import json
import os
import stat
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import datetime, timedelta
from hashlib import sha256
from pathlib import Path
from pwd import getpwuid
from typing import Any

from deskprov.adapters.clock import SystemClock
from deskprov.adapters.fault_points import FaultPoint, reach
from deskprov.errors import HostBusy, HostError
from deskprov.formats.endpoint_text import one_line
from deskprov.model.names import is_name
from deskprov.model.ports.site import Clock

_SHARED = (Path("/run/lock"), Path("/tmp"))  # noqa: S108 - files in it are opened as in a hostile place, see open_for_everyone
_NOTE_BYTES = 4096
_FOR_EVERYONE = 0o666
"""Other users must be able to lock the file."""


def lock_folder() -> Path:
    """The folder of all locks on this controller: the first that belongs to the system and is open to everyone.

    `/run/lock` on Debian and Ubuntu (it is emptied at boot), `/tmp` elsewhere. Where neither is as usual, a folder of
    this user, which then shares with nobody else.
    """
    for folder in _SHARED:
        if folder.is_dir() and _is_for_everyone(folder.stat()):
            return folder.resolve()
    own = Path.home() / ".local" / "state" / "deskprov" / "locks"
    own.mkdir(mode=0o700, parents=True, exist_ok=True)
    return own


@dataclass(frozen=True, slots=True)
class KernelLock:
    """A held lock."""

    descriptor: int


class KernelLocks:
    """The locks in a folder; that of the whole controller unless another is given."""

    def __init__(self, folder: Path | None = None, clock: Clock | None = None) -> None:
        self._folder = folder or lock_folder()
        self._clock = clock or SystemClock()

    @contextmanager
    def hold(self, host_name: str, purpose: str, identity: str = "") -> Iterator[KernelLock]:
        """Locks the machine while the context lasts, and longer in any process that was given the descriptor.

        Raises `HostBusy`, which names the holder, and `HostError` when there can be no lock; nothing else.
        """
        if not is_name(host_name):
            raise HostError(host_name, f"{one_line(host_name, 80)} is no name of a machine.")
        key = sha256(identity.encode()).hexdigest()[:16]
        descriptor = self._take(host_name, self._folder / f"deskprov-{host_name.lower()}-{key}.lock")
        reach(FaultPoint.LOCK_TAKEN)
        try:
            self._note(descriptor, purpose)
            reach(FaultPoint.LOCK_NOTED)
            yield KernelLock(descriptor)
        finally:
            os.close(descriptor)

    def _take(self, host_name: str, path: Path) -> int:
        try:
            descriptor = open_for_everyone(path)
        except OSError as error:
            raise _unusable(host_name, path, error) from error
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            busy = self._busy(host_name, _read_note(descriptor))
            os.close(descriptor)
            raise busy from error
        except OSError as error:  # a file system without locks
            os.close(descriptor)
            raise _unusable(host_name, path, error) from error
        return descriptor

    def _note(self, descriptor: int, purpose: str) -> None:
        note = {"pid": os.getpid(), "uid": os.getuid(), "purpose": purpose, "since": self._clock.now().isoformat()}
        # The lock holds without the note, which only tells others whom to ask: a full /run/lock stops no work.
        with suppress(OSError):
            os.ftruncate(descriptor, 0)  # first: the note of an earlier run would be a lie
            os.pwrite(descriptor, json.dumps(note).encode(), 0)

    def _busy(self, host_name: str, note: dict[str, Any]) -> HostBusy:
        match note:
            case {"pid": int(pid), "uid": int(uid), "purpose": str(purpose), "since": str(since)}:
                pass
            case _:
                return HostBusy(host_name, f"{host_name} is busy with another run.", hint="Try again later.")
        what = f"{one_line(purpose, 40)} of {_login(uid)} (process {pid}{self._duration(since)})"
        if _lives(pid):
            return HostBusy(host_name, f"{host_name} is busy with {what}.", hint="Try again when that has ended.")
        return HostBusy(
            host_name,
            f"{host_name} is busy: {what} was broken off, and Ansible is still finishing its last step.",
            hint="Try again in a few minutes. What the last step did is not known until then.",
        )

    def _duration(self, since: str) -> str:
        try:
            elapsed = self._clock.now() - datetime.fromisoformat(since)
        except (ValueError, TypeError):
            return ""
        if elapsed < timedelta(minutes=1):
            return ", for less than a minute"
        return f", for {elapsed // timedelta(minutes=1)} min"


def _is_for_everyone(status: os.stat_result) -> bool:
    return status.st_uid == 0 and bool(status.st_mode & stat.S_ISVTX) and bool(status.st_mode & stat.S_IWOTH)


def _unusable(host_name: str, path: Path, error: OSError) -> HostError:
    return HostError(
        host_name,
        f"{host_name} cannot be locked: {path} cannot be used ({error.strerror}).",
        hint=f"See who owns it: ls -l {path}",
    )


def open_for_everyone(path: Path) -> int:
    """Opens the file, or makes it, so that every user of the controller can lock it; returns the descriptor.

    Anyone may have put anything there: only a plain file with one name is taken. Raises OSError.
    """
    flags = os.O_RDWR | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC
    while True:
        try:
            # without O_CREAT: the kernel denies it to root as well on another user's file (fs.protected_regular)
            descriptor = os.open(path, flags)
        except FileNotFoundError:
            try:
                descriptor = os.open(path, flags | os.O_CREAT | os.O_EXCL, _FOR_EVERYONE)
            except FileExistsError:
                continue
            reach(FaultPoint.LOCK_FILE_MADE)
        status = os.fstat(descriptor)
        if stat.S_ISREG(status.st_mode) and status.st_nlink <= 1:
            if status.st_uid == os.geteuid() and stat.S_IMODE(status.st_mode) != _FOR_EVERYONE:
                os.fchmod(descriptor, _FOR_EVERYONE)  # whatever the umask, and whoever was killed before this line
            return descriptor
        os.close(descriptor)
        raise PermissionError(1, "it is not a plain file", str(path))


def _read_note(descriptor: int) -> dict[str, Any]:
    try:
        note = json.loads(os.pread(descriptor, _NOTE_BYTES, 0))
    except (OSError, ValueError, RecursionError):
        return {}
    return note if isinstance(note, dict) else {}


def _login(uid: int) -> str:
    try:
        return getpwuid(uid).pw_name
    except (KeyError, OverflowError):
        return f"user {uid}"


def _lives(pid: int) -> bool:
    if pid < 1:
        return False
    try:
        os.kill(pid, 0)
    except (ProcessLookupError, OverflowError):
        return False
    except PermissionError:
        return True
    return True
