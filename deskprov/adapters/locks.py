"""One lock per machine, for everyone who works from this controller.

The lock is the kernel's (flock(2)) and sits on an open file, not on a process: whoever has the descriptor holds it,
and it ends with the last of them, however they end. So a playbook that has outlived its deskprov still keeps others
away from its machine. Whoever works never unlocks; descriptors are closed, because unlocking would free it for all.

Who only looks at a machine asks whether somebody works there, and must not make it busy by asking. There is no question
that takes nothing on both Linux and macOS: fcntl(2) does not see what flock(2) locks. So who asks holds the lock for an
instant, shared. Who wants to work and finds it taken tries the same: it can be shared with those who ask, and never
with one who works. Where it can be, nobody works, and it is tried for again.

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
from datetime import datetime, timedelta
from hashlib import sha256
from pathlib import Path
from pwd import getpwuid
from typing import Any

from msgspec import Struct

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

_PAUSE_SECONDS = 0.001
_INSTANT_SECONDS = 5.0
"""Who asks for longer was stopped in the middle of it."""


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


class KernelLock(Struct, frozen=True):
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
        path = self._path(host_name, identity)
        descriptor = self._take(host_name, path)
        reach(FaultPoint.LOCK_TAKEN)
        try:
            self._note(descriptor, purpose)
            reach(FaultPoint.LOCK_NOTED)
            yield KernelLock(descriptor)
        finally:
            os.close(descriptor)

    def last_use(self, host_name: str, identity: str = "") -> str:
        """When the lock was last taken and what its note says; empty when nobody ever took it. Makes no file.

        Raises `HostBusy`, which names the holder, and `HostError` when nobody can say; nothing else.
        """
        path = self._path(host_name, identity)
        try:
            descriptor = _open_plain(path, os.O_RDONLY)
        except FileNotFoundError:
            return ""
        except OSError as error:
            raise _unusable(host_name, path, error) from error
        try:
            # first: who begins after this is found at work now, or as another use the next time
            use = f"{os.fstat(descriptor).st_mtime_ns} {_read_note(descriptor)}"
            if _is_held_for_work(descriptor):
                raise self._busy(host_name, _read_note(descriptor))
        except OSError as error:
            raise _unusable(host_name, path, error) from error
        finally:
            os.close(descriptor)
        return use

    def _path(self, host_name: str, identity: str) -> Path:
        if not is_name(host_name):
            raise HostError(host_name, f"{one_line(host_name, 80)} is no name of a machine.")
        key = sha256(identity.encode()).hexdigest()[:16]
        return self._folder / f"deskprov-{host_name.lower()}-{key}.lock"

    def _take(self, host_name: str, path: Path) -> int:
        try:
            descriptor = open_for_everyone(path)
        except OSError as error:
            raise _unusable(host_name, path, error) from error
        try:
            self._lock(host_name, descriptor)
        except HostBusy:
            os.close(descriptor)
            raise
        except OSError as error:  # a file system without locks
            os.close(descriptor)
            raise _unusable(host_name, path, error) from error
        return descriptor

    def _lock(self, host_name: str, descriptor: int) -> None:
        end = self._clock.monotonic() + _INSTANT_SECONDS
        while not _locks(descriptor, fcntl.LOCK_EX):
            if _is_held_for_work(descriptor):
                raise self._busy(host_name, _read_note(descriptor))
            if self._clock.monotonic() >= end:
                raise self._busy(host_name, {})  # who asks leaves no note
            self._clock.sleep(_PAUSE_SECONDS)

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
    while True:
        try:
            # without O_CREAT: the kernel denies it to root as well on another user's file (fs.protected_regular)
            descriptor = _open_plain(path, os.O_RDWR)
        except FileNotFoundError:
            try:
                descriptor = _open_plain(path, os.O_RDWR | os.O_CREAT | os.O_EXCL)
            except FileExistsError:
                continue
            reach(FaultPoint.LOCK_FILE_MADE)
        status = os.fstat(descriptor)
        if status.st_uid == os.geteuid() and stat.S_IMODE(status.st_mode) != _FOR_EVERYONE:
            os.fchmod(descriptor, _FOR_EVERYONE)  # whatever the umask, and whoever was killed before this line
        return descriptor


def _open_plain(path: Path, flags: int) -> int:
    descriptor = os.open(path, flags | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC, _FOR_EVERYONE)
    status = os.fstat(descriptor)
    if stat.S_ISREG(status.st_mode) and status.st_nlink <= 1:
        return descriptor
    os.close(descriptor)
    raise PermissionError(1, "it is not a plain file", str(path))


def _locks(descriptor: int, how: int) -> bool:
    """Whether it was free for that. Raises OSError on a file system without locks."""
    try:
        fcntl.flock(descriptor, how | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True


def _is_held_for_work(descriptor: int) -> bool:
    """True while somebody has it alone. Raises the same."""
    shared = _locks(descriptor, fcntl.LOCK_SH)
    if shared:
        fcntl.flock(descriptor, fcntl.LOCK_UN)
    return not shared


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
