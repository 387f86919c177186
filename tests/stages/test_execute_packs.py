"""What one run of a module said of many changes, as if each had been a task of its own."""

from typing import Any

import pytest

from deskprov.formats.posix_pack import item
from deskprov.formats.windows_pack import item as windows_item
from deskprov.model.platform import Platform
from deskprov.model.playbook import EventKind, PlaybookOutcome, RunEnd, TaskEvent
from deskprov.model.result import NOT_KNOWN, NOT_REACHED, Status
from deskprov.model.task import ResourceTasks, Task
from deskprov.stages.execute import results, unpacked

TASK = Task("Make the folder", "ansible.builtin.file", {}, item=item("folder"))
NAME = "002 Set up files and groups"
COMPLETED = PlaybookOutcome(RunEnd.COMPLETED, None)


def entry(
    number: int, pack: int = 2, *, tasks: int = 1, needs: tuple[int, ...] = (), task: Task = TASK
) -> ResourceTasks:
    return ResourceTasks(number, f"folders//{number}", "", [task] * tasks, needs, pack)


ENTRIES = [entry(1, 0), entry(2), entry(3, needs=(2,)), entry(4, tasks=2), entry(5, 0)]


def said(number: int, word: str = "", msg: str = "") -> dict[str, Any]:
    words = {name: name == word for name in ("changed", "failed", "skipped")}
    return {"number": number, **words, "msg": msg}


def event(kind: EventKind, items: Any = None, name: str = NAME, message: str = "") -> TaskEvent:
    result = {} if items is None else {"items": items}
    return TaskEvent("pc-1", name, kind, message, result=result)


def statuses(*events: TaskEvent, outcome: PlaybookOutcome = COMPLETED) -> list[Status]:
    apart = [each for event in events for each in unpacked(ENTRIES, event)]
    return [result.status for result in results(ENTRIES[1:4], apart, outcome, Platform.LINUX)]


def test_each_change_has_its_own_result() -> None:
    answers = [said(2, "failed", "No space left on device"), said(3, "skipped"), said(4), said(4, "changed")]
    events = [
        each
        for event_ in (event(EventKind.STARTED), event(EventKind.CHANGED, answers))
        for each in unpacked(ENTRIES, event_)
    ]
    failed, skipped, changed = results(ENTRIES[1:4], events, COMPLETED, Platform.LINUX)
    assert (failed.status, failed.reason) == (Status.FAILED, "no-space")
    assert (skipped.status, skipped.reason) == (Status.SKIPPED, "needs folders//2")
    assert changed.status is Status.CHANGED


def test_of_steps_of_one_thing_the_first_that_failed_counts() -> None:
    answers = [said(2), said(3), said(4, "failed", "boom"), said(4, "skipped")]
    assert statuses(event(EventKind.OK, answers)) == [Status.OK, Status.OK, Status.FAILED]


@pytest.mark.parametrize(
    "answers",
    [
        None,
        "nothing",
        [],
        [None, 7, "x", {}],
        [said(2), said(2), said(3), said(4)],
        [{"number": 2, "changed": True}, {**said(3), "changed": "yes"}, said(4)],
        [{**said(2), "number": True}, {**said(3), "msg": None}],
        [said(7), said(1), said(5)],
    ],
)
def test_what_is_not_said_of_each_as_agreed_is_not_known(answers: Any) -> None:
    found = statuses(event(EventKind.STARTED), event(EventKind.CHANGED, answers))
    assert found[0] is Status.UNKNOWN
    assert found[2] is Status.UNKNOWN


def test_an_answer_about_another_changes_nothing_for_it() -> None:
    answers = [said(1, "failed"), said(2), said(3), said(4), said(4), said(5, "failed")]
    numbers = [each.task[:3] for each in unpacked(ENTRIES, event(EventKind.OK, answers))]
    assert numbers == ["002", "003", "004", "004"]


def test_when_the_module_itself_fails_all_have_failed_with_its_words() -> None:
    found = [
        each
        for event_ in (event(EventKind.STARTED), event(EventKind.FAILED, message="Timed out after 9 second(s)."))
        for each in unpacked(ENTRIES, event_)
    ]
    made = results(
        ENTRIES[1:4], [*found, *unpacked(ENTRIES, event(EventKind.OK, name="002 Failed"))], COMPLETED, Platform.LINUX
    )
    assert {(each.status, each.reason) for each in made} == {(Status.FAILED, "timed-out")}


def test_a_machine_lost_in_a_pack_leaves_all_of_it_unknown() -> None:
    found = [*unpacked(ENTRIES, event(EventKind.STARTED)), *unpacked(ENTRIES, event(EventKind.UNREACHABLE))]
    made = results(ENTRIES, found, COMPLETED, Platform.LINUX)
    assert [each.status for each in made[1:]] == [Status.UNKNOWN] * 3 + [Status.SKIPPED]
    assert {each.reason for each in made[1:4]} == {NOT_KNOWN}


@pytest.mark.parametrize("end", [RunEnd.CANCELLED, RunEnd.TIMED_OUT, RunEnd.DIED])
def test_of_a_run_that_was_cut_off_all_of_the_next_pack_may_have_been_begun(end: RunEnd) -> None:
    """Its announcement can be lost with the process that passes it on."""
    heard = [TaskEvent("pc-1", "001 Make the folder", kind) for kind in (EventKind.STARTED, EventKind.OK)]
    made = results(ENTRIES, heard, PlaybookOutcome(end, None), Platform.LINUX)
    assert [each.status for each in made] == [Status.OK, *[Status.UNKNOWN] * 3, Status.SKIPPED]
    assert made[4].reason == NOT_REACHED


def test_what_only_serves_a_pack_and_what_is_of_no_pack_is_left_alone() -> None:
    assert unpacked(ENTRIES, event(EventKind.OK, name="002 Failed")) == []
    alone = event(EventKind.OK, name="005 Make the folder")
    assert unpacked(ENTRIES, alone) == [alone]
    nobody = event(EventKind.OK, name="Is it still the machine")
    assert unpacked(ENTRIES, nobody) == [nobody]


def test_a_script_of_windows_answers_in_its_result() -> None:
    task = Task("Set the value", "ansible.windows.win_regedit", {}, item=windows_item("registry"))
    entries = [entry(2, task=task), entry(3, task=task)]
    answer = TaskEvent(
        "pc-1", "002 Set values", EventKind.OK, result={"result": {"items": [said(2, "changed"), said(3)]}}
    )
    kinds = [each.kind for each in unpacked(entries, answer)]
    assert kinds == [EventKind.CHANGED, EventKind.OK]
