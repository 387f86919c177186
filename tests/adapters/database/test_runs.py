"""What a run writes is what is read back, also when it never came to its end."""

from datetime import timedelta
from pathlib import Path

import pytest
from msgspec.structs import replace
from sqlalchemy import Connection, Engine, event, text

from deskprov.adapters.database.database import Database
from deskprov.errors import RecordBusy, RecordError
from deskprov.model.history import RunState, StepRecord
from deskprov.model.plan import HostPlan, Owned
from deskprov.model.problem import Problem
from deskprov.model.result import HostResult, Outcome, ResourceResult, Status
from deskprov.model.run import Asked, StepState
from deskprov.model.source import Source
from deskprov.testing import MemoryRecord
from tests.adapters.database.conftest import CONTROLLER, Whole
from tests.adapters.database.samples import LAPTOP, LATER, NOON, began, edit, ended, host_intent, intent, verified

RUN = "20261124-120000-aaaaaa"


def test_a_run_begins_with_all_its_machines(whole: Whole) -> None:
    whole.record.begin(intent(hosts=["pc-1", "pc-2"]), [host_intent(RUN, "pc-1"), host_intent(RUN, "pc-2")])
    detail = whole.history.run(RUN)
    assert detail is not None
    assert [(machine.host, machine.profile, len(machine.steps)) for machine in detail.hosts] == [
        ("pc-1", "staff-laptop", 2),
        ("pc-2", "staff-laptop", 2),
    ]


def test_a_run_that_cannot_begin_with_all_its_machines_does_not_begin(tmp_path: Path) -> None:
    database = Database(None, tmp_path, CONTROLLER)
    with pytest.raises(RecordError):
        database.record.begin(intent(), [host_intent(RUN), host_intent("another", "pc-2")])
    assert database.history.run(RUN) is None
    database.close()


def test_a_run_ends_with_its_last_machines(whole: Whole) -> None:
    whole.record.begin(intent(hosts=["pc-1", "pc-2"], verb="verify"))
    whole.record.finish(RUN, Outcome.OK, LATER, [verified("groups/staff"), verified("groups/staff", host="pc-2")])
    detail = whole.history.run(RUN)
    assert detail is not None
    assert (detail.summary.state, detail.summary.outcome) == (RunState.ENDED, Outcome.OK)
    assert [(machine.host, machine.outcome, len(machine.steps)) for machine in detail.hosts] == [
        ("pc-1", Outcome.OK, 1),
        ("pc-2", Outcome.OK, 1),
    ]


def test_a_run_whose_last_machines_cannot_be_filed_has_not_ended(tmp_path: Path) -> None:
    database = Database(None, tmp_path, CONTROLLER)
    database.record.begin(intent(hosts=["pc-1", "pc-2"]))
    broken = HostResult("pc-2", Outcome.OK, True, float("nan"))
    with pytest.raises(RecordError):
        database.record.finish(RUN, Outcome.OK, LATER, [verified("groups/staff"), broken])
    detail = database.history.run(RUN)
    assert detail is not None
    assert [(machine.host, machine.outcome) for machine in detail.hosts if machine.outcome] == []
    assert detail.summary.ended is None
    database.close()


def test_machines_that_were_looked_at_are_filed_together_or_not_at_all(tmp_path: Path) -> None:
    database = Database(None, tmp_path, CONTROLLER)
    anew = HostPlan("pc-9", "staff-laptop", "linux", LAPTOP, (), gone=["groups/staff"])
    with pytest.raises(RecordError, match="does not know pc-9"):
        database.record.looked([HostPlan("pc-1", "staff-laptop", "linux", LAPTOP, ()), anew], NOON)
    assert database.assets.find("pc-1") is None
    database.close()


def test_a_machine_that_was_installed_anew_is_seen_and_has_nothing_of_ours(whole: Whole) -> None:
    whole.record.saw("pc-1", LAPTOP, NOON, practice=False)
    whole.record.own("pc-1", [Owned("groups/staff", "groups", {"name": "staff"}, RUN)], [], NOON)
    now = replace(LAPTOP, machine_id="1e" * 16)
    whole.record.looked([HostPlan("pc-1", "staff-laptop", "linux", now, (), gone=["groups/staff"])], LATER)
    found = whole.assets.find("pc-1")
    assert found is not None
    assert (whole.record.owned("pc-1"), found.machine_id, found.last_seen) == ([], "1e" * 16, LATER)


def test_many_machines_wait_for_the_disk_once(tmp_path: Path) -> None:
    names = ["pc-1", "pc-2", "pc-3"]
    database = Database(None, tmp_path, CONTROLLER)
    database.record.begin(intent(hosts=names, verb="verify"))
    commits: list[Connection] = []
    note = commits.append
    event.listen(Engine, "commit", note)
    try:
        database.record.looked(
            [HostPlan(name, "staff-laptop", "linux", replace(LAPTOP, serial=name), ()) for name in names], NOON
        )
        database.record.finish(RUN, Outcome.OK, LATER, [verified("groups/staff", host=name) for name in names])
    finally:
        event.remove(Engine, "commit", note)
        database.close()
    assert len(commits) == 2


def test_a_run_is_written_ahead_step_by_step(whole: Whole) -> None:
    whole.record.begin(intent())
    whole.record.intend(host_intent(RUN))
    whole.record.advance([began(RUN, "groups/staff"), ended(RUN, "groups/staff"), began(RUN, "users/tech")])

    detail = whole.history.run(RUN)

    assert detail is not None
    assert detail.summary.state is RunState.RUNNING
    assert detail.summary.outcome is None
    [machine] = detail.hosts
    assert (machine.profile, machine.profile_hash, machine.outcome) == ("staff-laptop", "5eed", None)
    one, two = NOON + timedelta(seconds=1), NOON + timedelta(seconds=2)
    assert list(machine.steps) == [
        StepRecord("groups/staff", "create", StepState.DONE, one, two, Status.CHANGED, False, "done", ""),
        StepRecord("users/tech", "update", StepState.STARTED, one),
    ]


def test_a_finished_run_tells_who_what_when_and_how(whole: Whole) -> None:
    whole.record.begin(intent())
    whole.record.intend(host_intent(RUN))
    whole.record.advance([began(RUN, "groups/staff"), ended(RUN, "groups/staff")])
    whole.record.finish_host(RUN, verified("groups/staff", "users/tech", "files//etc/motd"), LATER)
    whole.record.finish(RUN, Outcome.OK, LATER)

    detail = whole.history.run(RUN)

    assert detail is not None
    summary = detail.summary
    assert (summary.verb, summary.at, summary.ended, summary.by) == ("setup", NOON, LATER, "robin")
    assert (summary.controller, summary.commit, summary.dirty) == ("controller-1", "c0ffee", True)
    assert (list(summary.targets), list(summary.hosts)) == (["pc-1"], ["pc-1"])
    assert (summary.state, summary.outcome, summary.outcomes) == (RunState.ENDED, Outcome.OK, {"ok": 1})
    [machine] = detail.hosts
    assert (machine.outcome, machine.verified, machine.seconds, machine.ended) == (Outcome.OK, True, 4.5, LATER)
    assert [(s.resource, s.action, s.status, s.verified, s.ended) for s in machine.steps] == [
        ("groups/staff", "create", Status.CHANGED, True, NOON + timedelta(seconds=2)),
        ("users/tech", "update", Status.CHANGED, True, LATER),
        ("files//etc/motd", "", Status.CHANGED, True, LATER),
    ]


def test_a_refused_run_is_filed_in_one_piece(whole: Whole) -> None:
    busy = HostResult("pc-1", Outcome.BUSY, verified=False, seconds=0.0, message="pc-1 is busy.")
    whole.record.file_refusal(intent(), [(host_intent(RUN), busy)], Outcome.BUSY)
    [run] = whole.history.runs(5)
    assert (run.state, run.outcome, run.outcomes) == (RunState.ENDED, Outcome.BUSY, {"busy": 1})
    detail = whole.history.run(run.run)
    assert detail is not None
    assert [(machine.host, machine.message) for machine in detail.hosts] == [("pc-1", "pc-1 is busy.")]


@pytest.mark.parametrize("server", ["", pytest.param("postgresql_url", marks=pytest.mark.postgresql)])
def test_a_refusal_is_not_filed_while_others_write(server: str, request: pytest.FixtureRequest, tmp_path: Path) -> None:
    url = request.getfixturevalue(server) if server else None
    one, other = Database(url, tmp_path, CONTROLLER), Database(url, tmp_path, CONTROLLER)
    with other.transactions.writing(), pytest.raises(RecordBusy):
        one.record.file_refusal(intent(), [], Outcome.BUSY)
    assert one.history.runs(5) == []
    one.record.file_refusal(intent(), [], Outcome.BUSY)
    assert len(one.history.runs(5)) == 1
    one.close()
    other.close()


def test_an_uncertain_step_stays_as_it_was_written_ahead(whole: Whole) -> None:
    whole.record.begin(intent())
    whole.record.intend(host_intent(RUN))
    whole.record.advance([began(RUN, "groups/staff")])
    results = [ResourceResult(key, Status.UNKNOWN, message="stopped") for key in ("groups/staff", "users/tech")]
    whole.record.finish_host(RUN, HostResult("pc-1", Outcome.INTERRUPTED, False, 1.0, results), LATER)

    detail = whole.history.run(RUN)

    assert detail is not None
    assert [(s.state, s.status, s.ended, s.message) for s in detail.hosts[0].steps] == [
        (StepState.STARTED, Status.UNKNOWN, None, "stopped"),
        (StepState.INTENDED, Status.UNKNOWN, None, "stopped"),
    ]


def test_machines_stand_in_the_order_asked_for_also_those_never_come_to(whole: Whole) -> None:
    whole.record.begin(intent(hosts=["pc-2", "pc-1", "pc-3"]))
    whole.record.finish_host(RUN, HostResult("pc-1", Outcome.UNREACHABLE, False, 9.0, message="no answer"), LATER)

    detail = whole.history.run(RUN)

    assert detail is not None
    assert [(m.host, m.outcome, m.message) for m in detail.hosts] == [
        ("pc-2", None, ""),
        ("pc-1", Outcome.UNREACHABLE, "no answer"),
        ("pc-3", None, ""),
    ]
    assert detail.summary.outcomes == {"unreachable": 1}


def test_runs_are_listed_newest_first_and_found_by_their_beginning(whole: Whole) -> None:
    for run in ("20261124-120000-aaaaaa", "20261124-120000-bbbbbb", "x_1", "xy1"):
        whole.record.begin(intent(run))

    assert [s.run for s in whole.history.runs(3)] == ["xy1", "x_1", "20261124-120000-bbbbbb"]
    found = whole.history.run("20261124")
    assert found is not None
    assert found.summary.run == "20261124-120000-bbbbbb"
    literal = whole.history.run("x_")
    assert literal is not None
    assert literal.summary.run == "x_1"
    assert whole.history.run("nothing") is None


def test_runs_of_a_machine_follow_it_to_its_new_name(whole: Whole) -> None:
    whole.record.begin(intent("r0"))
    whole.record.finish_host("r0", HostResult("pc-1", Outcome.UNREACHABLE, False, 1.0), NOON)
    whole.record.saw("pc-1", LAPTOP, NOON, practice=False)
    for run in ("r1", "r2"):
        whole.record.begin(intent(run, hosts=["pc-1", "pc-2"]))
        whole.record.intend(host_intent(run))
    asset = whole.assets.find("pc-1")
    assert asset is not None
    whole.assets.save([edit(asset, host="room12-03")], LATER, "robin")

    assert [m.summary.run for m in whole.history.of_host("ROOM12-03", 10)] == ["r2", "r1"]
    assert [m.host for m in whole.history.of_host("room12-03", 1)] == ["pc-1"]
    assert [m.summary.run for m in whole.history.of_host("pc-1", 10)] == ["r0"]


def test_what_deskprov_set_is_remembered_until_it_is_removed(whole: Whole) -> None:
    whole.record.saw("pc-1", LAPTOP, NOON, practice=False)
    whole.record.saw("pc-2", LAPTOP, NOON, practice=False)
    group = Owned("groups/staff", "groups", {"name": "staff", "gid": None}, "r1")
    user = Owned("users/tech", "users", {"name": "tech", "groups": ["a", "b"]}, "r1")
    whole.record.own("pc-1", [group, user], [], NOON)
    assert list(whole.record.owned("pc-1")) == [group, user]
    assert list(whole.record.owned("pc-2")) == []

    newer = Owned("users/tech", "users", {"name": "tech", "groups": ["c"]}, "r2")
    whole.record.own("PC-1", [newer], ["groups/staff", "groups/never-there"], LATER)
    assert list(whole.record.owned("pc-1")) == [newer]


def test_what_is_wrong_with_the_values_of_a_machine_is_kept_with_its_place(whole: Whole) -> None:
    whole.record.begin(intent())
    wrong = Problem(Source("profiles/lab.yml", 3, 9), "variable-empty", "no tag", "give it one")
    left = HostResult("pc-1", Outcome.FAILED, False, 0.0, message="It does not fit.", problems=[wrong])
    whole.record.finish_host(RUN, left, LATER)
    [kept] = whole.history.of_host("pc-1", 1)
    assert kept.message == "It does not fit. profiles/lab.yml:3:9: no tag; give it one."


@pytest.mark.parametrize("text", ["nul \0 byte", "half \ud83d pair", "\x1b[2J", "東京 é", "a\nb", "x" * 5000])
def test_any_text_of_a_machine_can_be_stored(whole: Whole, text: str) -> None:
    whole.record.begin(intent())
    result = ResourceResult("files/a", Status.FAILED, message=text, reason=text)
    whole.record.finish_host(RUN, HostResult("pc-1", Outcome.FAILED, False, 1.0, [result], message=text), LATER)

    detail = whole.history.run(RUN)

    assert detail is not None
    assert len(detail.hosts[0].message) == len(text)
    assert len(detail.hosts[0].steps[0].message) == len(text)


def test_steps_of_an_unknown_run_are_refused(whole: Whole) -> None:
    with pytest.raises(RecordError, match="does not know the run"):
        whole.record.advance([began("never-begun", "groups/staff")])


def test_ownership_of_a_machine_nobody_saw_is_refused(whole: Whole) -> None:
    with pytest.raises(RecordError, match="does not know pc-9 yet"):
        whole.record.own("pc-9", [Owned("groups/staff", "groups")], [], NOON)


def test_what_was_asked_is_kept_for_whoever_goes_on(whole: Whole) -> None:
    asked = Asked("lab", clean=True, blind=("files//etc/x",), reset=("users/tech", "users/robin"))
    whole.record.begin(replace(intent(), asked=asked, continues="20261123-120000-bbbbbb"))
    [summary] = whole.history.runs(5)
    assert (summary.asked, summary.continues) == (asked, "20261123-120000-bbbbbb")


def test_a_run_of_before_the_question_was_kept_says_so(sqlite: Database) -> None:
    sqlite.record.begin(intent())
    with sqlite.transactions.writing() as connection:
        connection.execute(text("UPDATE runs SET asked = NULL, continues = NULL"))
    [summary] = sqlite.history.runs(5)
    assert (summary.asked, summary.continues) == (None, "")


def test_a_dead_run_is_closed_with_what_was_under_way_unknown(whole: Whole) -> None:
    hosts = ["pc-1", "pc-2", "pc-3"]
    whole.record.begin(intent(hosts=hosts))
    for host in hosts[:2]:
        whole.record.intend(host_intent(RUN, host))
    whole.record.advance([began(RUN, "groups/staff"), ended(RUN, "groups/staff"), began(RUN, "users/tech")])
    whole.record.finish_host(RUN, verified("groups/staff", host="pc-2"), LATER)
    whole.record.begin(intent("living"))
    _its_process_dies(whole, RUN)

    whole.record.close_dead("another-controller", LATER)
    assert [s.ended for s in whole.history.runs(5)] == [None, None]
    whole.record.close_dead("controller-1", LATER)
    whole.record.close_dead("controller-1", LATER + timedelta(hours=1))

    detail = whole.history.run(RUN)
    assert detail is not None
    assert (detail.summary.state, detail.summary.outcome) == (RunState.INTERRUPTED, Outcome.INTERRUPTED)
    assert detail.summary.ended == LATER
    assert [machine.outcome for machine in detail.hosts] == [Outcome.INTERRUPTED, Outcome.OK, Outcome.INTERRUPTED]
    assert detail.hosts[0].hint == f"deskprov run resume {RUN}"
    assert [(s.resource, s.state, s.status) for s in detail.hosts[0].steps] == [
        ("groups/staff", StepState.DONE, Status.CHANGED),
        ("users/tech", StepState.STARTED, Status.UNKNOWN),
    ]
    living = whole.history.run("living")
    assert living is not None
    assert living.summary.state is RunState.RUNNING


def _its_process_dies(whole: Whole, run: str) -> None:
    if isinstance(whole, Database):
        with whole.transactions.writing() as connection:
            connection.execute(text("UPDATE runs SET process_birth = 'earlier' WHERE run = :run"), {"run": run})
    else:
        assert isinstance(whole.record, MemoryRecord)
        whole.record.interrupted.add(run)
