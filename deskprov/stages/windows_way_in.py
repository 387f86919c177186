"""deskprov's own way in to a Windows PC: plans that take it away are refused, changes that may cut it off are guarded.

Refused is what no timed undo brings back (a password, an account that is gone) or what shows only later (a day on which
the account ends), and what is certain to shut deskprov out.
"""

from collections.abc import Mapping, Sequence
from typing import Any

from deskprov.formats.windows_firewall import covers, lets_in_by_name
from deskprov.formats.windows_registry import way_in as registry
from deskprov.formats.windows_services import OF_TRANSPORT
from deskprov.model.inventory import Connection
from deskprov.model.plan import Action, Change, Reboot
from deskprov.model.platform import Platform, told_apart
from deskprov.model.probe import JsonKey
from deskprov.model.problem import Problem
from deskprov.model.resource import Resource

ACCOUNT = "the account that deskprov logs in with"
SERVICE = "the service that deskprov comes in by"
WIRELESS = "the Wi-Fi network"
DOMAIN = "what a domain's policies may set"

_TAKEN: Mapping[str, tuple[frozenset[Any], str]] = {
    "state": (frozenset({"absent"}), "would be removed"),
    "role": (frozenset({"standard"}), "would no longer be an administrator"),
    "password_never_expires": (frozenset({False}), "would be locked out once its password is too old"),
    "disabled": (frozenset({True}), "would be switched off"),
}
_STOPPED: Mapping[str, tuple[frozenset[Any], str]] = {
    "startup": (frozenset({"manual", "disabled"}), "would not start with the computer any more"),
    "running": (frozenset({False}), "would be stopped"),
}
_NETWORKS = ("domain", "private", "public")
_OF_RULE = ("action", "direction", "program", "protocol", "ports", "enabled")
_ANOTHER_ACCOUNT = "log in with another account"
_ANOTHER_WAY = "come in to this machine in another way"


def losses(resources: Sequence[Resource], own: Connection) -> list[Problem]:
    """A problem for each thing that takes deskprov the way `own`: of its account, its service, its port."""
    return [
        *losses_of_account(resources, own.user),
        *losses_of_domain(resources, own.user),
        *_losses_of_service(resources, own.transport),
        *losses_of_port(resources, own.port),
    ]


def losses_of_account(resources: Sequence[Resource], login: str) -> list[Problem]:
    """A problem for each option that takes something from the account `login`, whatever its spelling and domain."""
    accounts = [resource for resource in resources if _is_account(resource, login)]
    taken = [(each, option, words) for each in accounts for option, words in _of_account(each.options)]
    return [_problem(*each, _ANOTHER_ACCOUNT) for each in taken]


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


def losses_of_port(resources: Sequence[Resource], port: int) -> list[Problem]:
    """A problem for each rule of the firewall that stops all traffic to the port that deskprov comes in by."""
    rules = [resource for resource in resources if resource.type == "firewall_rules"]
    stopping = [r for r in rules if r.options.stops_incoming and covers(r.options.ports, r.options.program, [port])]
    return [
        Problem(
            rule.sources.get("ports", rule.source),
            "removes-way-in",
            f"{rule.key} would stop what deskprov comes in by to this machine, TCP port {port}",
            "name other ports, a program, or the other computers that it is for",
        )
        for rule in stopping
    ]


def touched(change: Change, own: Connection) -> str:
    """What of our own way in a change touches, in words for a sentence; empty when it cannot cut us off."""
    resource = change.resource
    match resource.type:
        case "users" if _is_account(resource, own.user):
            return ACCOUNT
        case "services" if _is_service(resource, own.transport) and _differs(change, *_STOPPED):
            return SERVICE
        case "registry" if place := registry.guarded(resource.name):
            return place.what
        case "firewall" if any(getattr(resource.options, each) and change.differs(each) for each in _NETWORKS):
            return registry.FIREWALL
        case "firewall_rules" if _is_of_port(change, own.port):
            return registry.FIREWALL
        case "wifi" if change.action is not Action.CREATE:
            return WIRELESS
        case "computer" if resource.options.join_user and (change.differs("domain") or change.differs("workgroup")):
            return DOMAIN
        case "offline_join":
            return DOMAIN
        case _:
            return ""


def tried_by_reboot(change: Change, own: Connection) -> Reboot:
    """A guard is worth something only while the change has its effect: how a service starts, and most values of the
    registry, have theirs only after a reboot.
    """
    if not touched(change, own):
        return Reboot.NO
    match change.resource.type:
        case "registry":
            place = registry.guarded(change.resource.name)
            return Reboot.NO if place is None or place.at_once else Reboot.YES
        case "services":
            return Reboot.YES if change.differs("startup") else Reboot.NO
        case _:
            return Reboot.NO


def saved(changes: Sequence[Change]) -> tuple[JsonKey, ...]:
    """What the undo saves besides the account and the firewall: places of the registry, services, Wi-Fi networks."""
    set_by_us = [registry.guarded(change.resource.name) for change in changes if change.resource.type == "registry"]
    places = dict.fromkeys([*registry.ALWAYS_SAVED, *(place for place in set_by_us if place is not None)])
    networks = [change.resource.name for change in changes if change.resource.type == "wifi"]
    return (
        tuple(place.saved for place in places),
        tuple(dict.fromkeys(OF_TRANSPORT.values())),
        tuple(networks),
    )


def _is_account(resource: Resource, login: str) -> bool:
    own = told_apart(_local(login), Platform.WINDOWS)
    return resource.type == "users" and told_apart(resource.name, Platform.WINDOWS) == own


def _is_service(resource: Resource, transport: str) -> bool:
    return resource.type == "services" and resource.name.casefold() == OF_TRANSPORT[transport].casefold()


def _losses_of_service(resources: Sequence[Resource], transport: str) -> list[Problem]:
    services = [resource for resource in resources if _is_service(resource, transport)]
    return [_problem(each, *loss, _ANOTHER_WAY) for each in services for loss in _losses(each.options, _STOPPED)]


def _of_account(options: Any) -> list[tuple[str, str]]:
    found = _losses(options, _TAKEN)
    if options.expires not in (None, "never"):
        found.append(("expires", "would end on a day"))
    if options.password is not None:
        found.append(("password", "would get another password"))
    return found


def _losses(options: Any, of: Mapping[str, tuple[frozenset[Any], str]]) -> list[tuple[str, str]]:
    return [(option, words) for option, (values, words) in of.items() if getattr(options, option) in values]


def _problem(resource: Resource, option: str, words: str, otherwise: str) -> Problem:
    return Problem(
        resource.sources.get(option, resource.source),
        "removes-way-in",
        f"{resource.key} is how deskprov comes in to this machine, and {words}",
        f"take `{option}` out of this entry, or {otherwise}",
    )


def _is_of_port(change: Change, port: int) -> bool:
    """True for a rule that stops the port, or that may let it in now; what one that goes away did, nobody has asked."""
    resource = change.resource
    if change.action is Action.DELETE or lets_in_by_name(resource.name):
        return True
    after: dict[str, Any] = {name: getattr(resource.options, name) for name in _OF_RULE}
    before = {**after, **{each.option: each.before for each in change.differences if each.option in _OF_RULE}}
    lets_in = change.action is not Action.CREATE and _meant(before, "allow", port)
    return lets_in or _meant(after, "block", port)


def _meant(rule: Mapping[str, Any], action: str, port: int) -> bool:
    """Whether a rule of this action is about TCP traffic that comes in to the port; what cannot be told apart is."""
    in_force = rule["enabled"] is not False and rule["action"] not in ({"allow", "block"} - {action})
    incoming = rule["direction"] != "out" and rule["protocol"] != "udp"
    program = None if rule["program"] == "any" else rule["program"]
    ports = rule["ports"] if isinstance(rule["ports"], list) else []
    return in_force and incoming and covers([each for each in ports if each[:1].isdigit()], program, [port])


def _differs(change: Change, *options: str) -> bool:
    stated = [option for option in options if getattr(change.resource.options, option) is not None]
    return any(change.differs(option) for option in stated)


def _local(login: str) -> str:
    """The name alone of `PC-1\\tech`, `.\\tech` or `tech@pc-1`."""
    return login.rpartition("\\")[2].partition("@")[0]
