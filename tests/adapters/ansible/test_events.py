"""Events become small, clean and ours."""

from typing import Any

import pytest

from deskprov.adapters.ansible.events import DEEPEST, MESSAGE_LIMIT, RESULT_LIMIT, statistics, task_event
from deskprov.model.playbook import EventKind, Statistics

SECRET = "hunter2 {x}"


def line(event: str, result: object = None, **data: Any) -> dict[str, Any]:
    return {"event": event, "data": {"host": "pc-1", "task": "001 Go", "res": result, **data}}


@pytest.mark.parametrize(
    ("event", "result", "kind"),
    [
        ("runner_on_start", None, EventKind.STARTED),
        ("runner_on_ok", {"changed": False}, EventKind.OK),
        ("runner_on_ok", {"changed": True}, EventKind.CHANGED),
        ("runner_on_ok", {"changed": "yes"}, EventKind.OK),
        ("runner_on_failed", {"msg": "x"}, EventKind.FAILED),
        ("runner_on_skipped", None, EventKind.SKIPPED),
        ("runner_on_unreachable", {"msg": "x"}, EventKind.UNREACHABLE),
    ],
)
def test_kinds(event: str, result: object, kind: EventKind) -> None:
    told = task_event(line(event, result), ())
    assert told is not None
    assert (told.host, told.task, told.kind) == ("pc-1", "001 Go", kind)


def test_an_ignored_failure_is_none() -> None:
    told = task_event(line("runner_on_failed", {"msg": "x"}, ignore_errors=True), ())
    assert told is not None
    assert told.kind is EventKind.OK


@pytest.mark.parametrize(
    "raw",
    [
        {},
        {"event": "runner_on_ok"},
        {"event": "runner_on_ok", "data": []},
        {"event": "runner_on_ok", "data": {"host": 1, "task": "x"}},
        {"event": "runner_item_on_ok", "data": {"host": "pc-1", "task": "x"}},
        {"event": "verbose", "text": "x"},
        {"event": "playbook_on_stats", "data": {"ok": {"pc-1": 1}}},
    ],
)
def test_what_is_no_event_of_a_task(raw: dict[str, Any]) -> None:
    assert task_event(raw, ()) is None


def test_a_failure_says_all_it_has() -> None:
    told = task_event(line("runner_on_failed", {"msg": "non-zero", "stderr": "E: why\n", "stdout": "said"}), ())
    assert told is not None
    assert told.message == "non-zero\nE: why\nsaid"


@pytest.mark.parametrize(("printed", "kind"), [(True, EventKind.CHANGED), (False, EventKind.OK)])
def test_whether_a_censored_result_changed_something_is_what_was_printed(printed: bool, kind: EventKind) -> None:
    told = task_event(line("runner_on_ok", {"censored": "hidden"}) | {"changed": printed}, ())
    assert told is not None
    assert told.kind is kind


def test_a_censored_result_stays_censored() -> None:
    told = task_event(line("runner_on_failed", {"censored": "hidden due to no_log"}), ())
    assert told is not None
    assert told.censored
    assert told.message == ""


@pytest.mark.parametrize("message", [7, None, ["a"], {"a": "b"}, True])
def test_messages_that_are_no_text(message: object) -> None:
    told = task_event(line("runner_on_failed", {"msg": message}), ())
    assert told is not None
    assert isinstance(told.message, str)


def test_secrets_are_taken_out_wherever_they_stand() -> None:
    result = {"msg": f"a {SECRET} b", "cmd": [{"deep": f"x{SECRET}"}], SECRET: 1}
    told = task_event(line("runner_on_failed", result), (SECRET, "abc", "hunter2 {x} and more"))
    assert told is not None
    assert told.message == "a (secret) b"
    assert "hunter2" not in str(told)


def test_size_is_capped_and_control_characters_are_kept() -> None:
    huge = "\x1b[31m" + "x" * 1_000_000
    told = task_event(line("runner_on_failed", {"msg": huge, "rc": 3, "stdout": huge}), ())
    assert told is not None
    assert told.message.startswith("\x1b[31m")
    beginning, end = told.message.rsplit("\n… ", 1)
    assert len(beginning) == MESSAGE_LIMIT
    assert end.startswith("cut off here: 2000011 characters in all, SHA-256 ") or end.startswith(
        "cut off here: 1000005 "
    )
    assert len(str(told.result)) < RESULT_LIMIT
    assert told.result["rc"] == 3


def test_a_result_however_deep_is_cut_off_and_says_the_rest() -> None:
    deep: Any = "bottom"
    for _ in range(480):
        deep = {"a": [deep]}
    told = task_event(line("runner_on_failed", {"deep": deep, "msg": deep, "rc": 3}), (SECRET,))
    assert told is not None
    assert told.result["rc"] == 3
    assert 4 < sum(map(str(told.result["deep"]).count, "[{")) < DEEPEST
    assert "bottom" not in told.message


def test_half_characters_do_not_reach_a_database() -> None:
    told = task_event(line("runner_on_failed", {"msg": "a\udcffb"}), ())
    assert told is not None
    told.message.encode("utf-8")
    str(told.result).encode("utf-8")


def test_statistics_are_those_of_one_machine() -> None:
    data = {
        "ok": {"pc-1": 3, "pc-2": 9},
        "changed": {"pc-1": 2},
        "failures": {"pc-2": 1},
        "dark": {},
        "processed": {"pc-1": 1, "pc-2": 1},
    }
    expected = Statistics(ok=3, changed=2, failed=0, unreachable=0, skipped=0, rescued=0, ignored=0)
    assert statistics({"data": data}, "pc-1") == expected
    assert statistics({"data": data}, "pc-3") is None
    assert statistics({"data": {"ok": {"pc-1": 3}}}, "pc-1") is None
    assert statistics({}, "pc-1") is None


def test_a_script_says_in_its_errors_why_it_failed() -> None:
    """The form of `error` is what ansible.windows.win_powershell documents (ansible.windows 3.3.0)."""
    errors = [{"output": "x : why\n+ ...", "exception": {"message": "The installer is not signed.", "type": "y"}}]
    told = task_event(line("runner_on_failed", {"changed": False, "error": errors}), ())
    assert told is not None
    assert told.message == "The installer is not signed."
    for odd in ("text", [1], [{"exception": 1}], [{"exception": {}}], {}):
        assert task_event(line("runner_on_failed", {"msg": "m", "error": odd}), ()) is not None
