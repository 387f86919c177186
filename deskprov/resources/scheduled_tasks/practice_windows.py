"""Scheduled tasks of a practice PC: kept in the words of their files, and never started."""

from collections.abc import Mapping
from typing import Any

from deskprov.model.practice_models import ModuleFailed, PracticeModels, State

KNOWN = frozenset(
    {"name", "path", "state", "actions", "triggers", "username", "group", "logon_type", "run_level", "enabled"}
    | {"start_when_available", "disallow_start_if_on_batteries", "stop_if_going_on_batteries"}
)
KINDS = {"daily": "CalendarTrigger", "weekly": "CalendarTrigger", "boot": "BootTrigger", "logon": "LogonTrigger"}
SCHEDULES = {"daily": "ScheduleByDay", "weekly": "ScheduleByWeek"}
LEVELS = {"limited": "LeastPrivilege", "highest": "HighestAvailable"}


def win_scheduled_task(state: State, arguments: Mapping[str, Any]) -> Mapping[str, Any]:
    """Makes, changes and takes away a task."""
    if unknown := sorted(arguments.keys() - KNOWN):
        raise ModuleFailed(f"practice PC: no model of {', '.join(unknown)} of win_scheduled_task")
    key = f"{arguments['path']}\\{arguments['name']}".lower()
    tasks = state["scheduled_tasks"]
    if arguments.get("state") == "absent":
        return {"changed": tasks.pop(key, None) is not None}
    if len(arguments) < len(KNOWN) - 1:
        raise ModuleFailed("practice PC: only whole tasks are modelled")
    task = {
        "actions": [{"kind": "Exec", "command": a["path"], "arguments": a["arguments"]} for a in arguments["actions"]],
        "triggers": [_trigger(trigger) for trigger in arguments["triggers"]],
        "sid": arguments.get("username") or arguments["group"],
        "level": LEVELS[arguments["run_level"]],
        "enabled": _word(arguments["enabled"]),
        "catch_up": _word(arguments["start_when_available"]),
        "not_on_battery": _word(arguments["disallow_start_if_on_batteries"]),
        "stop_on_battery": _word(arguments["stop_if_going_on_batteries"]),
    }
    changed = tasks.get(key) != task
    tasks[key] = task
    return {"changed": changed}


def look(state: State, argument: Any) -> Any:
    """In the form of probe_windows.ps1."""
    return state["scheduled_tasks"].get(f"\\{argument}".lower())


def _trigger(trigger: Mapping[str, Any]) -> Mapping[str, Any]:
    kind = trigger["type"]
    if kind not in KINDS:
        raise ModuleFailed(f"practice PC: no model of a trigger of the type {kind}")
    if kind in SCHEDULES and not trigger.get("start_boundary"):
        raise ModuleFailed("mandatory key 'start_boundary' for trigger is not set")
    return {
        "kind": KINDS[kind],
        "enabled": _word(trigger["enabled"]),
        "start": trigger.get("start_boundary") or "",
        "delay": trigger.get("delay") or "",
        "person": "",
        "schedule": SCHEDULES.get(kind, ""),
        "between": "1" if kind in SCHEDULES else "",
        "days": [day.capitalize() for day in (trigger.get("days_of_week") or "").split(",") if day],
        "more": False,
    }


def _word(yes: bool) -> str:
    return "true" if yes else "false"


MODELS = PracticeModels(
    modules={"community.windows.win_scheduled_task": win_scheduled_task},
    probes={"probe_windows.ps1": look},
    fresh={"scheduled_tasks": {}},
)
