"""Variables of a practice PC: those of the machine; others would need somebody to be logged on."""

from collections.abc import Mapping
from typing import Any

from deskprov.model.practice_models import ModuleFailed, PracticeModels, State


def win_environment(state: State, arguments: Mapping[str, Any]) -> Mapping[str, Any]:
    """Sets and takes away variables, one or several."""
    if arguments["level"] != "machine":
        raise ModuleFailed(f"practice PC: no model of variables at the level {arguments['level']}")
    variables = arguments.get("variables") or {arguments["name"]: arguments.get("value")}
    wanted = arguments.get("state")
    values = {}
    for name, value in variables.items():
        if wanted == "present" and not value:
            raise ModuleFailed(
                "When state=present, value must be defined and not an empty string, if you wish to remove the envvar, "
                "set state=absent"
            )
        values[name] = _one(state["environment"], name, None if wanted == "absent" else value)
    last = list(values.values())[-1]
    changed = any(each["changed"] for each in values.values())
    return {"changed": changed, "values": values, "before_value": last["before"], "value": last["after"]}


def look(state: State, argument: Any) -> Any:
    """In the form of probe_windows.ps1."""
    found = state["environment"].get(argument.lower())
    return {"value": found["value"]} if found else None


def _one(environment: dict[str, Any], name: str, value: str | None) -> Mapping[str, Any]:
    entry = environment.get(name.lower())
    before = entry["value"] if entry else None
    if value:
        environment[name.lower()] = {"name": entry["name"] if entry else name, "value": value}
        # the module compares with -ne, which takes no account of case
        changed = before is None or before.lower() != value.lower()
        if not changed:
            environment[name.lower()]["value"] = before
        return {"changed": changed, "before": before, "after": value}
    environment.pop(name.lower(), None)
    return {"changed": before is not None, "before": before, "after": value}


MODELS = PracticeModels(
    modules={"ansible.windows.win_environment": win_environment},
    probes={"probe_windows.ps1": look},
    fresh={"environment": {}},
)
