"""Changes a text file of the site so that nobody ever sees half of it and no change of another process is lost."""

import fcntl
import os
from collections.abc import Callable
from pathlib import Path

from deskprov.adapters.fault_points import FaultPoint, reach
from deskprov.formats.file_refusals import not_writable


def rewrite(path: Path, edit: Callable[[str], str]) -> None:
    """Replaces the file's text by what `edit` makes of it, in one step, while other calls of this wait.

    A file that does not exist is the empty text. Nothing is written when the text stays the same or `edit` raises.
    Line ends, mode, symbolic link and bytes that are no text stay. Raises `SiteNotWritable` and what `edit` raises.
    """
    try:
        _rewrite(path, edit)
    except OSError as error:
        raise not_writable(path, error) from error


def _rewrite(path: Path, edit: Callable[[str], str]) -> None:
    target = Path(os.path.realpath(path))  # unlike resolve(), it leaves a circle of links to the OSError of opening
    target.parent.mkdir(parents=True, exist_ok=True)
    # the folder carries the lock, because the file itself is replaced
    folder = os.open(target.parent, os.O_RDONLY | os.O_DIRECTORY)
    try:
        fcntl.flock(folder, fcntl.LOCK_EX)
        before = target.read_bytes() if target.exists() else b""
        after = edit(before.decode("utf-8", "surrogateescape")).encode("utf-8", "surrogateescape")
        if after != before:
            _replace(target, after, folder)
    finally:
        os.close(folder)


def _replace(target: Path, content: bytes, folder: int) -> None:
    fresh = target.with_name(f".{target.name}.new")
    mode = target.stat().st_mode & 0o777 if target.exists() else None
    descriptor = os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_TRUNC | os.O_CLOEXEC, 0o666)
    with os.fdopen(descriptor, "wb") as file:
        if mode is not None:
            os.fchmod(file.fileno(), mode)
        file.write(content)
        file.flush()
        os.fsync(file.fileno())
    reach(FaultPoint.FILE_READY)
    fresh.replace(target)
    reach(FaultPoint.FILE_REPLACED)
    os.fsync(folder)
