"""Names of accounts and groups as options of resource types, each platform with a form of its own."""

from typing import Annotated

from deskprov.formats import posix, windows_accounts
from deskprov.model.platform import PerPlatform, Platform
from deskprov.model.text import Accepts, Reach

_ON_LINUX = "on Linux small letters, digits, `_` and `-`, at most 32 of them"
_REACH = {Platform.LINUX: Reach.WORD}

UserName = Annotated[
    str,
    PerPlatform({Platform.LINUX: posix.account_name, Platform.WINDOWS: windows_accounts.user_name}),
    Accepts(
        f"{_ON_LINUX}; on Windows at most 20 printable characters, none of them {windows_accounts.FORBIDDEN}",
        Reach.LINE,
        on=_REACH,
    ),
]
"""The name of a local account."""

GroupName = Annotated[
    str,
    PerPlatform({Platform.LINUX: posix.account_name, Platform.WINDOWS: windows_accounts.group_name}),
    Accepts(
        f"{_ON_LINUX}; on Windows at most 256 printable characters, none of them {windows_accounts.FORBIDDEN}",
        Reach.LINE,
        on=_REACH,
    ),
]
"""The name of a local group; on Windows also the English name of a built-in one, whatever it is called there."""
