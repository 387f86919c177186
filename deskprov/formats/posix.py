"""The words that a Unix machine takes, as options of resource types: paths, modes, names of accounts.

They are narrower than what the kernel would take, because they pass through Ansible, shells and people's eyes.
"""

import re
from typing import Annotated

from pydantic import AfterValidator, WithJsonSchema

_ACCOUNT = r"^[a-z_][a-z0-9_-]{0,31}$"
_MODE = r"^[0-7]{3,4}$"
_PATH_BYTES = 1024
_NAME_BYTES = 255

_SYSTEM_USERS = """
root daemon bin sys sync games man lp mail news uucp proxy www-data backup list irc gnats _apt nobody
messagebus sshd polkitd systemd-network systemd-resolve systemd-timesync avahi colord gdm lightdm sddm
"""
_SYSTEM_GROUPS = """
adm tty disk kmem dialout fax voice cdrom floppy tape sudo audio dip operator src shadow utmp video sasl plugdev
staff users nogroup input kvm render sgx systemd-journal ssl-cert lpadmin netdev bluetooth
"""
SYSTEM_USERS = frozenset(_SYSTEM_USERS.split())
SYSTEM_GROUPS = frozenset(_SYSTEM_GROUPS.split()) | SYSTEM_USERS
"""Accounts and groups that belong to the system: Debian's base-passwd 3.6.1, and what its usual services make."""


def ancestors(path: str) -> list[str]:
    """Every folder above a path, nearest first, without `/` itself."""
    parts = path.split("/")[1:-1]
    return ["/" + "/".join(parts[:count]) for count in range(len(parts), 0, -1)]


def _account_name(text: str) -> str:
    if not re.fullmatch(_ACCOUNT, text):
        raise ValueError(
            "must be small letters, digits, `_` and `-`, at most 32 of them, and begin with a letter or `_`"
        )
    return text


def _mode(text: str) -> str:
    if not re.fullmatch(_MODE, text):
        raise ValueError('must be an octal mode in quotes, such as "0644"')
    return text.zfill(4)


def _path(text: str) -> str:
    if not text.startswith("/"):
        raise ValueError("must be a whole path that begins with `/`")
    if not text.isprintable():
        raise ValueError("holds a character that cannot be printed")
    if "$" in text:
        raise ValueError("holds a `$`, which Ansible would take for a variable")
    parts = text.split("/")[1:]
    if text != "/" and any(part in ("", ".", "..") for part in parts):
        raise ValueError("must be written without `//`, `.`, `..` and without `/` at its end")
    if len(text.encode()) > _PATH_BYTES or any(len(part.encode()) > _NAME_BYTES for part in parts):
        raise ValueError("is longer than a path may be")
    return text


AccountName = Annotated[
    str, AfterValidator(_account_name), WithJsonSchema({"type": "string", "pattern": _ACCOUNT, "maxLength": 32})
]
"""The name of a user or group, as useradd(8) and groupadd(8) take it everywhere."""

Mode = Annotated[str, AfterValidator(_mode), WithJsonSchema({"type": "string", "pattern": _MODE})]
"""Permissions as octal text, `644` or `0644`; the value has four digits."""

MachinePath = Annotated[str, AfterValidator(_path), WithJsonSchema({"type": "string", "pattern": "^/"})]
"""An absolute, normalised path on the machine."""
