"""win_environment: variables of the machine; those of a user or a process would need somebody to be logged on."""

from collections.abc import Mapping
from typing import Any

from deskprov.practice.windows.computer import State
from deskprov.practice.windows.modules.refusal import ModuleFailed


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
