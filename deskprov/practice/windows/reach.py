"""Whether anybody from outside reaches what listens on a practice PC: its service runs, and its firewall lets them in.

Rules are those of the registry, in the form of [MS-GPFAS]; one that blocks goes before those that allow, and without
one that allows nobody comes in. What holds is the kind of network that the PC is on (`machine`: `network`).
"""

import ipaddress
from collections.abc import Mapping
from typing import Any

from deskprov.formats.windows_firewall import covers
from deskprov.formats.windows_services import OF_TRANSPORT
from deskprov.model.practice_models import State
from deskprov.resources.firewall_rules.practice_windows import values

SUBNET = "localsubnet"


def is_reached(state: State, transport: str, port: int, remote: str) -> bool:
    """Whether a new TCP connection from the address `remote` to the port gets an answer."""
    service = state["services"].get(OF_TRANSPORT[transport].lower())
    if service is not None and service["state"] != "started":
        return False
    network = state["machine"].get("network", "private")
    if not state["firewall"][network]:
        return True
    rules = [_fields(value["data"]) for value in values(state).values()]
    actions = {rule["Action"][0].lower() for rule in rules if _meant(rule, network, port, remote)}
    return actions == {"allow"}


def _fields(text: str) -> Mapping[str, list[str]]:
    fields: dict[str, list[str]] = {}
    for part in text.split("|")[1:]:
        name, _, value = part.partition("=")
        fields.setdefault(name.partition("_")[0].rstrip("2"), []).append(value)
    return fields


def _meant(rule: Mapping[str, Any], network: str, port: int, remote: str) -> bool:
    program = rule.get("App", [None])[0]
    addresses = [*rule.get("RA4", ()), *rule.get("RA6", ())]
    return (
        rule["Active"][0].upper() == "TRUE"
        and rule["Dir"][0].lower() == "in"
        and rule.get("Protocol", ["6"])[0] == "6"
        and network in [each.lower() for each in rule.get("Profile", [network])]
        and covers(rule.get("LPort", []), program, [port])
        and (not addresses or any(_is_from(remote, each) for each in addresses))
    )


def _is_from(remote: str, where: str) -> bool:
    """Whether an address is meant; whoever is on the same computer is on the same network."""
    if where.lower() == SUBNET:
        return True
    return ipaddress.ip_address(remote) in ipaddress.ip_network(where)
