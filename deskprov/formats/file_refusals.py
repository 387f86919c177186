"""Says in words why the system refused a file of the site: a technician should not need to know what EROFS is."""

import errno
from collections.abc import Mapping
from pathlib import PurePath

from deskprov.errors import SiteNotWritable
from deskprov.model.problem import Problem
from deskprov.model.source import Source

# errno(3)
_REASONS: Mapping[int | None, str] = {
    errno.EACCES: "you have no permission",
    errno.EPERM: "the system does not permit it",
    errno.EROFS: "the disk is read-only",
    errno.ENOSPC: "the disk is full",
    errno.EDQUOT: "your quota of the disk is used up",
    errno.ENOENT: "it is not there, or a link that leads nowhere",
    errno.ELOOP: "it is a link that leads back to itself",
    errno.EISDIR: "it is a folder",
    errno.ENOTDIR: "a part of its path is no folder",
    errno.EEXIST: "something else is in its place",
    errno.EIO: "the disk has an error",
}
_READ_HINTS: Mapping[int | None, str] = {
    errno.ENOENT: "mend the link, or remove it",
    errno.ELOOP: "mend the link, or remove it",
    errno.EISDIR: "move the folder elsewhere",
}
_WRITE_HINTS: Mapping[int | None, str] = {
    errno.EROFS: "Work in a copy of the site on a disk that can be written to.",
    errno.ENOSPC: "Make room on the disk: df -h shows how full it is.",
}


def reason(error: OSError) -> str:
    """Why, as a part of a sentence."""
    return _REASONS.get(error.errno) or error.strerror or type(error).__name__


def unreadable(file: str, error: OSError) -> Problem:
    """The finding that a file or folder cannot be read; `file` is its path from the site's folder."""
    hint = _READ_HINTS.get(error.errno, f"see who may read it: ls -ld {file}")
    return Problem(Source(file, 1), "unreadable", f"cannot be read: {reason(error)}", hint)


def not_writable(path: PurePath, error: OSError) -> SiteNotWritable:
    """The error that a file or folder cannot be written."""
    hint = _WRITE_HINTS.get(error.errno, f"See who may write there: ls -ld {path.parent} {path}")
    return SiteNotWritable(f"{path} cannot be written: {reason(error)}.", hint=hint)
