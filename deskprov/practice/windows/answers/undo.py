"""The timed undo of a practice PC: saved in its state, and taken back by a clock of its own (alarm.py).

`undo` stands for the folder and the task: `saved`, by table, with when it is `due`, or, once that has been, `undone`.
What was saved is a copy of the state, so that nothing of it fails here but by a power cut.
"""

import copy
import math
import time
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from deskprov.model.practice_models import State, Unanswered
from deskprov.practice.windows.local_accounts import sid_of

FIREWALL = r"hklm\system\currentcontrolset\services\sharedaccess\parameters\firewallpolicy"
STRANGE = {"kept": False, "problems": ["the machine knows nothing of it"]}


def arm(state: State, argument: Any) -> Any:
    """In the form of stages/undo/arm_windows.ps1."""
    token, seconds, _, login, reboots, changes, places, services, networks = argument
    if "saved" in state["undo"]:
        return {"problem": "another change of the way in is not confirmed yet"}
    account = login.rpartition("\\")[2].partition("@")[0]
    wanted = [place[0].replace(":", "", 1).lower() for place in places]
    saved = {
        "places": [*wanted, FIREWALL],
        "registry": _at_or_below(state["registry"], [*wanted, FIREWALL]),
        "firewall": state["firewall"],
        "services": {name: state["services"].get(name.lower()) for name in services},
        "sid": sid_of(state, account),
        "groups": [name for name, each in state["groups"].items() if sid_of(state, account) in each["members"]],
        "networks": {ssid: state["wifi"]["networks"].get(ssid) for ssid in networks},
        "domain": state["computer"]["domain"],
    }
    about = {"token": token, "seconds": seconds, "reboots": reboots, "changes": changes, "due": time.time() + seconds}
    state["undo"] = {**about, "saved": copy.deepcopy(saved)}
    return {"problem": ""}


def settle(state: State, argument: Any) -> Any:
    """In the form of stages/undo/settle_windows.ps1."""
    token, keep = argument
    undo = state["undo"]
    if keep and "saved" in undo:
        if undo["token"] != token:
            raise Unanswered("another change of the way in is not confirmed yet")
        state["undo"] = {}
        return {"kept": True, "problems": []}
    if "saved" in undo:
        take_back(state)
    if "undone" not in state["undo"]:
        return STRANGE
    undo = state["undo"]
    if token and undo["token"] != token:
        raise Unanswered("another change of the way in was taken back")
    state["undo"] = {}
    return {"kept": False, "problems": undo["undone"]}


def effect(state: State, argument: Any) -> Any:
    """In the form of stages/undo/effect_windows.ps1."""
    return {"problem": ""}


def take_back(state: State, *, steps: int | None = None) -> None:
    """As undo_windows.ps1 does it; after so many steps the power fails, and it all begins anew in the next life."""
    undo = state["undo"]
    for step in _STEPS[:steps]:
        step(state, undo["saved"])
    if steps is not None:
        undo.pop("due", None)
        state["machine"]["going_down"] = True
        return
    problems = _not_restored(state["computer"]["domain"], undo["saved"]["domain"])
    state["undo"] = {"token": undo["token"], "changes": undo["changes"], "undone": problems}
    state["machine"]["going_down"] |= undo["reboots"]


def _not_restored(domain: str, before: str) -> list[str]:
    if domain == before:
        return []
    stays = f"in the domain {domain}, whose policies may do the same again" if domain else f"out of the domain {before}"
    return [f"the computer stays {stays}"]


def is_due(state: State) -> bool:
    """Whether the time has come; never while it is off."""
    return (
        not state["machine"]["going_down"]
        and "saved" in state["undo"]
        and time.time() >= state["undo"].get("due", math.inf)
    )


def start(state: State) -> None:
    """In a new life it takes as long again."""
    if "saved" in state["undo"]:
        state["undo"]["due"] = time.time() + state["undo"]["seconds"]


def _at_or_below(registry: Mapping[str, Any], places: Sequence[str]) -> dict[str, Any]:
    return {key: each for key, each in registry.items() if any(f"{key}\\".startswith(f"{at}\\") for at in places)}


def _registry(state: State, saved: Mapping[str, Any]) -> None:
    for key in _at_or_below(state["registry"], saved["places"]):
        del state["registry"][key]
    state["registry"] |= copy.deepcopy(saved["registry"])


def _firewall(state: State, saved: Mapping[str, Any]) -> None:
    state["firewall"] = dict(saved["firewall"])


def _account(state: State, saved: Mapping[str, Any]) -> None:
    for name, group in state["groups"].items():
        members = [sid for sid in group["members"] if sid != saved["sid"]]
        group["members"] = [*members, saved["sid"]] if name in saved["groups"] else members


def _networks(state: State, saved: Mapping[str, Any]) -> None:
    state["wifi"]["networks"] |= {ssid: each for ssid, each in saved["networks"].items() if each}


def _services(state: State, saved: Mapping[str, Any]) -> None:
    state["services"] |= {name.lower(): dict(each) for name, each in saved["services"].items() if each}


_STEPS: Sequence[Callable[[State, Mapping[str, Any]], None]] = (_registry, _firewall, _account, _networks, _services)
