"""What became of a run, in words and as data."""

from datetime import UTC, datetime

from msgspec.structs import replace
from rich.console import Console

from deskprov.formats.durations import about, took
from deskprov.model.log import LogHead
from deskprov.model.problem import Problem
from deskprov.model.result import HostResult, Outcome, ResourceResult, RunResult, Status
from deskprov.model.source import Source
from deskprov.presenters.plan import plans_json
from deskprov.presenters.progress import PlainProgress
from deskprov.presenters.results import host_view, next_step, run_json, run_summary

FAILED = HostResult(
    "pc-1",
    Outcome.FAILED,
    verified=False,
    seconds=63.0,
    results=[
        ResourceResult("software/tree", Status.CHANGED, verified=True),
        ResourceResult("software/nosuch", Status.FAILED, message="There is no package nosuch for this machine."),
    ],
)
GOOD = HostResult(
    "pc-2", Outcome.OK, verified=True, seconds=2.0, results=[ResourceResult("a/b", Status.OK, verified=True)]
)


def text(renderable: object) -> str:
    console = Console(width=120, no_color=True)
    with console.capture() as capture:
        console.print(renderable)
    return capture.get()


def run(*hosts: HostResult) -> RunResult:
    return RunResult("20260901-120000-abc123", "setup", datetime(2026, 9, 1, 12, tzinfo=UTC), Outcome.FAILED, hosts)


def test_a_failed_machine_says_which_step_and_why() -> None:
    shown = text(host_view(FAILED))
    assert "pc-1  failed" in shown
    assert "1 changed, 1 failed" in shown
    assert "1 min 3 s" in shown
    assert "software/nosuch  failed\n      There is no package nosuch for this machine." in shown
    assert "software/tree" not in shown


def test_verified_is_said_only_when_it_is_so() -> None:
    assert "all verified" in text(host_view(GOOD))
    assert "all verified" not in text(host_view(FAILED))


def test_the_summary_counts_machines() -> None:
    assert text(run_summary(run(FAILED, GOOD))).strip() == "Run 20260901-120000-abc123: 1 done, 1 failed."


def test_a_refusal_that_is_not_in_the_record_names_no_run() -> None:
    busy = HostResult("pc-1", Outcome.BUSY, verified=False, seconds=0.0, message="pc-1 is busy.")
    unfiled = replace(run(busy), run="", outcome=Outcome.BUSY)
    assert text(run_summary(unfiled)).strip() == "Not in the record: 1 busy with another run."
    assert text(next_step(unfiled, 75, "a machine is busy")).strip() == (
        "Exit 75: a machine is busy. Who is at work: deskprov run list"
    )
    assert run_json(unfiled)["run"] is None


def test_the_last_line_says_what_to_do_next() -> None:
    said = text(next_step(run(FAILED), 1, "at least one failed"))
    assert "Mend that, then: deskprov run resume 20260901-120000-abc123" in said
    looked = replace(run(FAILED), verb="verify")
    assert "deskprov run show 20260901-120000-abc123" in text(next_step(looked, 1, "at least one failed"))
    assert "deskprov asset show pc-2" in text(next_step(run(GOOD), 0, "done"))


def test_the_next_command_keeps_the_profile_that_was_asked_for() -> None:
    drifted = run(replace(GOOD, outcome=Outcome.DRIFT))
    assert text(next_step(drifted, 0, "done")).strip() == "Next: deskprov apply pc-2"
    assert text(next_step(drifted, 0, "done", "lab/pupil")).strip() == "Next: deskprov apply pc-2 --profile lab/pupil"


def test_json_has_the_promised_keys() -> None:
    data = run_json(run(FAILED))
    assert data["hosts"][0]["results"][1] == {
        "resource": "software/nosuch",
        "status": "failed",
        "verified": False,
        "message": "There is no package nosuch for this machine.",
        "reason": "",
    }
    assert {"run", "outcome", "hosts"} <= set(data)
    assert {"host", "outcome", "verified", "seconds", "results"} <= set(data["hosts"][0])


def test_plain_progress_writes_whole_lines() -> None:
    console = Console(width=120, no_color=True)
    with console.capture() as capture:
        watcher = PlainProgress(console)
        watcher.ended("pc-1", "software/tree", Status.CHANGED, "")
        watcher.finished(GOOD)
    assert capture.get().splitlines()[0].split() == ["✓", "software/tree", "changed"]


def test_durations_in_words() -> None:
    assert [about(3), about(42), about(400)] == ["a few seconds", "about 40 s", "about 7 min"]
    assert [took(4.21), took(348), took(7322)] == ["4.2 s", "5 min 48 s", "2 h 2 min"]


def test_a_run_ends_with_the_head_of_the_log() -> None:
    result = replace(run(GOOD), log_head=LogHead(12, "ab" * 32))
    assert text(run_summary(result)).strip().endswith("Log head 12-abababababababab.")
    assert run_json(result)["log_head"] == f"12-{'ab' * 32}"


def test_where_nothing_is_wrapped_nothing_is_cut_off() -> None:
    long = "word " * 60 + "end"
    console = Console(width=80, no_color=True, soft_wrap=True)
    with console.capture() as capture:
        console.print(host_view(replace(FAILED, message=long)))
    assert f"    {long}\n" in capture.get()


def test_what_is_said_of_many_things_alike_is_said_once() -> None:
    lost = [ResourceResult(f"users/u{n}", Status.UNKNOWN, message="not looked at again") for n in range(40)]
    shown = text(host_view(replace(FAILED, results=[*FAILED.results, *lost])))
    assert shown.count("not looked at again") == 1
    assert "? users/u0, users/u1, users/u2, users/u3 and 36 more  unknown" in shown
    assert "software/nosuch  failed" in shown


def test_a_refusal_gives_its_reason_and_not_the_whole_plan() -> None:
    drift = [ResourceResult(f"users/u{n}", Status.DRIFT, message=f"is missing {n}") for n in range(70)]
    refused = HostResult("pc-1", Outcome.REFUSED, False, 0.0, results=drift, message="a secret is missing")
    shown = text(host_view(refused))
    assert "a secret is missing" in shown
    assert "is missing 3" not in shown
    assert "is missing 3" in text(host_view(replace(refused, outcome=Outcome.DRIFT)))


def test_what_cannot_be_seen_is_not_called_verified() -> None:
    unseen = [*GOOD.results, ResourceResult("c/d", Status.UNKNOWN, reason="no-probe")]
    assert "1 already right, 1 unknown, all others verified" in text(host_view(replace(GOOD, results=unseen)))


def test_a_machine_that_is_left_out_has_each_problem_on_a_line_and_what_to_do_once() -> None:
    hint = "deskprov asset edit pc-2 tag=… gives it one"
    places = [Source("profiles/lab.yml", 3, 9), Source("profiles/lab.yml", 7, 12)]
    problems = [Problem(place, "variable-empty", "`${asset.tag}` has no value", hint) for place in places]
    left = HostResult("pc-2", Outcome.FAILED, False, 0.0, message="It does not fit.", problems=problems)
    assert text(host_view(left)).splitlines() == [
        "✗ pc-2  failed",
        "    It does not fit.",
        "    profiles/lab.yml:3:9: `${asset.tag}` has no value",
        "    profiles/lab.yml:7:12: `${asset.tag}` has no value",
        f"    {hint}",
    ]
    [host] = run_json(run(left))["hosts"]
    assert host["problems"] == [f"{place.file}:{place.line}:{place.column}: {problems[0].words}" for place in places]
    [host] = plans_json([], [left])["hosts"]
    assert (host["outcome"], host["problems"]) == ("failed", [str(problem) for problem in problems])
