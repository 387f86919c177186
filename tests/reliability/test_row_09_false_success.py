"""Row 9: a success that is none. `ok` needs the machine's final statistics, every step, and a second look."""

import json
from collections.abc import Callable
from pathlib import Path

import pytest
from msgspec.structs import replace

from deskprov.adapters.ansible.runner import AnsibleRunner
from deskprov.api.applying import apply
from deskprov.api.running import Request
from deskprov.errors import ProbeFailed, RunnerFailed
from deskprov.model.playbook import EventKind, PlaybookJob, PlaybookOutcome, RunEnd, Statistics, TaskEvent
from deskprov.model.ports.machine import HeldLock
from deskprov.model.result import HostResult, Outcome, Status
from deskprov.wiring import RealSite
from tests.api.test_applying import Watcher
from tests.end_to_end.bench import Bench
from tests.reliability.fleet import Fleet, Machine, set_up

OnEvent = Callable[[TaskEvent], None]
Lie = Callable[[PlaybookOutcome, list[TaskEvent], Machine], PlaybookOutcome]
GOOD = Statistics(2, 1, 0, 0, 0, 0, 0)


def no_statistics(ran: PlaybookOutcome, events: list[TaskEvent], machine: Machine) -> PlaybookOutcome:
    return PlaybookOutcome(RunEnd.COMPLETED, None)


def lost_final_event(ran: PlaybookOutcome, events: list[TaskEvent], machine: Machine) -> PlaybookOutcome:
    return PlaybookOutcome(RunEnd.DIED, None)


def too_late(ran: PlaybookOutcome, events: list[TaskEvent], machine: Machine) -> PlaybookOutcome:
    return PlaybookOutcome(RunEnd.TIMED_OUT, GOOD)


def a_failure_counted(ran: PlaybookOutcome, events: list[TaskEvent], machine: Machine) -> PlaybookOutcome:
    return PlaybookOutcome(RunEnd.COMPLETED, replace(GOOD, failed=1))


def unreachable_counted(ran: PlaybookOutcome, events: list[TaskEvent], machine: Machine) -> PlaybookOutcome:
    return PlaybookOutcome(RunEnd.COMPLETED, replace(GOOD, unreachable=1))


def nothing_done(ran: PlaybookOutcome, events: list[TaskEvent], machine: Machine) -> PlaybookOutcome:
    machine.folders.clear()
    return ran


def nothing_said_or_done(ran: PlaybookOutcome, events: list[TaskEvent], machine: Machine) -> PlaybookOutcome:
    machine.folders.clear()
    events.clear()
    return ran


def skipped(ran: PlaybookOutcome, events: list[TaskEvent], machine: Machine) -> PlaybookOutcome:
    events[:] = [replace(event, kind=EventKind.SKIPPED) for event in events]
    return ran


def a_megabyte(ran: PlaybookOutcome, events: list[TaskEvent], machine: Machine) -> PlaybookOutcome:
    machine.folders.clear()
    events[:] = [replace(event, message="x" * 2**20) for event in events]
    return ran


def of_another(ran: PlaybookOutcome, events: list[TaskEvent], machine: Machine) -> PlaybookOutcome:
    machine.folders.clear()
    events[:] = [replace(event, host="lab-02") for event in events]
    return ran


def cannot_be_run(ran: PlaybookOutcome, events: list[TaskEvent], machine: Machine) -> PlaybookOutcome:
    raise RunnerFailed("lab-01", "Ansible is not installed here.")


def second_look_is_none(ran: PlaybookOutcome, events: list[TaskEvent], machine: Machine) -> PlaybookOutcome:
    def noise(program: bytes) -> bytes:
        raise ProbeFailed("lab-01", "lab-01 answered, but not with facts.")

    machine.answer = noise  # type: ignore[method-assign]
    return ran


LIES = (
    no_statistics,
    lost_final_event,
    too_late,
    a_failure_counted,
    unreachable_counted,
    nothing_done,
    nothing_said_or_done,
    skipped,
    a_megabyte,
    of_another,
    cannot_be_run,
    second_look_is_none,
)


@pytest.mark.parametrize("lie", LIES, ids=lambda lie: lie.__name__)
def test_nothing_but_the_whole_truth_is_ok(lie: Lie) -> None:
    machine = Machine("lab-01", "SER-1")
    fleet = Fleet({"10.0.0.1": machine})
    site = fleet.site({"lab-01": "10.0.0.1"}, serials={})

    def lying(job: PlaybookJob, on_event: OnEvent, halt: Callable[[], bool]) -> PlaybookOutcome:
        events: list[TaskEvent] = []
        ran = lie(fleet.play(job, events.append, halt), events, machine)
        for event in events:
            on_event(event)
        return ran

    site.runner.play = lying
    result = set_up(site, ["lab-01"])
    [host] = result.hosts
    assert Outcome.OK not in (host.outcome, result.outcome)
    [run] = site.history.runs(1)
    assert run.outcome is result.outcome


def test_the_whole_truth_is_ok() -> None:
    fleet = Fleet({"10.0.0.1": Machine("lab-01", "SER-1")})
    [host] = set_up(fleet.site({"lab-01": "10.0.0.1"}, serials={}), ["lab-01"]).hosts
    assert (host.outcome, host.verified) == (Outcome.OK, True)


class Elsewhere(AnsibleRunner):
    """Plays for a machine that is not in the inventory of the run, as a wrong limit would."""

    def run(self, job: PlaybookJob, lock: HeldLock, on_event: OnEvent, halt: Callable[[], bool]) -> PlaybookOutcome:
        playbook = job.playbook.replace(f'hosts: "{job.host.name}"', 'hosts: "practice-2"')
        assert playbook != job.playbook
        return super().run(replace(job, playbook=playbook), lock, on_event, halt)


class Changed(RealSite):
    """A site with another runner."""

    def __init__(self, bench: Bench, runner: type[AnsibleRunner], **given: object) -> None:
        super().__init__(bench.root)
        self.runner = runner(self.secrets, bench.root, **given)  # type: ignore[misc]


def real(site: RealSite) -> HostResult:
    [host] = apply(site, Request(["practice-1"], "one"), Watcher(), lambda plans: True, verb="setup").hosts
    return host


@pytest.mark.practice
@pytest.mark.ansible
def test_real_ansible_that_does_nothing_or_says_too_much(bench: Bench) -> None:
    bench.profile("one", "folders:\n  - path: /srv/one\n")
    aside = real(Changed(bench, Elsewhere))
    assert (aside.outcome, aside.verified) == (Outcome.FAILED, False)
    assert not {result.status for result in aside.results} & {Status.OK, Status.CHANGED}
    assert bench.on("practice-1", "ls", "/srv") == b""

    # a machine whose firmware has a megabyte to say: what Ansible tells of it is longer than any line that is read
    noise = "mount -t tmpfs firmware /sys/class && mkdir -p /sys/class/dmi/id && cd /sys/class/dmi/id"
    bench.on("practice-1", "sh", "-c", f"{noise} && head -c 1000000 /dev/zero | tr '\\0' x >product_serial")
    said = bench.run("setup", "practice-1", "--profile", "one", "--yes")
    assert "1 changed, all verified" in said
    assert bench.on("practice-1", "ls", "/srv") == b"one\n"


def test_every_way_to_have_done_nothing_has_its_own_exit_status(tmp_path: Path) -> None:
    bench = Bench(tmp_path)
    bench.run("setup", "lab-01", "--yes", status=5)
    bench.run("setup", "@lab", "--yes", status=5)
    bench.run("setup", "--yes", status=64)
    bench.profile("one", "folders:\n  - path: /srv/one\n")
    bench.run("host", "add", "lab-01", "--address", "127.0.0.1", "--port", "9", "--profile", "one")
    bench.run("setup", "lab-01", "--yes", status=4)
    bench.profile("one", "folder:\n  - path: /srv/one\n")
    bench.run("setup", "lab-01", "--yes", status=3)
    [run] = json.loads(bench.run("run", "list", "--json"))["runs"]
    assert run["outcome"] == "unreachable"
