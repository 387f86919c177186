"""The files of a site, read from its folder and from nowhere else."""

import hashlib
import os
import time
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Never

from deskprov.formats.file_refusals import unreadable
from deskprov.model.ports.site import Digest
from deskprov.model.problem import InvalidInput, Problem
from deskprov.model.source import Source

_SETTLED_NS = 2_000_000_000
"""How long ago a file must have been changed, so that a further change cannot have the same time."""

_State = tuple[int, int, int, int, int]


class FolderFiles:
    """The port `SiteFiles` over a folder. Links inside are followed only while they stay inside."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder.resolve()
        self._hashed: dict[_State, str] = {}

    def read_bytes(self, path: str) -> bytes:
        """The content. Raises `OSError` as open() does, and `ValueError` for a path that leaves the site."""
        return self._inside(path).read_bytes()

    def digest(self, path: str, beginning: int) -> Digest:
        """What is in a file of any size, read piece by piece, and read whole once as long as nobody changes it.

        Raises as `read_bytes`.
        """
        with self._inside(path).open("rb") as file:
            first = file.read(beginning)
            file.seek(0)
            status = os.fstat(file.fileno())
            state = (status.st_dev, status.st_ino, status.st_size, status.st_mtime_ns, status.st_ctime_ns)
            if state in self._hashed:
                return Digest(self._hashed[state], status.st_size, first)
            began = time.time_ns()
            sha256 = hashlib.file_digest(file, "sha256").hexdigest()
            if began - status.st_ctime_ns > _SETTLED_NS:
                self._hashed[state] = sha256
            return Digest(sha256, file.tell(), first)

    def exists(self, path: str) -> bool:
        """True for a file inside the site."""
        try:
            return self._inside(path).is_file()
        except (ValueError, PermissionError):
            return False

    def list_yaml(self, folder: str) -> Sequence[str]:
        """Paths of all YAML files below a folder, sorted; none when there is no such folder.

        A link that leads nowhere is among them. Raises `InvalidInput` for a folder that cannot be read.
        """
        try:
            return sorted(file.relative_to(self._folder).as_posix() for file in _yaml_below(self._inside(folder)))
        except ValueError as error:
            hint = "keep the site's files inside its folder"
            raise InvalidInput([Problem(Source(folder, 1), "unreadable", str(error), hint)]) from error
        except OSError as error:
            place = Path(error.filename or folder)
            name = place.relative_to(self._folder).as_posix() if place.is_relative_to(self._folder) else folder
            raise InvalidInput([unreadable(name, error)]) from error

    def _inside(self, path: str) -> Path:
        if not path or path.startswith("/") or "\0" in path:
            raise ValueError(f"{path!r} is no path inside the site")
        try:
            found = (self._folder / path).resolve()
        except RuntimeError as error:  # what Python says of a link that leads back to itself
            raise ValueError(f"{path!r} leads back to itself, and so not into the site") from error
        if not found.is_relative_to(self._folder):
            raise ValueError(f"{path!r} leads out of the site")
        return found


def _yaml_below(base: Path) -> Iterator[Path]:
    """Raises OSError."""
    if not base.is_dir():
        return
    for parent, _, names in os.walk(base, onerror=_refuse):
        for file in (Path(parent, name) for name in names if name.endswith((".yml", ".yaml"))):
            if file.is_symlink() or file.is_file():
                yield file


def _refuse(error: OSError) -> Never:
    raise error
