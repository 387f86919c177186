"""Scheduled tasks on Windows: the files of tasks to look, community.windows.win_scheduled_task to change."""

import re
from collections.abc import Mapping, Sequence
from typing import Any

from deskprov.model.facts import Answer, Observation, Observed, Sight
from deskprov.model.plan import Change
from deskprov.model.probe import Probe, script_beside
from deskprov.model.task import Task
from deskprov.resources.scheduled_tasks import Options
from deskprov.resources.scheduled_tasks.words import DAYS

_LOOK = script_beside(__package__, "probe_windows.ps1")
_MODULE = "community.windows.win_scheduled_task"
_SECONDS = 3.0

_SIDS = {
    "system": "S-1-5-18",
    "local-service": "S-1-5-19",
    "network-service": "S-1-5-20",
    "users": "S-1-5-32-545",
    "administrators": "S-1-5-32-544",
}
"""learn.microsoft.com/windows-server/identity/ad-ds/manage/understand-security-identifiers."""
_GROUPS = frozenset({"users", "administrators"})

_SOME_DAY = "2024-01-01"
"""A schedule has a day on which it begins; any that is past will do."""

_TYPES = {"daily": "daily", "weekly": "weekly", "at-start": "boot", "at-log-on": "logon"}
_DURATION = re.compile(r"PT(?:([0-9]{1,5})H)?(?:([0-9]{1,5})M)?")
_OTHER = "something else"
"""Stands for what no option can state: another kind of trigger, several of them, an end."""


def probes(options: Options) -> Sequence[Probe]:
    """One question per task."""
    return [Probe(_LOOK, options.name)]


def observe(options: Options, answers: Sequence[Answer]) -> Observation:
    """What its file says, or absent. What no option can state is shown as something else."""
    match answers:
        case [None]:
            return Sight.ABSENT
        case [{"actions": list(actions), "triggers": list(triggers), "sid": str(sid), **found}]:
            accounts = {kept: name for name, kept in _SIDS.items()}
            return {
                **_action(actions),
                **_trigger(triggers),
                "run_as": accounts.get(sid, sid),
                "elevated": found.get("level") == "HighestAvailable",
                "catch_up": found.get("catch_up") == "true",
                "on_battery": (found.get("not_on_battery"), found.get("stop_on_battery")) == ("false", "false"),
                "enabled": found.get("enabled") != "false",
            }
        case _:
            return Sight.NOT_REPORTED


def tasks(change: Change) -> Sequence[Task]:
    """One task of community.windows.win_scheduled_task, which states the whole of it."""
    options: Options = change.resource.options
    folder, _, name = options.name.rpartition("\\")
    place = {"name": name, "path": f"\\{folder}"}
    if change.resource.absent:
        return [Task("Remove the scheduled task", _MODULE, {**place, "state": "absent"}, seconds=_SECONDS)]
    whole = {
        **place,
        "state": "present",
        "actions": [{"path": options.program, "arguments": options.arguments}],
        "triggers": [_stated_trigger(options)],
        **_stated_account(options),
        "run_level": "highest" if options.elevated else "limited",
        "start_when_available": options.catch_up,
        "disallow_start_if_on_batteries": not options.on_battery,
        "stop_if_going_on_batteries": not options.on_battery,
        "enabled": options.enabled,
    }
    return [Task("Set up the scheduled task", _MODULE, whole, seconds=_SECONDS)]


def _stated_account(options: Options) -> Mapping[str, Any]:
    sid = _SIDS[options.run_as]
    if options.run_as in _GROUPS:
        return {"group": sid, "logon_type": "group"}
    return {"username": sid, "logon_type": "service_account"}


def _stated_trigger(options: Options) -> Mapping[str, Any]:
    trigger: dict[str, Any] = {"type": _TYPES[str(options.when)], "enabled": True}
    if options.at is not None:
        trigger["start_boundary"] = f"{_SOME_DAY}T{options.at}:00"
    if options.days:
        trigger["days_of_week"] = ",".join(day for day in DAYS if day in options.days)
    if options.delay_minutes:
        trigger["delay"] = f"PT{options.delay_minutes}M"
    return trigger


def _action(actions: Sequence[Any]) -> Observed:
    match actions:
        case [{"kind": "Exec", "command": str(command), "arguments": str(arguments)}]:
            return {"program": command, "arguments": arguments}
        case _:
            return {"program": _OTHER, "arguments": _OTHER}


def _trigger(triggers: Sequence[Any]) -> Observed:
    other = {"when": _OTHER, "at": None, "days": frozenset[str](), "delay_minutes": 0}
    match triggers:
        case [{"kind": str(kind), "enabled": "true" | "", "more": False, "person": "", "days": list(days), **found}]:
            when = _when(kind, found)
            minutes = _minutes(found.get("delay"))
            if when is None or minutes is None:
                return other
            at = str(found.get("start"))[11:16] if kind == "CalendarTrigger" else None
            week = frozenset(str(day).lower() for day in days)
            return {"when": when, "at": at, "days": week, "delay_minutes": minutes}
        case _:
            return other


def _when(kind: str, found: Mapping[Any, Any]) -> str | None:
    match kind, found.get("schedule"), found.get("between"):
        case "CalendarTrigger", "ScheduleByDay", "1" | "":
            return "daily"
        case "CalendarTrigger", "ScheduleByWeek", "1" | "":
            return "weekly"
        case "BootTrigger", "", "":
            return "at-start"
        case "LogonTrigger", "", "":
            return "at-log-on"
        case _:
            return None


def _minutes(delay: Any) -> int | None:
    """Minutes of a duration as XML has it; None for one of another form."""
    found = _DURATION.fullmatch(delay or "PT0M") if isinstance(delay, str) else None
    return int(found[1] or 0) * 60 + int(found[2] or 0) if found else None
