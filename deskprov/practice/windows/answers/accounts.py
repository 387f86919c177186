"""The accounts and groups of a practice PC. Nobody has logged in there at the screen, so that no profile exists."""

from typing import Any

from deskprov.model.practice_models import State


def look(state: State, argument: Any) -> Any:
    """In the form of formats/windows_accounts/probe_windows.ps1."""
    sids = {user["sid"] for user in state["users"].values()}
    return {
        "users": [_account(user) for user in state["users"].values()],
        "groups": [
            {
                "name": group["name"],
                "sid": group["sid"],
                "description": group["description"],
                "members": [sid for sid in group["members"] if sid in sids],
                "others": [
                    *group.get("others", []),
                    *(sid for sid in group["members"] if sid.startswith("S-1-5-21-") and sid not in sids),
                ],
            }
            for group in state["groups"].values()
        ],
    }


def _account(user: dict[str, Any]) -> dict[str, Any]:
    expires = user.get("expires", "never")
    return {
        "name": user["name"],
        "sid": user["sid"],
        "full_name": user["fullname"],
        "disabled": user["account_disabled"],
        "expires": expires if expires == "never" else [int(part) for part in expires.split("-")],
        "password_set": bool(user["nt_hash"]) and not user.get("password_expired", False),
        "password_required": True,
        "password_expires": not user.get("password_never_expires", False),
        "home": "",
    }
