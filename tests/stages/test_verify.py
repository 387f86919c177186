"""What a second look says about what was done."""

import pytest
from msgspec.structs import replace

from deskprov.model.plan import Action, Change, Difference
from deskprov.model.resource import Resource, ResourceOptions
from deskprov.model.result import MISSING, Outcome, ResourceResult, Status
from deskprov.model.source import Source
from deskprov.stages.verify import all_verified, conclude, judge, outcome

KEY = "lamps/desk"
LINE = Source("profiles/a.yml", 7)


def change(action: Action) -> Change:
    differences = [Difference("watts", 5, 7, LINE)] if action is Action.UPDATE else []
    return Change(Resource("lamps", "desk", ResourceOptions(), LINE), action, differences, reason="no answer")


def concluded(before: Action, said: Status | None, after: Action | None) -> ResourceResult:
    done = {} if said is None else {KEY: ResourceResult(KEY, said, message="as Ansible said")}
    seen = {} if after is None else {KEY: change(after)}
    [result] = conclude([change(before)], done, seen)
    return result


@pytest.mark.parametrize(
    ("before", "said", "after", "status", "verified"),
    [
        (Action.NONE, None, Action.NONE, Status.OK, True),
        (Action.NONE, None, Action.UPDATE, Status.FAILED, False),
        (Action.CREATE, Status.CHANGED, Action.NONE, Status.CHANGED, True),
        (Action.CREATE, Status.CHANGED, Action.UPDATE, Status.FAILED, False),
        (Action.CREATE, Status.CHANGED, Action.CREATE, Status.FAILED, False),
        (Action.CREATE, Status.CHANGED, None, Status.UNKNOWN, False),
        (Action.NONE, None, None, Status.UNKNOWN, False),
        (Action.ENSURE, Status.UNKNOWN, Action.ENSURE, Status.UNKNOWN, False),
        (Action.CREATE, Status.CHANGED, Action.UNKNOWN, Status.UNKNOWN, False),
        (Action.CREATE, Status.FAILED, Action.NONE, Status.FAILED, False),
        (Action.CREATE, Status.SKIPPED, Action.CREATE, Status.SKIPPED, False),
        (Action.CREATE, Status.UNKNOWN, Action.NONE, Status.CHANGED, True),
        (Action.CREATE, Status.UNKNOWN, Action.CREATE, Status.UNKNOWN, False),
        (Action.ENSURE, Status.OK, Action.ENSURE, Status.OK, False),
        (Action.UNKNOWN, None, Action.UNKNOWN, Status.UNKNOWN, False),
    ],
)
def test_only_what_the_second_look_saw_is_verified(
    before: Action, said: Status | None, after: Action | None, status: Status, verified: bool
) -> None:
    result = concluded(before, said, after)
    assert (result.status, result.verified) == (status, verified)


def test_what_was_left_alone_waits_and_is_not_verified() -> None:
    left = replace(change(Action.NONE), note="The one in the attic was left alone.")
    done = {KEY: ResourceResult(KEY, Status.CHANGED)}
    for result in (judge(left), *conclude([change(Action.CREATE)], done, {KEY: left})):
        assert result == ResourceResult(KEY, Status.WAITING, message=left.note, reason="not_now")
    assert outcome([judge(left)]) is Outcome.WAITING
    assert judge(replace(change(Action.UPDATE), note=left.note)).message == f"watts is 5, wanted 7. {left.note}"
    assert judge(change(Action.UPDATE)).message == "watts is 5, wanted 7"


def test_a_contradiction_says_what_the_machine_shows() -> None:
    message = concluded(Action.UPDATE, Status.CHANGED, Action.UPDATE).message
    assert message == "Ansible reported success, but the machine is not as wanted: watts is 5, wanted 7."


def test_one_look_alone_tells_drift() -> None:
    assert [judge(change(a)).status for a in (Action.NONE, Action.UPDATE, Action.UNKNOWN)] == [
        Status.OK,
        Status.DRIFT,
        Status.UNKNOWN,
    ]


@pytest.mark.parametrize(
    ("statuses", "expected"),
    [
        ([Status.OK, Status.CHANGED], Outcome.OK),
        ([Status.OK, Status.DRIFT], Outcome.DRIFT),
        ([Status.DRIFT, Status.UNKNOWN], Outcome.UNKNOWN),
        ([Status.UNKNOWN, Status.FAILED], Outcome.FAILED),
        ([Status.SKIPPED], Outcome.FAILED),
        ([], Outcome.OK),
    ],
)
def test_the_worst_resource_decides(statuses: list[Status], expected: Outcome) -> None:
    assert outcome([ResourceResult(KEY, status) for status in statuses]) is expected


def test_what_cannot_be_looked_at_does_not_spoil_the_verdict() -> None:
    results = [concluded(Action.ENSURE, Status.OK, Action.ENSURE), concluded(Action.NONE, None, Action.NONE)]
    assert all_verified(results)
    assert outcome(results) is Outcome.OK


def test_a_sentence_that_goes_on_has_no_full_stop_in_it() -> None:
    done = {KEY: ResourceResult(KEY, Status.UNKNOWN, message="It is not known whether it was done.")}
    [result] = conclude([change(Action.UPDATE)], done, {})
    assert result.message == "It is not known whether it was done; nobody has looked at it since"


def test_what_was_seen_after_all_is_not_called_unknown_any_more() -> None:
    result = concluded(Action.CREATE, Status.UNKNOWN, Action.NONE)
    assert (result.status, result.verified, result.message) == (Status.CHANGED, True, "")


@pytest.mark.parametrize(("reason", "message"), [(MISSING, "There is none; did you mean desk?"), ("no-space", "full")])
def test_what_was_meant_is_said_where_a_thing_does_not_exist(reason: str, message: str) -> None:
    planned = replace(change(Action.CREATE), obstacle="there is none; did you mean desk?")
    done = {KEY: ResourceResult(KEY, Status.FAILED, message="full", reason=reason)}
    [result] = conclude([planned], done, {})
    assert result.message == message
