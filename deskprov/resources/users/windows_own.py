"""Accounts that Windows itself brings (`Administrator`, `Guest`), by a script of ours: the module knows accounts by the
names that they have there, and these have another in each language.
"""

from collections.abc import Sequence

from deskprov.formats.own_script import script_task
from deskprov.formats.windows_accounts import is_windows_own, own_account, user_in
from deskprov.model.facts import Answer
from deskprov.model.plan import Action, Change, Obstacle
from deskprov.model.secret import SecretRef, SecretText, secret_for
from deskprov.model.task import Task
from deskprov.resources.users import NAME, Options


def stays(options: Options, answers: Sequence[Answer]) -> Sequence[Obstacle]:
    """That the account is Windows' own under the name that it has there: `Administrador`."""
    try:
        [answer] = answers
        found = user_in(answer, options.name)
    except ValueError:
        return []
    if found is None or not is_windows_own(found["sid"]):
        return []
    return [Obstacle(f"the account {options.name} is part of Windows and stays; take it out of the profile")]


def set_up_own(options: Options, change: Change) -> Task:
    """All that is stated; its password only if it never had one, or was asked for."""
    stated = {
        "Name": options.name,
        "End": own_account(options.name),
        "FullName": options.full_name,
        "Disabled": options.disabled,
        "PasswordNeverExpires": options.password_never_expires,
    }
    secrets = None
    if options.password is not None and change.differs("has_password"):
        stated["Always"] = asked_for(change)
        secrets = {"Password": SecretText((SecretRef(secret_for(options.password, f"{NAME}/{options.name}")),))}
    return script_task("Set up the account", __package__, "change_own_windows.ps1", stated, secrets=secrets)


def asked_for(change: Change) -> bool:
    """True when a new password was asked for, whatever there is."""
    return change.action is Action.ENSURE and "password" in change.written
