"""The firewall of Windows: CIM to look, ansible.windows.win_firewall to change (over a network logon)."""

from collections.abc import Sequence

from deskprov.formats.answers import observed
from deskprov.model.facts import Answer, Observation, Sight
from deskprov.model.plan import Change
from deskprov.model.probe import Probe, script_beside
from deskprov.model.task import Task
from deskprov.resources.firewall import Options, desired

_LOOK = script_beside(__package__, "probe_windows.ps1")
_MODULE = "ansible.windows.win_firewall"
_SECONDS = 4.0
_WORDS = {True: "enabled", False: "disabled"}


def probes(options: Options) -> Sequence[Probe]:
    """One question."""
    return [Probe(_LOOK)]


def observe(options: Options, answers: Sequence[Answer]) -> Observation:
    """Whether it is on, for each kind of network."""
    match answers:
        case [dict(found)]:
            return observed(found, {"domain": bool, "private": bool, "public": bool})
        case _:
            return Sight.NOT_REPORTED


def tasks(change: Change) -> Sequence[Task]:
    """One task of ansible.windows.win_firewall for those to be on, and one for those to be off."""
    wanted = {name: value for name, value in desired(change.resource.options).items() if change.differs(name)}
    return [
        Task(
            "Switch the firewall on" if on else "Switch the firewall off",
            _MODULE,
            {"profiles": [name.capitalize() for name, value in wanted.items() if value is on], "state": _WORDS[on]},
            seconds=_SECONDS,
        )
        for on in (True, False)
        if on in wanted.values()
    ]
