"""Runs on the machine: the hash of a file's content, and the content itself where a diff can show it; or None.

The content stays on the machine when it is as wanted, when it is large, and when it is no text.
"""

import os
import stat

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

LARGEST_TEXT = 65536
BLOCK = 1048576


def look(argument: "list[str]") -> "dict[str, Any] | None":
    path, wanted = argument
    try:
        if not stat.S_ISREG(os.lstat(path).st_mode):
            return None
    except (FileNotFoundError, NotADirectoryError):
        return None
    import hashlib

    digest = hashlib.sha256()
    with open(os.open(path, os.O_RDONLY | os.O_NOFOLLOW), "rb") as file:
        first = block = file.read(BLOCK)
        while block:
            digest.update(block)
            block = file.read(BLOCK)
    sha256 = digest.hexdigest()
    return {"sha256": sha256, "text": _text(first) if wanted not in ("", sha256) else None}


def _text(content: bytes) -> "str | None":
    if len(content) > LARGEST_TEXT or b"\0" in content:
        return None
    try:
        return content.decode("utf-8")
    except UnicodeDecodeError:
        return None
