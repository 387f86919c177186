"""The files of a practice PC as SFTP shows them: `/C:/Users/…`, as OpenSSH for Windows does.

What sftp(1) needs to put a file and to get one; whatever else is asked for is refused as not supported.
"""

import stat
from typing import TYPE_CHECKING

import paramiko
from paramiko.sftp import SFTP_FAILURE, SFTP_NO_SUCH_FILE, SFTP_OK

from deskprov.model.practice_models import State
from deskprov.practice.windows import file_system
from deskprov.practice.windows.computer import Computer
from deskprov.practice.windows.journal import Journal

if TYPE_CHECKING:
    from typing_extensions import Buffer

HOME = "/C:/Users/deskprov"
LARGEST = 64 * 1024 * 1024
"""Bytes of one file."""


class Files(paramiko.SFTPServerInterface):
    """What a connection sees of the files in a computer's state."""

    def __init__(self, server: paramiko.ServerInterface, computer: Computer, journal: Journal) -> None:
        super().__init__(server)
        self._computer = computer
        self._journal = journal

    def canonicalize(self, path: str) -> str:
        """The whole path; what is relative begins at the home."""
        return path if path.startswith("/") else HOME if path == "." else f"{HOME}/{path}"

    def stat(self, path: str) -> paramiko.SFTPAttributes | int:
        """Kind and size."""
        return self._computer.look(lambda state: _attributes(state, path))

    def lstat(self, path: str) -> paramiko.SFTPAttributes | int:
        """The same: there are no links."""
        return self.stat(path)

    def open(self, path: str, flags: int, attr: paramiko.SFTPAttributes) -> paramiko.SFTPHandle | int:
        """A file that is there to be read, or a new one in a folder that is there."""
        writes = bool(flags & 3)  # O_WRONLY, O_RDWR
        self._journal.script("sftp put" if writes else "sftp get", {"Path": path})
        try:
            where = file_system.normal(path)
        except ValueError:
            return SFTP_FAILURE
        if writes:
            there = self._computer.look(lambda state: file_system.is_folder(state, file_system.parent(where)))
            return _NewFile(self._computer, where) if there else SFTP_NO_SUCH_FILE
        found = self._computer.look(lambda state: file_system.find(state, where))
        if found is None or found["folder"]:
            return SFTP_NO_SUCH_FILE if found is None else SFTP_FAILURE
        return _OpenFile(file_system.read(found))


class _OpenFile(paramiko.SFTPHandle):
    """A file that is read."""

    def __init__(self, content: bytes) -> None:
        super().__init__()
        self._content = content

    def read(self, offset: int, length: int) -> bytes:
        return self._content[offset : offset + length]


class _NewFile(paramiko.SFTPHandle):
    """A file that is written, and is there when it is closed."""

    def __init__(self, computer: Computer, path: str) -> None:
        super().__init__()
        self._computer = computer
        self._path = path
        self._content = bytearray()

    def write(self, offset: int, data: "Buffer") -> int:
        data = bytes(data)
        size = offset + len(data)
        if size > LARGEST or not self._computer.look(lambda state: file_system.has_room(state, size)):
            return SFTP_FAILURE
        self._content[offset : offset + len(data)] = data
        return SFTP_OK

    def chattr(self, attr: paramiko.SFTPAttributes) -> int:
        return SFTP_OK  # modes of POSIX mean nothing here, and sftp sends them unasked

    def close(self) -> None:
        super().close()
        self._computer.change(lambda state: file_system.write(state, self._path, bytes(self._content)))


def _attributes(state: State, path: str) -> paramiko.SFTPAttributes | int:
    if path == "/":
        return _as_attributes(stat.S_IFDIR | 0o777, 0)
    try:
        found = file_system.find(state, file_system.normal(path))
    except ValueError:
        found = None
    if found is None:
        return SFTP_NO_SUCH_FILE
    if found["folder"]:
        return _as_attributes(stat.S_IFDIR | 0o777, 0)
    return _as_attributes(stat.S_IFREG | 0o666, len(file_system.read(found)))


def _as_attributes(mode: int, size: int) -> paramiko.SFTPAttributes:
    made = paramiko.SFTPAttributes()
    made.st_mode, made.st_size = mode, size
    return made
