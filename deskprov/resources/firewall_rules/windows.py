"""Rules of the firewall of Windows: the registry to look, community.windows.win_firewall_rule to change.

The service keeps its own rules as texts below SharedAccess\\Parameters\\FirewallPolicy; the form of such a text is in
[MS-GPFAS] 2.2.2, Firewall Rule and the Firewall Rule Grammar Rule. Asking CIM takes seconds for each of four classes.
"""

from collections.abc import Mapping, Sequence
from typing import Any

from deskprov.model.facts import Answer, Observation, Observed, Sight
from deskprov.model.plan import Action, Change
from deskprov.model.probe import Probe, script_beside
from deskprov.model.task import Task
from deskprov.resources.firewall_rules import ANY, EVERYWHERE, Options
from deskprov.resources.firewall_rules.words import LOCAL_SUBNET, shown_network

_LOOK = script_beside(__package__, "probe_windows.ps1")
_MODULE = "community.windows.win_firewall_rule"
_SECONDS = 3.0

_PROTOCOLS = {"6": "tcp", "17": "udp"}
_SUBNET = "LocalSubnet"
_SEVERAL = "not the same in all rules of this name"


def probes(options: Options) -> Sequence[Probe]:
    """One question per name."""
    return [Probe(_LOOK, options.name)]


def observe(options: Options, answers: Sequence[Answer]) -> Observation:
    """What the rules of that name say, where they agree; absent when there is none."""
    match answers:
        case [[]]:
            return Sight.ABSENT
        case [list(texts)] if all(isinstance(text, str) and text.startswith("v") for text in texts):
            rules = [_rule(text) for text in texts]
            return {
                option: value if all(rule[option] == value for rule in rules) else _SEVERAL
                for option, value in rules[0].items()
            }
        case _:
            return Sight.NOT_REPORTED


def tasks(change: Change) -> Sequence[Task]:
    """Tasks of community.windows.win_firewall_rule. A rule of another protocol or direction is made anew: Windows does
    not take ports for a rule that has no protocol yet.
    """
    options: Options = change.resource.options
    gone = Task("Remove the firewall rule", _MODULE, {"name": options.name, "state": "absent"}, seconds=_SECONDS)
    if change.resource.absent:
        return [gone]
    made = Task("Set up the firewall rule", _MODULE, _stated(options), seconds=_SECONDS)
    anew = change.action is Action.UPDATE and (change.differs("protocol") or change.differs("direction"))
    return [gone, made] if anew else [made]


def _stated(options: Options) -> Mapping[str, Any]:
    ports = ",".join(options.ports) or ANY
    incoming = options.direction == "in"
    return {
        "name": options.name,
        "state": "present",
        "enabled": options.enabled,
        "action": options.action,
        "direction": options.direction,
        "program": options.program or ANY,
        "protocol": options.protocol or ANY,
        "localport": ports if incoming else ANY,
        "remoteport": ANY if incoming else ports,
        "remoteip": ",".join(_SUBNET if each == LOCAL_SUBNET else each for each in options.remote) or ANY,
        "profiles": [network for network in EVERYWHERE if network in options.networks],
    }


def _rule(text: str) -> Observed:
    fields: dict[str, list[str]] = {}
    for part in text.split("|")[1:]:
        name, _, value = part.partition("=")
        fields.setdefault(name.partition("_")[0].rstrip("2"), []).append(value)
    direction = fields.get("Dir", [""])[0].lower()
    own, other = ("LPort", "RPort") if direction == "in" else ("RPort", "LPort")
    strange = [f"{name} {value}" for name in (other, "LA4", "LA6", "Svc") for value in fields.get(name, ())]
    protocol = fields.get("Protocol", [""])[0]
    return {
        "action": fields.get("Action", [""])[0].lower(),
        "direction": direction,
        "program": fields.get("App", [ANY])[0],
        "protocol": _PROTOCOLS.get(protocol, protocol or ANY),
        "ports": frozenset([*fields.get(own, ()), *strange]),
        "remote": frozenset(_address(each) for name in ("RA4", "RA6") for each in fields.get(name, ())),
        "networks": frozenset(each.lower() for each in fields.get("Profile", EVERYWHERE)),
        "enabled": fields.get("Active", [""])[0].upper() == "TRUE",
    }


def _address(text: str) -> str:
    if text.casefold() == _SUBNET.casefold():
        return LOCAL_SUBNET
    try:
        return shown_network(text)
    except ValueError:
        return text
