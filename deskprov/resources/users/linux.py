"""Accounts on Debian and Ubuntu: the account database to look, ansible.builtin.user and friends to change.

The password has a command of its own, because ansible.builtin.user would show its hash in the machine's process list.
Keys are written by the account itself: it can make ~/.ssh a link to anywhere at any time, and root would follow it.
"""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from deskprov.formats.answers import Kind, observed
from deskprov.model.facts import Answer, Observation, Sight
from deskprov.model.plan import Action, Change
from deskprov.model.probe import Probe, script_beside
from deskprov.model.secret import SecretForm, SecretName, SecretRef, SecretText, secret_for
from deskprov.model.task import Task
from deskprov.resources.users import ADMINISTRATORS, NAME, Options
from deskprov.resources.users.words import NEVER

_LOOK = script_beside(__package__, "probe_linux.py")

_OF_ACCOUNT: dict[str, Kind] = {
    "uid": int,
    "full_name": str,
    "group": str,
    "groups": frozenset,
    "home": str,
    "shell": str,
    "expires": str,
}
_OBSERVED: Mapping[str, Kind] = {**_OF_ACCOUNT, "role": str, "authorized_keys": frozenset, "has_password": bool}

_NOT_A_MEMBER = 3
"""Exit status of gpasswd(1) for who is not in the group."""

_CHECK_PERSON = """\
uid=$(id -u "$1") || exit 0
[ "$uid" -ge 1000 ] && exit 0
echo "$1 is an account of the system and stays" >&2
exit 1"""

_IF_NONE = """\
case "$(getent shadow "$1" | cut -d: -f2)" in
""|"!"|"!!"|"*"|"!*") {set} && echo set;;
*) cat >/dev/null; echo kept;;
esac"""
_SET = "chpasswd --encrypted"
_SET_FOR_ONE_LOGIN = 'chpasswd --encrypted && chage --lastday 0 "$1"'


def probes(options: Options) -> Sequence[Probe]:
    """One question per account; its keys are asked for only when the profile states keys."""
    return [Probe(_LOOK, (options.name, options.authorized_keys is not None))]


def observe(options: Options, answers: Sequence[Answer]) -> Observation:
    """The account, or absent."""
    match answers:
        case [None]:
            return Sight.ABSENT
        case [dict(found)]:
            return observed(found, _OBSERVED)
        case _:
            return Sight.NOT_REPORTED


def tasks(change: Change) -> Sequence[Task]:
    """The account, its role, its keys, its password: each only if it differs."""
    options: Options = change.resource.options
    if change.resource.absent:
        return _removal(options)
    made = []
    promoted = options.role == "administrator" and change.differs("role")
    if promoted or change.action is not Action.UPDATE or any(map(change.differs, _OF_ACCOUNT)):
        made.append(Task("Set up the account", "ansible.builtin.user", _account(options), seconds=1.5))
    if options.role == "standard" and change.differs("role") and change.action is not Action.CREATE:
        made.append(_demotion(options.name))
    if options.authorized_keys is not None and change.differs("authorized_keys"):
        made.append(_keys(options.name, options.authorized_keys))
    if options.password is not None and change.differs("has_password"):
        made.append(_password(options, options.password, change))
    return made


def _account(options: Options) -> Mapping[str, Any]:
    groups = {*options.groups, *([ADMINISTRATORS] if options.role == "administrator" else [])}
    stated = {
        "comment": options.full_name,
        "uid": options.uid,
        "group": options.group,
        "groups": sorted(groups) or None,
        "append": True if groups else None,
        "home": options.home,
        "move_home": True if options.home else None,
        "shell": options.shell,
        "expires": None if options.expires is None else _seconds(options.expires),
    }
    given = {name: value for name, value in stated.items() if value is not None}
    return {"name": options.name, "state": "present", **given}


def _seconds(expires: str) -> int:
    """Seconds since 1970 at the beginning of the day, as ansible.builtin.user wants it; negative means never."""
    return -1 if expires == NEVER else (date.fromisoformat(expires) - date(1970, 1, 1)).days * 86400


def _demotion(name: str) -> Task:
    return _command(
        "Make it a standard account",
        ["gpasswd", "--delete", name, ADMINISTRATORS],
        changed_when="result.rc == 0",
        failed_when=f"result.rc not in [0, {_NOT_A_MEMBER}]",
    )


def _keys(name: str, keys: Sequence[str]) -> Task:
    arguments = {"user": name, "key": "\n".join(keys), "exclusive": True}
    return Task("State the keys that may log in", "ansible.posix.authorized_key", arguments, become_user=name)


def _password(options: Options, secret: SecretName, change: Change) -> Task:
    """When it was asked for, the password is set whatever there is; else only if the account has none."""
    name = secret_for(secret, f"{NAME}/{options.name}")
    line = SecretText((f"{options.name}:", SecretRef(name, SecretForm.SHA512_CRYPT)))
    put = _SET_FOR_ONE_LOGIN if options.change_password_at_first_login else _SET
    asked_for = change.action is Action.ENSURE and "password" in change.written
    script = put if asked_for else _IF_NONE.format(set=put)
    changed = True if asked_for else "result.stdout == 'set'"
    return _command("Set the password", ["sh", "-c", script, "sh", options.name], stdin=line, changed_when=changed)


def _removal(options: Options) -> Sequence[Task]:
    arguments = {"name": options.name, "state": "absent", "remove": options.remove_home}
    return [
        _command("Check that it is a person's", ["sh", "-c", _CHECK_PERSON, "sh", options.name], changed_when=False),
        Task("Remove the account", "ansible.builtin.user", arguments, seconds=1.5),
    ]


def _command(phrase: str, argv: Sequence[str], *, stdin: SecretText | None = None, **judged: Any) -> Task:
    given = {} if stdin is None else {"stdin": stdin}
    return Task(phrase, "ansible.builtin.command", {"argv": argv, "expand_argument_vars": False, **given}, **judged)
