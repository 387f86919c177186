"""Firewall rules of a practice PC, kept in its registry in the form that Windows keeps them in.

Of what they say of traffic from outside, the door of the PC takes heed (practice/windows/reach.py).
"""

import ipaddress
from collections.abc import Mapping
from typing import Any

from deskprov.model.practice_models import ModuleFailed, PracticeModels, State

KEY = r"HKLM\SYSTEM\CurrentControlSet\Services\SharedAccess\Parameters\FirewallPolicy\FirewallRules"
_MATCHING = ("action", "direction", "program", "protocol", "localport", "remoteport", "remoteip", "profiles")
KNOWN = {"name", "state", "enabled", *_MATCHING}
NETWORKS = ("domain", "private", "public")
OF_WINDOWS = {
    "deskprov-winrm": "v2.31|Action=Allow|Active=TRUE|Dir=In|Protocol=6|Name=deskprov (WinRM over HTTPS)|",
    "RemoteDesktop-UserMode-In-TCP": "v2.31|Action=Allow|Active=FALSE|Dir=In|Protocol=6|LPort=3389|"
    "Name=@FirewallAPI.dll,-28775|EmbedCtxt=@FirewallAPI.dll,-28752|",
}
"""What lets deskprov in, at whatever port a practice PC is given, and the rule that another type's models speak of."""
PROTOCOLS = {"tcp": 6, "udp": 17}


def win_firewall_rule(state: State, arguments: Mapping[str, Any]) -> Mapping[str, Any]:
    """Makes, changes and takes away all rules of a name; switches those of a group."""
    if "group" in arguments:
        return _switch(values(state), arguments)
    if unknown := sorted(arguments.keys() - KNOWN):
        raise ModuleFailed(f"practice PC: no model of {', '.join(unknown)} of win_firewall_rule")
    rules = values(state)
    found = [key for key, value in rules.items() if _named(value["data"], arguments["name"])]
    if arguments.get("state") == "absent":
        for key in found:
            del rules[key]
        return {"changed": bool(found)}
    if len(arguments) < len(KNOWN):
        raise ModuleFailed("practice PC: only whole rules are modelled")
    text = _text(arguments)
    changed = not found or any(rules[key]["data"] != text for key in found)
    for key in found or ["{" + f"rule-{len(rules)}" + "}"]:
        rules[key] = {"name": key, "type": "string", "data": text}
    return {"changed": changed}


def _switch(rules: dict[str, Any], arguments: Mapping[str, Any]) -> Mapping[str, Any]:
    if arguments.keys() != {"group", "enabled"}:
        raise ModuleFailed("practice PC: of the rules of a group only `enabled` is modelled")
    found = [value for value in rules.values() if f"|EmbedCtxt={arguments['group']}|" in value["data"]]
    off, on = "|Active=FALSE|", "|Active=TRUE|"
    before, after = (off, on) if arguments["enabled"] else (on, off)
    changed = any(before in value["data"] for value in found)
    for value in found:
        value["data"] = value["data"].replace(before, after)
    return {"changed": changed}


def look(state: State, argument: Any) -> Any:
    """In the form of probe_windows.ps1."""
    return [value["data"] for value in values(state).values() if _named(value["data"], argument)]


def values(state: State) -> dict[str, Any]:
    """The rules as values of the registry, by name."""
    of_windows = {name.lower(): {"name": name, "type": "string", "data": text} for name, text in OF_WINDOWS.items()}
    key = state["registry"].setdefault(KEY.lower(), {"path": KEY, "values": of_windows})
    found: dict[str, Any] = key["values"]
    return found


def _named(text: str, name: str) -> bool:
    return f"name={name.lower()}" in text.lower().split("|")


def _text(rule: Mapping[str, Any]) -> str:
    """[MS-GPFAS], Firewall Rule Grammar Rule."""
    parts = ["v2.31", f"Action={rule['action'].capitalize()}", f"Active={str(rule['enabled']).upper()}"]
    parts += [f"Dir={rule['direction'].capitalize()}"]
    parts += [f"Protocol={PROTOCOLS[rule['protocol']]}"] if rule["protocol"] != "any" else []
    if set(rule["profiles"]) != set(NETWORKS):
        parts += [f"Profile={network.capitalize()}" for network in rule["profiles"]]
    for option, name in (("localport", "LPort"), ("remoteport", "RPort")):
        ports = rule[option].split(",") if rule[option] != "any" else []
        parts += [f"{name}2_10={port}" if "-" in port else f"{name}={port}" for port in ports]
    for address in rule["remoteip"].split(",") if rule["remoteip"] != "any" else []:
        parts += _addresses(address)
    parts += [f"App={rule['program']}"] if rule["program"] != "any" else []
    return "|".join([*parts, f"Name={rule['name']}", ""])


def _addresses(text: str) -> list[str]:
    if text == "LocalSubnet":
        return ["RA4=LocalSubnet", "RA6=LocalSubnet"]
    network = ipaddress.ip_network(text)
    alone = network.prefixlen == network.max_prefixlen
    kept = str(network.network_address) if alone else network.with_netmask if network.version == 4 else str(network)
    return [f"RA{network.version}={kept}"]


MODELS = PracticeModels(
    modules={"community.windows.win_firewall_rule": win_firewall_rule}, probes={"probe_windows.ps1": look}
)
