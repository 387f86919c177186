"""Accounts on Windows: all local ones asked for at once, ansible.windows.win_user to make and change them.

An account and its password are made in one step. Nobody can see whether a password is empty: one counts as there unless
Windows says that the account needs none and never had any. A script of ours removes accounts, by their SIDs.
"""

from collections.abc import Mapping, Sequence
from typing import Any

from deskprov.formats.answers import observed
from deskprov.formats.own_script import script_task
from deskprov.formats.windows_accounts import (
    ADMINISTRATORS,
    USERS,
    accounts_probe,
    as_module_knows,
    group_in,
    groups_of,
    missing_groups,
    own_account,
    user_in,
)
from deskprov.model.facts import Answer, Observation, Sight
from deskprov.model.plan import Action, Change, Obstacle
from deskprov.model.probe import Probe
from deskprov.model.secret import SecretRef, SecretText, secret_for
from deskprov.model.task import Task
from deskprov.resources.users import NAME, Options
from deskprov.resources.users.windows_own import asked_for, set_up_own
from deskprov.resources.users.windows_own import stays as stays

_MODULE = "ansible.windows.win_user"
_SECONDS = 3.0
_NEITHER = "neither"
"""The role of an account that is in none of the two groups: it cannot log in at the screen."""


def probes(options: Options) -> Sequence[Probe]:
    """One question for all accounts and groups."""
    return [accounts_probe()]


def observe(options: Options, answers: Sequence[Answer]) -> Observation:
    """The account, or absent; groups are spelt as the profile spells them."""
    try:
        [answer] = answers
        found = user_in(answer, options.name)
        if found is None:
            return Sight.ABSENT
        groups = groups_of(answer, found["sid"])
        named = {group: group_in(answer, group) for group in options.groups}
    except ValueError:
        return Sight.NOT_REPORTED
    sids = None if groups is None else {group["sid"] for group in groups}
    return {
        **observed(found, {"full_name": str, "disabled": bool, "home": str}),
        "role": Sight.NOT_REPORTED if sids is None else _role(sids),
        "groups": Sight.NOT_REPORTED if groups is None else _as_spelt(groups, named),
        "expires": _day(found.get("expires")),
        "has_password": _has_password(options, found),
        "password_never_expires": _negated(found.get("password_expires")),
    }


def obstacles(options: Options, answers: Sequence[Answer]) -> Sequence[Obstacle]:
    """Groups that it shall be in and that are not there."""
    return missing_groups(options.groups, answers[0]) if answers else []


def tasks(change: Change) -> Sequence[Task]:
    """The account with all that is stated, then the rights that it loses."""
    options: Options = change.resource.options
    if own_account(options.name):
        return [set_up_own(options, change)]
    if change.resource.absent:
        gone = {"Name": options.name, "RemoveProfile": options.remove_home}
        return [script_task("Remove the account", __package__, "change_removal_windows.ps1", gone)]
    made = [Task("Set up the account", _MODULE, _account(options, change), seconds=_SECONDS)]
    if options.role == "standard" and change.differs("role") and change.action is not Action.CREATE:
        rights = {"name": options.name, "groups": [ADMINISTRATORS], "groups_action": "remove"}
        made.append(Task("Make it a standard account", _MODULE, rights, seconds=_SECONDS))
    if options.change_password_at_first_login and change.action is Action.ENSURE and not asked_for(change):
        of = {"Name": options.name}
        made.append(script_task("Have the password changed", __package__, "change_first_login_windows.ps1", of))
    return made


def _account(options: Options, change: Change) -> Mapping[str, Any]:
    role = ADMINISTRATORS if options.role == "administrator" else USERS
    has_say = options.role is not None or change.action is Action.CREATE
    groups = [*([role] if has_say else []), *map(as_module_knows, options.groups)]
    stated = {
        "fullname": options.full_name,
        "account_disabled": options.disabled,
        "account_expires": options.expires,
        "password_never_expires": options.password_never_expires,
        "groups": groups or None,
        "groups_action": "add" if groups else None,
        **_password(options, change),
    }
    return {"name": options.name, "state": "present", **{k: value for k, value in stated.items() if value is not None}}


def _password(options: Options, change: Change) -> Mapping[str, Any]:
    """Only a new account gets it, one that was never given any, and one for which it was asked."""
    missing = change.action is Action.UPDATE and change.differs("has_password")
    if options.password is None or (change.action is Action.UPDATE and not missing):
        return {}
    unseen = change.action is Action.ENSURE and not asked_for(change)
    secret = SecretRef(secret_for(options.password, f"{NAME}/{options.name}"))
    return {
        "password": SecretText((secret,)),
        "update_password": "always" if missing or asked_for(change) else "on_create",
        "password_expired": True if options.change_password_at_first_login and not unseen else None,
    }


def _role(sids: set[str]) -> str:
    return "administrator" if ADMINISTRATORS in sids else "standard" if USERS in sids else _NEITHER


def _as_spelt(groups: Sequence[Mapping[str, Any]], named: Mapping[str, Mapping[str, Any] | None]) -> frozenset[str]:
    spelt = {found["sid"]: name for name, found in named.items() if found is not None}
    return frozenset(spelt.get(group["sid"], group["name"]) for group in groups)


def _has_password(options: Options, found: Mapping[str, Any]) -> Any:
    """The day of the last password is empty, too, while one must be changed at the first log-in: then nobody knows."""
    given, required = found.get("password_set"), found.get("password_required")
    if own_account(options.name):  # Windows says of these that they need one, whether they have one or not
        required = False
    if not isinstance(given, bool) or not isinstance(required, bool):
        return Sight.NOT_REPORTED
    if options.change_password_at_first_login and not (given or required):
        return Sight.NOT_REPORTED
    return given or required


def _negated(value: Any) -> Any:
    return not value if isinstance(value, bool) else Sight.NOT_REPORTED


def _day(value: Any) -> Any:
    match value:
        case "never":
            return value
        case [int(year), int(month), int(day)]:
            return f"{year:04}-{month:02}-{day:02}"
        case _:
            return Sight.NOT_REPORTED
