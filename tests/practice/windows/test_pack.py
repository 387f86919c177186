"""Many changes in one run on a practice PC: what one model refuses stops only what needs it, and says why."""

from typing import Any

from deskprov.practice.windows.models import MODELS
from deskprov.practice.windows.pack import make_items


def value(number: int, **more: Any) -> dict[str, Any]:
    item = {"kind": "registry", "path": "HKLM:\\SOFTWARE\\Example", "name": f"v{number}", "type": "dword", "data": 1}
    return {"number": number, **item, **more}


def test_one_that_fails_stops_only_what_needs_it() -> None:
    state: dict[str, Any] = {"registry": {}, "environment": {}}
    items = [
        value(1),
        value(2, data="no number"),
        value(2),
        value(3, needs=[1]),
        value(4, needs=[1, 2]),
        value(5, needs=[99]),
        {"number": 6, "kind": "strange"},
        {"number": 7, "kind": "environment", "name": "A", "value": "x", "state": "present"},
    ]
    said = make_items(state, {"Items": items, "Failed": [99]}, MODELS.modules)
    answers = said["result"]["items"]
    words = [next((word for word in ("failed", "skipped", "changed") if each[word]), "") for each in answers]
    assert words == ["changed", "failed", "skipped", "changed", "skipped", "skipped", "failed", "changed"]
    assert "cannot be converted to a number" in answers[1]["msg"]
    assert "no item is of the kind strange" in answers[6]["msg"]
    assert said["changed"] is True
    assert set(state["registry"]["hklm\\software\\example"]["values"]) == {"v1", "v3"}
