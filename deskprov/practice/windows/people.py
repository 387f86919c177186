"""The registries of people on a practice PC: looked at, and changed, each at most once for all values.

The section `profiles` of the state: by SID, and `default-user`, a profile's folder (`name`), its `registry` (a table as
the computer's, of which all keys are below HKCU), and whether somebody holds it (`in_use`), who is logging on, say.
Nobody has logged on to a fresh PC. Who is logged on makes no difference here; what it does, tests/powershell shows.
"""

from collections.abc import Iterator, Mapping
from typing import Any

from deskprov.model.practice_models import ModuleFailed, State
from deskprov.practice.windows.answers.registry import found
from deskprov.practice.windows.modules.registry import put, remove

HIVE = "HKCU"
DEFAULT_USER = "default-user"


def look(state: State, questions: Any) -> Any:
    """In the form of formats/windows_registry/probe_people_windows.ps1."""
    return [[_seen(person, path, name) for person in _people(state, who)] for who, path, name in questions]


def change(state: State, parameters: Mapping[str, Any]) -> Mapping[str, Any]:
    """As formats/windows_registry/change_people_windows.ps1 does."""
    only = parameters.get("Only")
    failed = set(parameters.get("Failed") or ())
    answers = [_answer(state, item, failed) for item in ([only] if only else parameters["Items"])]
    if only and answers[0]["failed"]:
        raise ModuleFailed(answers[0]["msg"])
    return {"changed": any(answer["changed"] for answer in answers), "result": {} if only else {"items": answers}}


def _answer(state: State, item: Mapping[str, Any], failed: set[int]) -> dict[str, Any]:
    answer = {"number": item.get("number", 0), "changed": False, "failed": False, "skipped": False, "msg": ""}
    if failed.intersection(item.get("needs", ())):
        return answer | {"skipped": True}
    for person in _people(state, item["who"]):
        if person.get("in_use"):
            continue
        try:
            answer["changed"] = _set(person["registry"], item) or answer["changed"]
        except ModuleFailed as error:
            failed.add(answer["number"])
            answer |= {"failed": True, "msg": f"For {person['name'] or 'the default user'}: {error}"}
    return answer


def _set(registry: dict[str, Any], item: Mapping[str, Any]) -> bool:
    path = f"{HIVE}\\{item['path']}"
    if item["state"] == "absent":
        return bool(remove(registry, path, item["name"], whole_key=False)["changed"])
    return bool(put(registry, path, item["name"], item["type"], item["data"])["changed"])


def _people(state: State, who: str) -> Iterator[dict[str, Any]]:
    for sid, person in state["profiles"].items():
        if (sid == DEFAULT_USER) is (who == DEFAULT_USER):
            yield person


def _seen(person: Mapping[str, Any], path: str, name: str) -> Mapping[str, Any]:
    left = "in use" if person.get("in_use") else ""
    value = None if left else found(person["registry"], f"{HIVE}\\{path}", name)
    return {"name": person["name"], "left": left, "stuck": "", "found": value}
