"""The accounts and groups in a state, by name and by SID. Built-in ones have their English names."""

import re
from typing import Any

from passlib.hash import nthash

from deskprov.model.practice_models import State

ADMINISTRATORS = "S-1-5-32-544"
WELL_KNOWN = {"S-1-5-4": r"NT AUTHORITY\INTERACTIVE", "S-1-5-11": r"NT AUTHORITY\Authenticated Users"}
SID = re.compile(r"S-1-[0-9-]+\Z", re.IGNORECASE)


def nt_hash(password: str) -> str:
    """The hash of a password under which Windows keeps it, in hexadecimal."""
    return str(nthash.hash(password))


def add_user(state: State, name: str, password_hash: str) -> dict[str, Any]:
    """A new account, in no group."""
    user = {
        "name": name,
        "fullname": "",
        "description": "",
        "sid": new_sid(state),
        "account_disabled": False,
        "nt_hash": password_hash,
    }
    state["users"][name.lower()] = user
    return user


def new_sid(state: State) -> str:
    """A SID that no account or group of this PC has had."""
    rid = state["next_rid"]
    state["next_rid"] += 1
    return f"{state['machine']['sid']}-{rid}"


def token_filter(state: State) -> int | None:
    """What LocalAccountTokenFilterPolicy says; None when it is not there. The bootstrap script sets it to 1."""
    key = state["registry"].get(r"hklm\software\microsoft\windows\currentversion\policies\system", {"values": {}})
    value = key["values"].get("localaccounttokenfilterpolicy")
    return value["data"] if value else None


def is_filtered(state: State, user: str) -> bool:
    """True when this account of the PC has no administrator's rights over the network (learn.microsoft.com, "User
    Account Control and remote restrictions"); the built-in Administrator always has.
    """
    sid = sid_of(state, user)
    return token_filter(state) != 1 and sid is not None and not sid.endswith("-500")


def group(state: State, sid: str) -> dict[str, Any]:
    """The group with this SID. Raises KeyError."""
    groups: list[dict[str, Any]] = [found for found in state["groups"].values() if found["sid"] == sid]
    if not groups:
        raise KeyError(sid)
    return groups[0]


def sid_of(state: State, account: str) -> str | None:
    """The SID of an account or group, given by SID, by name, or by name with this PC's before it."""
    if SID.match(account):
        return account.upper()
    domain, _, name = account.rpartition("\\")
    for sid, known in WELL_KNOWN.items():
        if account.lower() in (known.lower(), known.rpartition("\\")[2].lower()):
            return sid
    if domain.lower() not in ("", ".", "builtin", state["name"].lower()):
        return None
    found = state["users"].get(name.lower()) or state["groups"].get(name.lower())
    return str(found["sid"]) if found else None


def name_of(state: State, sid: str) -> str:
    """The full name of what has this SID; the SID itself when nothing has."""
    for found in state["users"].values():
        if found["sid"] == sid:
            return f"{state['name'].upper()}\\{found['name']}"
    for found in state["groups"].values():
        if found["sid"] == sid:
            return f"{'BUILTIN' if sid.startswith('S-1-5-32-') else state['name'].upper()}\\{found['name']}"
    return WELL_KNOWN.get(sid, sid)
