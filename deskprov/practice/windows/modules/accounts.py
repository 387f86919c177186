"""win_user, win_group and win_group_membership, as the modules' own text has them (ansible.windows 3)."""

import re
from collections.abc import Mapping, Sequence
from typing import Any

from deskprov.model.practice_models import ModuleFailed, State
from deskprov.practice.windows.local_accounts import add_user, name_of, new_sid, nt_hash, sid_of

PROPERTIES = (
    "account_disabled",
    "description",
    "fullname",
    "home_directory",
    "login_script",
    "password_expired",
    "password_never_expires",
    "profile",
    "user_cannot_change_password",
)
NEVER = "never"
DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}\Z")
LONGEST_NAME = 20
"""Letters of a local account's name (learn.microsoft.com, New-LocalUser)."""


def win_user(state: State, arguments: Mapping[str, Any]) -> Mapping[str, Any]:
    """Makes, changes and takes away a local account."""
    name = arguments["name"]
    wanted = arguments.get("state", "present")
    user = state["users"].get(name.lower())
    if wanted == "absent":
        return _user_gone(state, name)
    if wanted == "query":
        return {"name": name, "state": "present" if user else "absent", "msg": f"Querying user '{name}'"}
    if len(name) > LONGEST_NAME or any(character in '"/\\[]:;|=,+*?<>@' for character in name):
        raise ModuleFailed(f"Exception calling 'SetInfo' with '0' argument(s): the user name {name!r} is not valid")
    password = arguments.get("password")
    changed = user is None
    if user is None:
        user = add_user(state, name, nt_hash(password or ""))
    elif password is not None and arguments.get("update_password", "always") == "always":
        changed |= user["nt_hash"] != nt_hash(password)
        user["nt_hash"] = nt_hash(password)
    changed |= _expiry(user, arguments.get("account_expires"))
    changed |= _properties(user, arguments)
    if arguments.get("groups") is not None:
        changed |= _groups(state, user["sid"], arguments["groups"], arguments.get("groups_action", "replace"))
    return {"changed": changed, "name": name, "state": "present", "sid": user["sid"], "fullname": user["fullname"]}


def win_group(state: State, arguments: Mapping[str, Any]) -> Mapping[str, Any]:
    """Makes, changes and takes away a local group."""
    name = arguments["name"]
    found = state["groups"].get(name.lower())
    if arguments.get("state", "present") == "absent":
        if found and found["sid"].startswith("S-1-5-32-"):
            raise ModuleFailed("Cannot perform this operation on built-in accounts.")
        state["groups"].pop(name.lower(), None)
        return {"changed": found is not None, "sid": None}
    changed = found is None
    if found is None:
        found = {"name": name, "description": "", "sid": new_sid(state), "members": []}
        state["groups"][name.lower()] = found
    description = arguments.get("description")
    if description is not None and description.lower() != found["description"].lower():
        found["description"] = description
        changed = True
    members = arguments.get("members") or {}
    if members.get("set") is not None:
        changed |= _set_members(found, _sids(state, members["set"]))
    else:
        kept = [sid for sid in found["members"] if sid not in _sids(state, members.get("remove") or [])]
        changed |= _set_members(found, [*kept, *_sids(state, members.get("add") or [])])
    return {"changed": changed, "sid": found["sid"]}


def win_group_membership(state: State, arguments: Mapping[str, Any]) -> Mapping[str, Any]:
    """Says who is in a local group."""
    name = arguments["name"]
    found = state["groups"].get(name.lower())
    if found is None:
        raise ModuleFailed(f"Could not find local group {name}")
    named = arguments["members"]
    sids = _sids(state, named.split(",") if isinstance(named, str) else named)
    before = list(found["members"])
    match arguments.get("state", "present"):
        case "present":
            _set_members(found, [*before, *sids])
        case "absent":
            _set_members(found, [sid for sid in before if sid not in sids])
        case _:
            _set_members(found, sids)
    after = found["members"]
    return {
        "changed": before != after,
        "name": name,
        "added": [name_of(state, sid) for sid in after if sid not in before],
        "removed": [name_of(state, sid) for sid in before if sid not in after],
        "members": [name_of(state, sid) for sid in after],
    }


def _user_gone(state: State, name: str) -> Mapping[str, Any]:
    user = state["users"].pop(name.lower(), None)
    if user is None:
        return {"changed": False, "name": name, "state": "absent", "msg": f"User '{name}' was not found"}
    for each in state["groups"].values():
        each["members"] = [sid for sid in each["members"] if sid != user["sid"]]
    return {"changed": True, "name": name, "state": "absent", "msg": f"User '{user['name']}' deleted successfully"}


def _expiry(user: dict[str, Any], wanted: str | None) -> bool:
    """A day, as deskprov writes it, or never."""
    if wanted is None or wanted == user.get("expires", NEVER):
        return False
    if wanted != NEVER and not DAY.match(wanted):
        raise ModuleFailed("practice PC: no model of accounts that expire at an hour")
    user["expires"] = wanted
    return True


def _properties(user: dict[str, Any], arguments: Mapping[str, Any]) -> bool:
    changed = False
    for option in PROPERTIES:
        value = arguments.get(option)
        if value is not None and value != user.get(option, "" if isinstance(value, str) else False):
            user[option] = value
            changed = True
    return changed


def _groups(state: State, sid: str, names: Sequence[str], action: str) -> bool:
    wanted = []
    for name in filter(None, names):
        group_sid = sid_of(state, name)
        if group_sid not in [each["sid"] for each in state["groups"].values()]:
            raise ModuleFailed(f"group '{name}' not found")
        wanted.append(group_sid)
    changed = False
    for each in state["groups"].values():
        is_in, is_named = sid in each["members"], each["sid"] in wanted
        if is_named and not is_in and action != "remove":
            each["members"].append(sid)
            changed = True
        elif is_in and (is_named if action == "remove" else action == "replace" and not is_named):
            each["members"].remove(sid)
            changed = True
    return changed


def _sids(state: State, accounts: Sequence[str]) -> list[str]:
    sids = []
    for account in accounts:
        sid = sid_of(state, account)
        if sid is None:
            raise ModuleFailed(f"Failed to translate '{account}' to a SecurityIdentifier")
        sids.append(sid)
    return sids


def _set_members(found: dict[str, Any], sids: Sequence[str]) -> bool:
    unique = list(dict.fromkeys(sids))
    changed = set(unique) != set(found["members"])
    if changed:
        found["members"] = unique
    return changed
