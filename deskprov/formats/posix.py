"""The words that a Unix machine takes, as options of resource types: paths, modes, names of accounts.

They are narrower than what the kernel would take, because they pass through Ansible, shells and people's eyes.
"""

import re
from typing import Annotated

from pydantic import AfterValidator

from deskprov.model.text import Accepts, Reach

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

_KERNEL = ("/dev/", "/proc/", "/sys/")
_ROOTS = "bin boot dev etc home lib lib32 lib64 libx32 media mnt opt proc root run sbin srv sys tmp usr var"
_BELOW = "/usr/bin /usr/lib /usr/lib64 /usr/local /usr/sbin /usr/share /var/cache /var/lib /var/log /var/spool /var/tmp"
_LINKS = "/bin /lib /lib32 /lib64 /libx32 /sbin /var/run /var/lock /etc/mtab"
_FILES = "/etc/fstab /etc/sudoers /etc/ssh/sshd_config /etc/pam.d/common-auth"

ACCOUNT_FILES = frozenset({"/etc/passwd", "/etc/shadow", "/etc/group", "/etc/gshadow"})
"""What useradd(8), groupadd(8) and their kind write."""

SYSTEM_LINKS = frozenset(_LINKS.split())
"""Links that Debian's base-files and usrmerge make."""

_NEVER_REMOVED = frozenset(
    {*(f"/{name}" for name in _ROOTS.split()), *_BELOW.split(), *_FILES.split(), *ACCOUNT_FILES, *SYSTEM_LINKS}
)


def belongs_to_kernel(path: str) -> bool:
    """True for what the kernel shows as files, and for `/` itself: nothing there is set up."""
    return path == "/" or f"{path}/".startswith(_KERNEL)


def belongs_to_system(path: str) -> bool:
    """True for what a computer does not start or lets nobody in without: it is never removed.

    The folders are those of the Filesystem Hierarchy Standard 3.0.
    """
    return path in _NEVER_REMOVED


def ancestors(path: str) -> list[str]:
    """Every folder above a path, nearest first, without `/` itself."""
    parts = path.split("/")[1:-1]
    return ["/" + "/".join(parts[:count]) for count in range(len(parts), 0, -1)]


def account_name(text: str) -> str:
    """The name of a user or group as it is. Raises `ValueError` for one that useradd(8) would not take everywhere."""
    if not re.fullmatch(_ACCOUNT, text):
        raise ValueError(
            "must be small letters, digits, `_` and `-`, at most 32 of them, and begin with a letter or `_`"
        )
    return text


def _mode(text: str) -> str:
    if not re.fullmatch(_MODE, text):
        raise ValueError('must be an octal mode in quotes, such as "0644"')
    return text.zfill(4)


def machine_path(text: str) -> str:
    """The path as it is. Raises `ValueError` for one that is not absolute and normalised."""
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
    str,
    AfterValidator(account_name),
    Accepts("small letters, digits, `_` and `-`, at most 32 of them", Reach.WORD, _ACCOUNT),
]
"""The name of a user or group, as useradd(8) and groupadd(8) take it everywhere."""

Mode = Annotated[
    str,
    AfterValidator(_mode),
    Accepts("three or four octal digits", Reach.WORD, _MODE),
]
"""Permissions as octal text, `644` or `0644`; the value has four digits."""

MachinePath = Annotated[
    str,
    AfterValidator(machine_path),
    Accepts("a whole path, any printable characters but `$`, no `.` and `..`", Reach.LINE, "^/"),
]
"""An absolute, normalised path on the machine."""
