"""Optional features on Windows: CIM to look, ansible.windows.win_optional_feature to change (over a network logon)."""

from collections.abc import Mapping, Sequence
from difflib import get_close_matches
from typing import Any

from deskprov.formats.near_miss import near_miss
from deskprov.model.facts import Answer, Observation, Sight
from deskprov.model.plan import Change, Obstacle
from deskprov.model.probe import Probe, script_beside
from deskprov.model.task import Task
from deskprov.resources.features import MEANT, Options

_LOOK = script_beside(__package__, "probe_windows.ps1")
_MODULE = "ansible.windows.win_optional_feature"
_SECONDS = 60.0
_CLOSE = 0.9
"""One or two letters of a name; `SMB1Protocol-Client` and `-Server` are further apart."""

_ON, _OFF = 1, frozenset({2, 3})
"""InstallState: enabled; disabled, and disabled with its files removed.
learn.microsoft.com/windows/win32/cimwin32prov/win32-optionalfeature."""


def probes(options: Options) -> Sequence[Probe]:
    """One question for all features."""
    return [Probe(_LOOK)]


def observe(options: Options, answers: Sequence[Answer]) -> Observation:
    """There when it is on; absent when it is off, or when this Windows has none of that name nor of one close to it."""
    match answers:
        case [dict(found)] if found:
            states = {str(name).casefold(): state for name, state in found.items()}
            if options.state == "absent" and (meant := _meant(options.name, found)):
                return {MEANT: meant}
            state = states.get(options.name.casefold(), min(_OFF))
            if isinstance(state, bool) or not isinstance(state, int):
                return Sight.NOT_REPORTED
            return {} if state == _ON else Sight.ABSENT if state in _OFF else Sight.NOT_REPORTED
        case _:
            return Sight.NOT_REPORTED


def obstacles(options: Options, answers: Sequence[Answer]) -> Sequence[Obstacle]:
    """That this Windows has no feature of the name: which ones there are depends on its edition."""
    match answers:
        case [dict(found)] if found and options.name.casefold() not in {str(name).casefold() for name in found}:
            meant = near_miss(options.name, map(str, found))
            words = f"this Windows has no feature {options.name}"
            return [Obstacle(f"{words}; did you mean {meant}?" if meant else words)]
        case _:
            return []


def _meant(name: str, found: Mapping[Any, Any]) -> str:
    """What was probably meant by a name that this Windows does not have: a slip must not count as switched off."""
    known = {str(each).casefold(): str(each) for each in found}
    if name.casefold() in known:
        return ""
    close = get_close_matches(name.casefold(), known, n=1, cutoff=_CLOSE)
    return known[close[0]] if close else ""


def tasks(change: Change) -> Sequence[Task]:
    """One task of ansible.windows.win_optional_feature, which fails when Windows has no feature of that name."""
    name = [change.resource.options.name]
    if change.resource.absent:
        return [Task("Switch the feature off", _MODULE, {"name": name, "state": "absent"}, seconds=_SECONDS)]
    on = {"name": name, "state": "present", "include_parent": True}
    return [Task("Switch the feature on", _MODULE, on, seconds=_SECONDS)]
