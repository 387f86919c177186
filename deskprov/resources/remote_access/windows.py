"""Remote access on Windows: values of the registry, and the firewall's own rules for Remote Desktop.

The values are those of learn.microsoft.com/windows-hardware/customize/desktop/unattend/, pages
microsoft-windows-terminalservices-localsessionmanager-fdenytsconnections,
microsoft-windows-terminalservices-rdp-winstationextensions-userauthentication and
microsoft-windows-remoteassistance-exe-fallowtogethelp. They have their effect at once.
"""

from collections.abc import Sequence
from typing import Any

from deskprov.formats.windows_registry import observed_value, value_probe
from deskprov.formats.windows_registry.settings import Setting, observed_settings, setting_probes, setting_tasks
from deskprov.model.facts import Answer, Observation, Sight
from deskprov.model.plan import Change
from deskprov.model.probe import Probe
from deskprov.model.task import Task
from deskprov.resources.remote_access import Options

_CONTROL = r"HKLM:\SYSTEM\CurrentControlSet\Control"
_YES = {True: 1, False: 0}

_SETTINGS = (
    Setting(
        "remote_desktop", rf"{_CONTROL}\Terminal Server", "fDenyTSConnections", words={True: 0, False: 1}, initial=1
    ),
    Setting(
        "network_level_authentication",
        rf"{_CONTROL}\Terminal Server\WinStations\RDP-Tcp",
        "UserAuthentication",
        words=_YES,
        initial=1,
    ),
    Setting("remote_assistance", rf"{_CONTROL}\Remote Assistance", "fAllowToGetHelp", words=_YES, initial=1),
)

_RULES = r"HKLM:\SYSTEM\CurrentControlSet\Services\SharedAccess\Parameters\FirewallPolicy\FirewallRules"
_RULE = "RemoteDesktop-UserMode-In-TCP"
_GROUP = "@FirewallAPI.dll,-28752"
"""Remote Desktop, in every language: learn.microsoft.com/windows-hardware/customize/desktop/unattend/
networking-mpssvc-svc-firewallgroups-firewallgroup-group."""

_FIREWALL_RULE = "community.windows.win_firewall_rule"
_STOPPED = "on, but the firewall stops it"


def probes(options: Options) -> Sequence[Probe]:
    """One question per value, the rule's being the last."""
    return [*setting_probes(_SETTINGS), value_probe(_RULES, _RULE)]


def observe(options: Options, answers: Sequence[Answer]) -> Observation:
    """Every option, or absent when all is as Windows comes."""
    *values, rule = answers or [None]
    seen = observed_settings(options, _SETTINGS, values)
    if isinstance(seen, Sight) or seen["remote_desktop"] is not True:
        return seen
    return {**seen, "remote_desktop": _let_through(rule)}


def tasks(change: Change) -> Sequence[Task]:
    """A task for each value, and one for the rules of the firewall."""
    wanted = change.resource.options.remote_desktop
    rules = [] if not change.resource.absent and (wanted is None or not change.differs("remote_desktop")) else [wanted]
    return [*setting_tasks(change, _SETTINGS), *(_rules(open_to_all=each is True) for each in rules)]


def _rules(*, open_to_all: bool) -> Task:
    phrase = "Let Remote Desktop through the firewall" if open_to_all else "Close the firewall to Remote Desktop"
    return Task(phrase, _FIREWALL_RULE, {"group": _GROUP, "enabled": open_to_all}, seconds=3.0)


def _let_through(rule: Answer) -> Any:
    """True, words that say that it is not, or not reported."""
    match observed_value(rule):
        case {"data": str(text)}:
            return "|active=true|" in text.casefold() or _STOPPED
        case Sight.ABSENT:
            return _STOPPED
        case _:
            return Sight.NOT_REPORTED
