"""Local accounts and groups of Windows, named and looked at: shared by the types that are about them.

Built-in groups have translated names; they are known by their SIDs, and profiles call them by their English names.
"""

import re
from collections.abc import Mapping, Sequence
from typing import Any

from deskprov.model.facts import Answer
from deskprov.model.plan import Obstacle
from deskprov.model.probe import Probe, script_beside

ADMINISTRATORS = "S-1-5-32-544"
USERS = "S-1-5-32-545"

NO_RIGHTS_FIX = (
    "Make it a member of the group of administrators there, with the rights of one (LocalAccountTokenFilterPolicy 1), "
    "or let deskprov log in with an account that is."
)
"""What to do about a log-in that is no administrator's."""

BUILT_IN: Mapping[str, str] = {
    "administrators": ADMINISTRATORS,
    "users": USERS,
    "guests": "S-1-5-32-546",
    "power users": "S-1-5-32-547",
    "backup operators": "S-1-5-32-551",
    "replicator": "S-1-5-32-552",
    "remote desktop users": "S-1-5-32-555",
    "network configuration operators": "S-1-5-32-556",
    "performance monitor users": "S-1-5-32-558",
    "performance log users": "S-1-5-32-559",
    "distributed com users": "S-1-5-32-562",
    "iis_iusrs": "S-1-5-32-568",
    "cryptographic operators": "S-1-5-32-569",
    "event log readers": "S-1-5-32-573",
    "hyper-v administrators": "S-1-5-32-578",
    "access control assistance operators": "S-1-5-32-579",
    "remote management users": "S-1-5-32-580",
    "system managed accounts group": "S-1-5-32-581",
}
"""SIDs by English name: learn.microsoft.com/windows-server/identity/ad-ds/manage/understand-security-identifiers."""

OWN_ACCOUNTS: Mapping[str, str] = {"administrator": "-500", "guest": "-501"}
"""The ends of the SIDs of accounts that Windows brings and translates, by English name: the same page."""

_FIRST_OF_PEOPLE = 1000
"""Relative ids below are those of accounts that come with Windows; the script that removes accounts has it, too."""

FORBIDDEN = '`" / \\ [ ] : ; | = , + * ? < > @`'
_FORBIDDEN = re.compile(r'["/\\\[\]:;|=,+*?<>@]')
_LONGEST_USER = 20
_LONGEST_GROUP = 256
"""New-LocalUser and New-LocalGroup, learn.microsoft.com/powershell/module/microsoft.powershell.localaccounts."""

_LOOK = script_beside(__package__, "probe_windows.ps1")


def user_name(text: str) -> str:
    """The name of an account as it is. Raises `ValueError` for one that Windows would not take."""
    return _name(text, _LONGEST_USER)


def group_name(text: str) -> str:
    """The name of a group as it is. Raises `ValueError` for one that Windows would not take."""
    return _name(text, _LONGEST_GROUP)


def as_module_knows(group: str) -> str:
    """The SID of a built-in group, the name of another: what ansible.windows.win_user takes for a group."""
    return BUILT_IN.get(group.casefold(), group)


def own_account(name: str) -> str:
    """The end of the SID (`-500`) of the account that Windows itself brings under this English name, else empty."""
    return OWN_ACCOUNTS.get(name.casefold(), "")


def is_windows_own(sid: str) -> bool:
    """True for an account that comes with Windows, whatever it is called."""
    last = sid.rpartition("-")[2]
    return last.isdecimal() and int(last) < _FIRST_OF_PEOPLE


def accounts_probe() -> Probe:
    """Asks for all local accounts and groups at once, so that any number of resources costs one question."""
    return Probe(_LOOK)


def user_in(answer: Answer, name: str) -> Mapping[str, Any] | None:
    """What the answer to `accounts_probe` says of an account, None when there is none. Windows' own by English names.

    Raises `ValueError` for an answer that makes no sense.
    """
    if end := own_account(name):
        return next((found for found in _rows(answer, "users") if found["sid"].endswith(end)), None)
    return _named(answer, "users", name)


def group_in(answer: Answer, name: str) -> Mapping[str, Any] | None:
    """What the answer to `accounts_probe` says of a group, None when there is none. A built-in one by its English name.

    Raises `ValueError` for an answer that makes no sense.
    """
    sid = BUILT_IN.get(name.casefold())
    if sid is None:
        return _named(answer, "groups", name)
    return next((found for found in _rows(answer, "groups") if found["sid"] == sid), None)


def groups_of(answer: Answer, sid: str) -> Sequence[Mapping[str, Any]] | None:
    """The groups that the account with this SID is a member of; None when a group's members are not known.

    Raises `ValueError` for an answer that makes no sense.
    """
    groups = _rows(answer, "groups")
    if not all(isinstance(group.get("members"), list) for group in groups):
        return None
    return [group for group in groups if sid in group["members"]]


def missing_groups(names: Sequence[str], answer: Answer) -> Sequence[Obstacle]:
    """Of these groups, those that are not there by the answer to `accounts_probe`; none when it makes no sense."""
    try:
        missing = [name for name in names if group_in(answer, name) is None]
    except ValueError:
        return []
    return [Obstacle(f"there is no group {name}", unless=(f"groups/{name}",)) for name in missing]


def sids_by_name(answer: Answer) -> Mapping[str, str]:
    """The SIDs of all accounts and groups by their names, out of the answer to `accounts_probe`.

    Raises `ValueError` for an answer that makes no sense.
    """
    return {row["name"]: row["sid"] for row in (*_rows(answer, "groups"), *_rows(answer, "users"))}


def _named(answer: Answer, table: str, name: str) -> Mapping[str, Any] | None:
    return next((f for f in _rows(answer, table) if f["name"].casefold() == name.casefold()), None)


def _rows(answer: Answer, table: str) -> Sequence[Mapping[str, Any]]:
    rows = answer.get(table) if isinstance(answer, Mapping) else None
    if not isinstance(rows, list) or not all(map(_is_known, rows)):
        raise ValueError(f"no {table} in the answer")
    return rows


def _is_known(row: Any) -> bool:
    return isinstance(row, Mapping) and isinstance(row.get("name"), str) and isinstance(row.get("sid"), str)


def _name(text: str, longest: int) -> str:
    if not text.isprintable():
        raise ValueError("holds a character that cannot be printed")
    if found := _FORBIDDEN.search(text):
        raise ValueError(f"holds a `{found[0]}`; Windows takes none of {FORBIDDEN}")
    if not text.strip(". "):
        raise ValueError("must be more than dots and spaces")
    if text != text.strip() or text.endswith("."):
        raise ValueError("may not begin or end with a space, nor end with a dot")
    if len(text.encode("utf-16-le")) > 2 * longest:
        raise ValueError(f"must have at most {longest} characters")
    if re.match(r"S-1-[0-9]", text, re.IGNORECASE):
        raise ValueError("looks like a SID; built-in groups are called by their English names")
    return text
