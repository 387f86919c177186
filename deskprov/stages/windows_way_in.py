"""deskprov's own way in to a Windows PC: a plan that takes its account's rights, or stops its traffic, is refused.

On Linux a change that may cut deskprov off is made with a timed undo (`stages/way_in.py`); on Windows there is none.
"""

from collections.abc import Mapping, Sequence
from typing import Any

from deskprov.formats.windows_firewall import covers
from deskprov.model.plan import Change
from deskprov.model.platform import Platform, told_apart
from deskprov.model.problem import Problem
from deskprov.model.resource import Resource

_TAKEN: Mapping[str, tuple[frozenset[Any], str]] = {
    "state": (frozenset({"absent"}), "would be removed"),
    "role": (frozenset({"standard"}), "would no longer be an administrator"),
    "password_never_expires": (frozenset({False}), "would be locked out once its password is too old"),
    "disabled": (frozenset({True}), "would be switched off"),
}


def losses_of_account(resources: Sequence[Resource], login: str) -> list[Problem]:
    """A problem for each option that takes something from the account `login`, whatever its spelling and domain."""
    accounts = _accounts(resources, login)
    return [_problem(account, option, words) for account in accounts for option, words in _losses(account.options)]


def touched(change: Change, login: str) -> str:
    """What of our own way in a change touches, in words for a sentence; empty when it cannot cut us off."""
    return "the account that deskprov logs in with" if _accounts([change.resource], login) else ""


def losses_of_port(resources: Sequence[Resource], port: int) -> list[Problem]:
    """A problem for each rule of the firewall that stops traffic to the port that deskprov comes in by."""
    rules = [resource for resource in resources if resource.type == "firewall_rules"]
    stopping = [r for r in rules if r.options.stops_incoming and covers(r.options.ports, r.options.program, [port])]
    return [
        Problem(
            rule.sources.get("ports", rule.source),
            "removes-way-in",
            f"{rule.key} would stop what deskprov comes in by to this machine, TCP port {port}",
            "name other ports, or a program",
        )
        for rule in stopping
    ]


def losses_of_domain(resources: Sequence[Resource], login: str) -> list[Problem]:
    """A problem for leaving the domain that the account `login` is of, or may be of."""
    leaving = [r for r in resources if r.type == "computer" and r.options.workgroup and r.options.join_user]
    of_domain = "." in login.partition("@")[2] or login.rpartition("\\")[0] not in ("", ".")
    return [
        Problem(
            computer.sources.get("workgroup", computer.source),
            "removes-way-in",
            f"{computer.key} would leave its domain, which deskprov comes in by as {login}",
            "let deskprov log in with an account of the computer's own, such as `.\\deskprov`",
        )
        for computer in (leaving if of_domain else ())
    ]


def _accounts(resources: Sequence[Resource], login: str) -> list[Resource]:
    own = told_apart(_local(login), Platform.WINDOWS)
    return [r for r in resources if r.type == "users" and told_apart(r.name, Platform.WINDOWS) == own]


def _losses(options: Any) -> list[tuple[str, str]]:
    losses = [(option, words) for option, (values, words) in _TAKEN.items() if getattr(options, option) in values]
    if options.expires not in (None, "never"):
        losses.append(("expires", "would end on a day"))
    if options.password is not None:
        losses.append(("password", "would get another password"))
    return losses


def _problem(account: Resource, option: str, words: str) -> Problem:
    return Problem(
        account.sources.get(option, account.source),
        "removes-way-in",
        f"{account.key} is how deskprov comes in to this machine, and {words}",
        f"take `{option}` out of this entry, or log in with another account",
    )


def _local(login: str) -> str:
    """The name alone of `PC-1\\tech`, `.\\tech` or `tech@pc-1`."""
    return login.rpartition("\\")[2].partition("@")[0]
