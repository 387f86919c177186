"""The computer that a practice PC is: renamed and joined at its next start. There is no domain behind it.

`taken` are names of accounts that the domain has already; with `baseline` its group policy sets
LocalAccountTokenFilterPolicy back to 0 at the first start inside.
"""

import base64
from collections.abc import Mapping
from typing import Any

from deskprov.model.practice_models import ModuleFailed, PracticeModels, State
from deskprov.resources.computer import practice_region as region

POLICIES = "hklm\\software\\microsoft\\windows\\currentversion\\policies\\system"
TAKEN = (
    "Failed to join domain: Computer '{name}' failed to join domain '{domain}' from its current workgroup with "
    "following error message: An account with the same name exists in Active Directory. Re-using the account was "
    "blocked by security policy."
)
"""The words of error 0xaac (2732), NERR_AccountReuseBlockedByPolicy: support.microsoft.com/help/5020276."""

NOT_FOR_IT = "Failed to perform offline domain join (0x00000A96): The specified offline join information is not valid"
"""The form of microsoft.ad.membership 1.10; NERR_BadOfflineJoinInfo, lmerr.h."""


def look(state: State, argument: Any) -> Any:
    """In the form of probe_windows.ps1."""
    own = state["computer"]
    inside = own["next_domain"] or own["domain"]
    return {
        "name": (state["pending_name"] or state["name"]).upper(),
        "description": own["description"],
        "zone": own["zone"],
        "in_domain": bool(inside),
        "domain": inside or own["workgroup"],
        "workgroup": "" if inside else own["workgroup"],
    }


def win_computer_description(state: State, arguments: Mapping[str, Any]) -> Mapping[str, Any]:
    """What people read."""
    return {"changed": _set(state, "description", arguments["description"])}


def win_timezone(state: State, arguments: Mapping[str, Any]) -> Mapping[str, Any]:
    """By the names of Windows."""
    before = state["computer"]["zone"]
    return {"changed": _set(state, "zone", arguments["timezone"]), "previous_timezone": before}


def membership(state: State, arguments: Mapping[str, Any]) -> Mapping[str, Any]:
    """Joins a domain, with a new name if one is stated, or leaves it; whoever is asked takes any password."""
    if arguments["state"] == "workgroup":
        return _leave(state, arguments["workgroup_name"])
    if "offline_join_blob" in arguments:
        return _join_offline(state, arguments["offline_join_blob"])
    own, domain = state["computer"], arguments["dns_domain_name"]
    name = arguments.get("hostname") or state["name"]
    if domain in (own["domain"], own["next_domain"]):
        return {"changed": False, "reboot_required": False}
    if name.lower() in own["taken"]:
        raise ModuleFailed(TAKEN.format(name=name, domain=domain))
    own["next_domain"] = domain
    state["pending_name"] = name if name.lower() != state["name"].lower() else ""
    state["reboot_wanted"].append("domain")
    return {"changed": True, "reboot_required": True}


def _leave(state: State, workgroup: str) -> Mapping[str, Any]:
    own = state["computer"]
    changed = bool(own["domain"]) or own["workgroup"] != workgroup
    own["domain"], own["workgroup"] = "", workgroup
    state["reboot_wanted"] += ["domain"] if changed else []
    return {"changed": changed, "reboot_required": changed}


def _join_offline(state: State, blob: str) -> Mapping[str, Any]:
    """What is in the file of a practice domain is `DOMAIN NAME`: it is for a computer that has that name already."""
    own = state["computer"]
    if own["domain"]:
        return {"changed": False, "reboot_required": False}
    domain, _, name = base64.b64decode(blob).decode(errors="replace").partition(" ")
    if state["pending_name"] or name.lower() != state["name"].lower():
        raise ModuleFailed(NOT_FOR_IT)
    own["next_domain"] = domain
    state["reboot_wanted"].append("domain")
    return {"changed": True, "reboot_required": True}


def change_workgroup(state: State, parameters: Mapping[str, Any]) -> Mapping[str, Any]:
    """change_workgroup_windows.ps1."""
    if state["computer"]["domain"]:
        raise ModuleFailed(
            "It is in a domain. To take it out, state join_user and join_password: an account of that domain."
        )
    return {"changed": _set(state, "workgroup", parameters["Name"])}


def start(state: State) -> None:
    """It is in the domain now, and under its rules."""
    own = state["computer"]
    if own["next_domain"]:
        own["domain"], own["next_domain"] = own["next_domain"], ""
        if own["baseline"]:
            state["registry"][POLICIES]["values"]["localaccounttokenfilterpolicy"]["data"] = 0


def _set(state: State, what: str, value: str) -> bool:
    before, state["computer"][what] = state["computer"][what], value
    return bool(before != value)


MODELS = PracticeModels(
    modules={
        "ansible.windows.win_region": region.win_region,
        "ansible.windows.win_computer_description": win_computer_description,
        "ansible.windows.win_timezone": win_timezone,
        "microsoft.ad.membership": membership,
    },
    probes={"probe_windows.ps1": look, "probe_region_windows.ps1": region.look},
    scripts={"change_workgroup_windows.ps1": change_workgroup, "change_region_windows.ps1": region.change},
    starts=(start, region.start),
    fresh={
        "computer": {
            "description": "",
            "zone": "Pacific Standard Time",
            "workgroup": "WORKGROUP",
            "domain": "",
            "next_domain": "",
            "taken": [],
            "baseline": False,
        },
        "region": region.FRESH,
    },
)
