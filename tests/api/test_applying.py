"""The flow over one and many machines, with real probes of this computer and an Ansible that does as it is told."""

import json
import subprocess
import sys
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import cast

import pytest

from deskprov.api.applying import apply
from deskprov.api.looking import Wishes
from deskprov.api.refusing import NOT_FILED
from deskprov.api.resuming import continuation
from deskprov.api.running import Request
from deskprov.api.verifying import plan, verify
from deskprov.errors import IdentityNotTrusted, Interrupted, NoHostMatched, RunnerFailed, Unreachable, WrongUsage
from deskprov.model.inventory import Connection, Host
from deskprov.model.plan import Action, HostPlan, Owned
from deskprov.model.playbook import EventKind, Halt, PlaybookJob, PlaybookOutcome, RunEnd, Statistics, TaskEvent
from deskprov.model.ports.assets import AssetChange
from deskprov.model.ports.progress import Stage
from deskprov.model.problem import InvalidInput
from deskprov.model.result import HostResult, Outcome, RunResult, Status
from deskprov.model.settings import Settings
from deskprov.testing import FakeSite, MemoryFiles, MemoryInventory, MemoryRecord, ScriptedRunner, ScriptedTransport

OnEvent = Callable[[TaskEvent], None]
Cancelled = Callable[[], Halt]
GOOD = PlaybookOutcome(RunEnd.COMPLETED, Statistics(2, 1, 0, 0, 0, 0, 0))


class Watcher:
    """Writes down what it is told."""

    def __init__(self) -> None:
        self.told: list[str] = []
        self.expected: list[tuple[str, str, str]] = []

    def expects(self, host: str, tag: str, serial: str) -> None:
        self.expected.append((host, tag, serial))

    def warns(self, host: str, words: str) -> None:
        self.told.append(f"{host} is weak: {words}")

    def stage(self, host: str, stage: Stage) -> None:
        self.told.append(f"{host} {stage}")

    def waits(self, host: str, words: str) -> None:
        self.told.append(f"{host} {words}")

    def planned(self, plans: Sequence[HostPlan], failed: Sequence[HostResult]) -> None:
        self.told.append(f"planned {len(plans)}, failed {len(failed)}")

    def started(self, host: str, resource: str, number: int, total: int) -> None:
        self.told.append(f"{host} {number}/{total} starts")

    def said(self, host: str, event: TaskEvent) -> None:
        pass

    def ended(self, host: str, resource: str, status: Status, message: str) -> None:
        self.told.append(f"{host} {resource.partition('/')[0]} {status}")

    def finished(self, result: HostResult) -> None:
        self.told.append(f"{result.host} {result.outcome}")


def look_here(host: Host, program: bytes) -> bytes:
    """The probe, really run, on this computer."""
    return subprocess.run([sys.executable, "-I", "-S", "-"], input=program, capture_output=True, check=True).stdout


class Desk:
    """A site whose machines are folders of this computer."""

    def __init__(self, folder: Path, *hosts: str) -> None:
        self.folder = folder
        self.answer: Callable[[Host, bytes], bytes] = look_here
        self.play: Callable[[PlaybookJob, OnEvent, Cancelled], PlaybookOutcome] = self.write_the_file
        self.watcher = Watcher()
        self.approved: list[HostPlan] = []
        self.answer_yes = True
        profile = f"profile: note\nplatform: linux\nfiles:\n  - path: {folder}/${{host.name}}.txt\n    content: hello\n"
        machines = [Host(name, Connection("192.0.2.1", user="root"), profile="note") for name in hosts]
        self.site = FakeSite(
            MemoryFiles({"profiles/note.yml": profile.replace(f"{folder}/${{host.name}}", f"{folder}/note")}),
            MemoryInventory(*machines),
            ScriptedTransport(lambda host, program: self.answer(host, program)),
            ScriptedRunner(lambda *arguments: self.play(*arguments)),
        )

    @property
    def note(self) -> Path:
        return self.folder / "note.txt"

    def write_the_file(self, job: PlaybookJob, on_event: OnEvent, cancelled: Cancelled) -> PlaybookOutcome:
        self.note.write_text("hello")
        self.tell(job, on_event, EventKind.CHANGED)
        return GOOD

    def tell(self, job: PlaybookJob, on_event: OnEvent, kind: EventKind, message: str = "") -> None:
        on_event(TaskEvent(job.host.name, "001 Write the file", EventKind.STARTED))
        on_event(TaskEvent(job.host.name, "001 Write the file", kind, message))

    def run(self, *targets: str, wishes: Wishes | None = None) -> list[HostResult]:
        return list(self.apply(*targets, wishes=wishes).hosts)

    def apply(self, *targets: str, wishes: Wishes | None = None) -> RunResult:
        request = Request(targets, wishes=wishes or Wishes())
        return apply(self.site, request, self.watcher, self.approve, verb="setup")

    def approve(self, plans: Sequence[HostPlan]) -> bool:
        self.approved += plans
        return self.answer_yes


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    return Desk(tmp_path, "pc-1")


def test_a_change_is_planned_made_seen_and_recorded(desk: Desk) -> None:
    [result] = desk.run("pc-1")
    assert (result.outcome, result.verified) == (Outcome.OK, True)
    assert [r.status for r in result.results] == [Status.CHANGED]
    assert desk.watcher.told == [
        "pc-1 looking",
        "planned 1, failed 0",
        "pc-1 applying",
        "pc-1 1/1 starts",
        "pc-1 files changed",
        "pc-1 verifying",
        "pc-1 ok",
    ]
    [run] = desk.site.history.runs(10)
    assert run.outcome is Outcome.OK
    assert desk.site.record.owned("pc-1") == [
        Owned(f"files/{desk.note}", "files", {"path": str(desk.note)}, run=run.run)
    ]


def test_with_nothing_to_do_neither_a_person_nor_ansible_is_asked(desk: Desk) -> None:
    desk.note.write_text("hello")
    [result] = desk.run("pc-1")
    assert (result.outcome, result.verified) == (Outcome.OK, True)
    assert (desk.approved, desk.site.runner.jobs, desk.site.transport.asked) == ([], [], ["pc-1"])


def answering(**facts: object) -> Callable[[Host, bytes], bytes]:
    """The probe, really run here; of itself the machine says this."""

    def answer(host: Host, program: bytes) -> bytes:
        begin, data, end = look_here(host, program).strip().splitlines()
        told = json.loads(data)
        told["answers"][0]["answer"].update(facts)
        return b"\n".join([b"", begin, json.dumps(told).encode(), end, b""])

    return answer


@pytest.mark.parametrize(
    ("facts", "outcome", "words", "fix"),
    [
        ({"batteries": [{"capacity": "9"}], "mains": ["0"]}, Outcome.WAITING, "runs on battery, 9 % charged", "Plug"),
        (
            {"disks": [["/dev/sda1", "/", "ext4", 2**40, 2**20]]},
            Outcome.FAILED,
            "1.0 MiB free of 1.0 TiB",
            "Make room",
        ),
    ],
)
def test_a_machine_that_cannot_stand_it_is_left_alone_before_anybody_is_asked(
    desk: Desk, facts: dict[str, object], outcome: Outcome, words: str, fix: str
) -> None:
    desk.answer = answering(**facts)
    [result] = desk.run("pc-1")
    assert (result.outcome, result.verified) == (outcome, False)
    assert words in result.message
    assert result.hint.startswith(fix)
    assert result.hint.endswith("deskprov doctor pc-1")
    assert (desk.approved, desk.site.runner.jobs) == ([], [])
    [run] = desk.site.history.runs(10)
    assert run.outcome is outcome
    desk.note.write_text("hello")
    assert [again.outcome for again in desk.run("pc-1")] == [Outcome.OK], (
        "nothing is to be changed, so nothing is risked"
    )


def test_a_no_changes_nothing(desk: Desk) -> None:
    desk.answer_yes = False
    [result] = desk.run("pc-1")
    assert result.outcome is Outcome.WAITING
    assert desk.site.runner.jobs == []


def test_ansible_content_but_the_machine_not(desk: Desk) -> None:
    def lie(job: PlaybookJob, on_event: OnEvent, cancelled: Cancelled) -> PlaybookOutcome:
        desk.tell(job, on_event, EventKind.CHANGED)
        return GOOD

    desk.play = lie
    [result] = desk.run("pc-1")
    assert (result.outcome, result.verified) == (Outcome.FAILED, False)
    assert "the machine is not as wanted: is missing" in result.results[0].message
    assert desk.site.record.owned("pc-1") == []


def test_no_statement_about_the_machine_is_never_success(desk: Desk) -> None:
    def silent(job: PlaybookJob, on_event: OnEvent, cancelled: Cancelled) -> PlaybookOutcome:
        desk.note.write_text("hello")
        return PlaybookOutcome(RunEnd.COMPLETED, None)

    desk.play = silent
    [result] = desk.run("pc-1")
    assert result.outcome is Outcome.FAILED


def test_a_machine_that_is_gone_at_the_second_look_is_not_verified(desk: Desk) -> None:
    def once(host: Host, program: bytes) -> bytes:
        if desk.site.transport.asked.count("pc-1") > 1:
            raise Unreachable("pc-1", "pc-1 does not answer.")
        return look_here(host, program)

    desk.answer = once
    [result] = desk.run("pc-1")
    assert (result.outcome, result.verified) == (Outcome.UNKNOWN, False)
    assert result.message == "The second look failed: pc-1 does not answer."
    assert [r.verified for r in result.results] == [False]


def test_trouble_of_one_machine_leaves_the_others_alone(tmp_path: Path) -> None:
    desk = Desk(tmp_path, "pc-1", "pc-2", "pc-3", "pc-4")

    def answer(host: Host, program: bytes) -> bytes:
        if host.name == "pc-1":
            raise Unreachable(host.name, "pc-1 does not answer.")
        if host.name == "pc-2":
            raise IdentityNotTrusted(host.name, "pc-2 shows another key.")
        return b"welcome to the machine" if host.name == "pc-3" else look_here(host, program)

    desk.answer = answer
    results = desk.run("pc-1", "pc-2", "pc-3", "pc-4")
    assert [r.host for r in results] == ["pc-1", "pc-2", "pc-3", "pc-4"]
    assert [r.outcome for r in results] == [Outcome.UNREACHABLE, Outcome.REFUSED, Outcome.FAILED, Outcome.OK]
    assert "not with facts" in results[2].message


def test_a_busy_machine_is_not_even_asked(desk: Desk) -> None:
    with desk.site.locks.hold("pc-1", "setup"):
        [result] = desk.run("pc-1")
    assert result.outcome is Outcome.BUSY
    assert desk.site.transport.asked == []


def test_who_is_refused_every_machine_is_filed_and_asks_nobody(tmp_path: Path) -> None:
    desk = Desk(tmp_path, "pc-1", "pc-2")
    with desk.site.locks.hold("pc-1", "setup"), desk.site.locks.hold("pc-2", "setup"):
        result = desk.apply("pc-1", "pc-2")
    [run] = desk.site.record.runs(9)
    assert (run.run, run.outcome, run.outcomes) == (result.run, Outcome.BUSY, {"busy": 2})


def test_who_is_refused_while_the_record_is_busy_is_told_so(desk: Desk) -> None:
    desk.site.record.busy = True
    with desk.site.locks.hold("pc-1", "setup"):
        result = desk.apply("pc-1")
    assert (result.run, result.outcome, result.log_head) == ("", Outcome.BUSY, None)
    assert NOT_FILED in result.hosts[0].hint
    assert desk.site.record.runs(9) == []


def test_ansible_that_cannot_be_run_is_the_machines_failure(desk: Desk) -> None:
    def broken(job: PlaybookJob, on_event: OnEvent, cancelled: Cancelled) -> PlaybookOutcome:
        raise RunnerFailed("pc-1", "Ansible is not installed.", hint='pip install "deskprov[ansible]"')

    desk.play = broken
    [result] = desk.run("pc-1")
    assert (result.outcome, result.message) == (Outcome.FAILED, "Ansible is not installed.")
    assert result.hint == 'pip install "deskprov[ansible]"'


def test_what_was_done_before_ansible_broke_down_is_seen_and_owned(desk: Desk) -> None:
    def midway(job: PlaybookJob, on_event: OnEvent, cancelled: Cancelled) -> PlaybookOutcome:
        desk.write_the_file(job, on_event, cancelled)
        raise RunnerFailed("pc-1", "The disk is full.")

    desk.play = midway
    [result] = desk.run("pc-1")
    assert result.outcome is Outcome.FAILED
    assert [(r.status, r.verified) for r in result.results] == [(Status.CHANGED, True)]
    assert [thing.type for thing in desk.site.record.owned("pc-1")] == ["files"]


def test_after_an_interrupt_no_waiting_machine_is_begun(tmp_path: Path) -> None:
    desk = Desk(tmp_path, "pc-1", "pc-2", "pc-3")
    desk.site.settings = Settings(format=1, name="Example school district", concurrency=1)

    def interrupted(job: PlaybookJob, on_event: OnEvent, cancelled: Cancelled) -> PlaybookOutcome:
        desk.site.interrupts.now = Halt.AFTER_STEP
        while not cancelled():
            pass
        return PlaybookOutcome(RunEnd.CANCELLED, None)

    desk.play = interrupted
    results = desk.run("pc-1", "pc-2", "pc-3")
    assert [r.outcome for r in results] == [Outcome.INTERRUPTED] * 3
    assert len(desk.site.runner.jobs) == 1


def test_reset_of_what_is_missing_is_shown_and_owned_as_made_new(desk: Desk) -> None:
    [result] = desk.run("pc-1", wishes=Wishes(reset=frozenset({f"files/{desk.note}"})))
    assert desk.approved[0].counts["create"] == 1
    assert result.results[0].status is Status.CHANGED
    assert len(desk.site.record.owned("pc-1")) == 1


def test_a_plan_takes_the_machine_into_the_record(desk: Desk) -> None:
    plan(desk.site, Request(["pc-1"]), desk.watcher)
    assert desk.site.assets.find("pc-1") is not None


def test_when_nobody_can_be_asked_the_run_waits_and_was_not_interrupted(desk: Desk) -> None:
    def nobody(plans: Sequence[HostPlan]) -> bool:
        raise WrongUsage("There is nobody to ask for a yes.")

    with pytest.raises(WrongUsage):
        apply(desk.site, Request(["pc-1"]), desk.watcher, nobody, verb="setup")
    [run] = desk.site.history.runs(10)
    assert run.outcome is Outcome.WAITING
    [machine] = desk.site.history.of_host("pc-1", 1)
    assert machine.message == "nothing was changed: the plan was not confirmed"
    assert not desk.site.runner.jobs
    with pytest.raises(NoHostMatched, match="none was broken off"):
        continuation(desk.site)


def test_an_interrupt_stops_ansible_and_is_recorded(desk: Desk) -> None:
    def interrupted(job: PlaybookJob, on_event: OnEvent, cancelled: Cancelled) -> PlaybookOutcome:
        desk.tell(job, on_event, EventKind.STARTED)
        while not cancelled():
            pass
        return PlaybookOutcome(RunEnd.CANCELLED, None)

    class Impatient(Watcher):
        def started(self, host: str, resource: str, number: int, total: int) -> None:
            desk.site.interrupts.now = Halt.AFTER_STEP

    desk.play, desk.watcher = interrupted, Impatient()
    [result] = desk.run("pc-1")
    assert result.outcome is Outcome.INTERRUPTED
    assert [run.outcome for run in desk.site.history.runs(10)] == [Outcome.INTERRUPTED]


def test_an_interrupt_at_the_question_is_recorded_and_changes_nothing(desk: Desk) -> None:
    def ctrl_c(plans: Sequence[HostPlan]) -> bool:
        raise KeyboardInterrupt

    with pytest.raises(Interrupted):
        apply(desk.site, Request(["pc-1"]), desk.watcher, ctrl_c, verb="setup")
    assert [run.outcome for run in desk.site.history.runs(10)] == [Outcome.INTERRUPTED]
    assert desk.site.runner.jobs == []
    assert desk.site.locks.held == set()


def test_a_bug_in_a_machines_thread_is_not_swallowed(desk: Desk) -> None:
    def bug(job: PlaybookJob, on_event: OnEvent, cancelled: Cancelled) -> PlaybookOutcome:
        raise ZeroDivisionError

    desk.play = bug
    with pytest.raises(ZeroDivisionError):
        desk.run("pc-1")


def test_what_was_set_earlier_is_left_over_until_clean(desk: Desk) -> None:
    desk.run("pc-1")
    desk.site.files.files["profiles/note.yml"] = b"profile: note\nplatform: linux\n"
    [seen], _ = plan(desk.site, Request(["pc-1"]), desk.watcher)
    assert [(c.resource.key, c.action) for c in seen.left_over] == [(f"files/{desk.note}", Action.DELETE)]
    assert desk.run("pc-1")[0].results == []

    def remove(job: PlaybookJob, on_event: OnEvent, cancelled: Cancelled) -> PlaybookOutcome:
        desk.note.unlink()
        desk.tell(job, on_event, EventKind.CHANGED)
        return GOOD

    desk.play = remove
    [result] = desk.run("pc-1", wishes=Wishes(clean=True))
    assert [(r.status, r.verified) for r in result.results] == [(Status.CHANGED, True)]
    assert desk.site.record.owned("pc-1") == []


def test_what_the_profile_removes_goes_before_what_is_left_over_and_was_needed(desk: Desk, tmp_path: Path) -> None:
    """By need and by type, whoever says that it goes: a left-over folder after the profile's file in it."""
    desk.run("pc-1")
    folder, other = tmp_path / "left over", tmp_path / "other"
    for each in (folder, other):
        each.mkdir()
    (folder / "a.txt").write_text("a")
    made = [Owned(f"folders/{each}", "folders", {"path": str(each)}) for each in (folder, other)]
    desk.site.record.own("pc-1", made, [], desk.site.clock.now())
    stated = f"profile: note\nplatform: linux\nfiles:\n  - {{path: '{folder}/a.txt', state: absent}}\n"
    desk.site.files.files["profiles/note.yml"] = stated.encode()
    [seen], _ = plan(desk.site, Request(["pc-1"], wishes=Wishes(clean=True)), desk.watcher)
    keys = [change.resource.key for segment in seen.segments for change in segment.changes]
    assert sorted(keys[:2]) == sorted([f"files/{desk.note}", f"files/{folder}/a.txt"])
    assert sorted(keys[2:]) == sorted([f"folders/{folder}", f"folders/{other}"])
    [file] = [change.resource for change in seen.changes if change.resource.name == f"{folder}/a.txt"]
    assert f"folders/{folder}" in file.needs, "so that a folder that was not emptied is not tried"


def test_verify_changes_nothing_and_tells_drift(desk: Desk) -> None:
    desk.note.write_text("other")
    result = verify(desk.site, Request(["pc-1"]), desk.watcher)
    assert result.outcome is Outcome.DRIFT
    assert desk.note.read_text() == "other"
    assert desk.site.runner.jobs == []


def test_a_look_at_many_is_filed_in_as_many_steps_as_a_look_at_one(tmp_path: Path) -> None:
    desk = Desk(tmp_path, "pc-1", "pc-2", "pc-3")
    asked: list[str] = []

    class Noting:
        """The record; notes what is asked of it."""

        def __getattr__(self, name: str) -> object:
            asked.append(name)
            return getattr(record, name)

    record, desk.site.memory = desk.site.memory, cast(MemoryRecord, Noting())
    verify(desk.site, Request(["pc-1", "pc-2", "pc-3"]), desk.watcher)
    assert [name for name in asked if name not in ("find", "owned", "head")] == [
        "close_dead",
        "begin",
        "looked",
        "finish",
    ]
    assert desk.watcher.told[-3:] == ["pc-1 drift", "pc-2 drift", "pc-3 drift"]


def test_wrong_requests_are_refused_before_any_machine_is_asked(desk: Desk) -> None:
    with pytest.raises(WrongUsage):
        desk.run()
    with pytest.raises(NoHostMatched):
        desk.run("pc-9")
    with pytest.raises(WrongUsage, match="files/nothing"):
        desk.run("pc-1", wishes=Wishes(blind=frozenset({"files/nothing"})))
    desk.site.files.files["profiles/note.yml"] = b"profile: note\nplatform: linux\nfile: []\n"
    with pytest.raises(InvalidInput):
        desk.run("pc-1")
    assert desk.site.transport.asked == []


def test_what_now_has_another_thing_in_its_place_is_forgotten_and_never_removed(desk: Desk) -> None:
    desk.run("pc-1")
    profile = f"profile: note\nplatform: linux\nlinks:\n  - path: {desk.note}\n    target: /nowhere\n"
    desk.site.files.files["profiles/note.yml"] = profile.encode()

    def link(job: PlaybookJob, on_event: OnEvent, cancelled: Cancelled) -> PlaybookOutcome:
        assert "Remove" not in job.playbook
        desk.note.unlink()
        desk.note.symlink_to("/nowhere")
        desk.tell(job, on_event, EventKind.CHANGED)
        return GOOD

    desk.play = link
    [result] = desk.run("pc-1", wishes=Wishes(clean=True))
    assert (result.outcome, result.verified) == (Outcome.OK, True)
    assert desk.note.is_symlink()
    assert desk.site.record.owned("pc-1") == []


def test_what_was_created_is_owned_even_when_deskprov_dies_before_the_end(desk: Desk) -> None:
    class Dying(Watcher):
        def ended(self, host: str, resource: str, status: Status, message: str) -> None:
            raise ZeroDivisionError

    desk.watcher = Dying()
    with pytest.raises(ZeroDivisionError):
        desk.run("pc-1")
    assert [thing.type for thing in desk.site.record.owned("pc-1")] == ["files"]


def test_nothing_is_left_over_on_a_machine_that_was_installed_anew(desk: Desk) -> None:
    desk.run("pc-1")
    asset = desk.site.assets.find("pc-1")
    assert asset is not None
    other = asset.with_values({"machine_id": "0" * 32})
    desk.site.assets.save([AssetChange(asset, other)], desk.site.clock.now(), "robin")
    desk.site.files.files["profiles/note.yml"] = b"profile: note\nplatform: linux\n"
    [seen], _ = plan(desk.site, Request(["pc-1"]), desk.watcher)
    assert list(seen.left_over) == []
    assert desk.run("pc-1", wishes=Wishes(clean=True))[0].results == []
    assert desk.note.exists()
    assert desk.site.record.owned("pc-1") == []


def test_the_log_of_a_run_tells_its_story(desk: Desk) -> None:
    desk.run("pc-1")
    [lines] = desk.site.run_logs.lines.values()
    told = "\n".join(lines)
    assert lines[0].startswith("setup pc-1, by robin on controller-1, deskprov ")
    assert "pc-1: looking" in lines
    assert f"pc-1: 1/1 files/{desk.note}: begins" in lines
    assert "pc-1: Ansible: 001 Write the file: changed" in told
    assert f"pc-1: files/{desk.note}: changed, verified" in lines
    assert lines[-1] == "the run has come to its end"


def test_a_profile_that_was_typed_wrong_is_wrong_usage_and_blames_no_file(desk: Desk) -> None:
    with pytest.raises(WrongUsage, match="There is no profile notte") as refused:
        apply(desk.site, Request(["pc-1"], "notte"), desk.watcher, desk.approve, verb="setup")
    assert refused.value.hint == "did you mean note?"
    assert not desk.site.history.runs(10)
