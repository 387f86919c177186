"""What was broken off goes on: for whom, with what, and when it is refused."""

from collections.abc import Sequence
from pathlib import Path

import pytest

from deskprov.api.applying import apply
from deskprov.api.looking import Wishes
from deskprov.api.resuming import Continuation, continuation
from deskprov.errors import HostBusy, Interrupted, NoHostMatched, Unreachable, WrongUsage
from deskprov.model.inventory import Host
from deskprov.model.result import HostResult, Outcome, Status
from deskprov.model.run import Asked, HostIntent, RunIntent, StepState, StepUpdate
from tests.api.test_applying import Desk, look_here

HOSTS = ("pc-1", "pc-2", "pc-3")


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    return Desk(tmp_path, *HOSTS)


def ran(desk: Desk, run: str, *, verb: str = "setup", hosts: Sequence[str] = HOSTS, **more: object) -> str:
    """A run that was begun, an hour after the last; its process is gone."""
    desk.site.clock.forward(3600)
    site = desk.site
    asked = more.pop("asked", Asked())
    assert isinstance(asked, Asked)
    controller = str(more.pop("controller", site.controller))
    continues = str(more.pop("continues", ""))
    intent = RunIntent(run, verb, site.clock.now(), "robin", controller, hosts, hosts, asked=asked, continues=continues)
    site.record.begin(intent)
    site.memory.interrupted.add(run)
    return run


def through(desk: Desk, run: str, host: str, outcome: Outcome) -> None:
    desk.site.record.finish_host(run, HostResult(host, outcome, outcome is Outcome.OK, 1.0), desk.site.clock.now())


def pressed(host: Host, program: bytes) -> bytes:
    """Ctrl-C while machines are looked at."""
    raise KeyboardInterrupt


def goes_on(desk: Desk, name: str = "", verb: str = "") -> tuple[str, list[str]]:
    found = continuation(desk.site, name, verb)
    return found.earlier.run, list(found.request.targets)


def carry_on(desk: Desk, found: Continuation) -> list[HostResult]:
    return list(apply(desk.site, found.request, desk.watcher, desk.approve, verb=found.earlier.verb).hosts)


def test_the_machines_that_did_not_come_through_go_on(desk: Desk) -> None:
    ran(desk, "a")
    through(desk, "a", "pc-1", Outcome.OK)
    through(desk, "a", "pc-2", Outcome.FAILED)
    assert goes_on(desk) == ("a", ["pc-2", "pc-3"])


def test_a_killed_run_goes_on_as_it_was_asked_for_and_says_with_what_it_goes_on(desk: Desk) -> None:
    desk.site.files.files["profiles/other.yml"] = desk.site.files.files["profiles/note.yml"].replace(
        b": note", b": other"
    )
    ran(desk, "a", verb="apply", hosts=["pc-2"], asked=Asked("other", clean=True))
    found = continuation(desk.site)
    assert (found.request.profile, found.request.wishes) == ("other", Wishes(clean=True))
    [result] = carry_on(desk, found)
    assert result.outcome is Outcome.OK
    newest, earlier = desk.site.history.runs(5)
    assert (newest.verb, newest.continues, newest.asked) == (
        "apply",
        "a",
        Asked("other", clean=True, blind=[], reset=[]),
    )
    assert (earlier.run, earlier.outcome, earlier.ended is not None) == ("a", Outcome.INTERRUPTED, True)
    with pytest.raises(NoHostMatched, match="none was broken off"):
        continuation(desk.site)


def test_ctrl_c_goes_on_too(desk: Desk) -> None:
    desk.answer = pressed
    with pytest.raises(Interrupted) as broken_off:
        desk.run("pc-1")
    assert "deskprov run resume" in broken_off.value.hint
    desk.answer = look_here
    [result] = carry_on(desk, continuation(desk.site))
    assert result.outcome is Outcome.OK


def test_a_power_cut_on_the_bench_goes_on_with_the_machines_that_fell_silent(desk: Desk) -> None:
    def dark(host: Host, program: bytes) -> bytes:
        if host.name == "pc-2":
            raise Unreachable("pc-2", "pc-2 does not answer.")
        return look_here(host, program)

    desk.answer = dark
    desk.run("pc-1", "pc-2")
    assert goes_on(desk)[1] == ["pc-2"]


def test_the_newest_counts_of_the_verb_asked_for_and_what_came_through_since_does_not(desk: Desk) -> None:
    ran(desk, "a", hosts=["pc-1"])
    ran(desk, "b", verb="apply", hosts=["pc-2"])
    ran(desk, "c", hosts=["pc-3"])
    assert goes_on(desk) == ("c", ["pc-3"])
    assert goes_on(desk, verb="apply") == ("b", ["pc-2"])
    assert goes_on(desk, name="a") == ("a", ["pc-1"])
    through(desk, ran(desk, "d"), "pc-3", Outcome.OK)
    assert goes_on(desk) == ("d", ["pc-1", "pc-2"])
    desk.site.record.finish("d", Outcome.FAILED, desk.site.clock.now())
    assert goes_on(desk) == ("b", ["pc-2"])
    with pytest.raises(NoHostMatched, match="has come through"):
        continuation(desk.site, "c")


def test_with_a_failed_run_by_name(desk: Desk) -> None:
    through(desk, ran(desk, "a"), "pc-1", Outcome.FAILED)
    desk.site.record.finish("a", Outcome.FAILED, desk.site.clock.now())
    assert goes_on(desk, "a") == ("a", ["pc-1", "pc-2", "pc-3"])
    with pytest.raises(NoHostMatched, match="none was broken off"):
        continuation(desk.site)


def test_what_was_written_anew_is_not_written_twice_however_often_it_is_broken_off(desk: Desk) -> None:
    desk.note.write_text("hello")
    key = f"files/{desk.note}"
    asked = Asked(reset=(key,))
    ran(desk, "a", hosts=["pc-1", "pc-2"], asked=asked)
    for host in ("pc-1", "pc-2"):
        desk.site.record.intend(HostIntent("a", host, "note", "", practice=False, steps=[(key, "ensure")]))
    written = StepUpdate("a", "pc-1", key, StepState.DONE, desk.site.clock.now(), Status.CHANGED)
    desk.site.record.advance([written])
    ran(desk, "b", hosts=["pc-1", "pc-2"], asked=asked, continues="a")

    results = carry_on(desk, continuation(desk.site))

    assert [result.outcome for result in results] == [Outcome.OK, Outcome.OK]
    assert [job.host.name for job in desk.site.runner.jobs] == ["pc-2"]


def test_a_run_at_work_is_left_alone(desk: Desk) -> None:
    ran(desk, "a")
    desk.site.memory.interrupted.clear()
    for name in ("a", ""):
        with pytest.raises(HostBusy, match=r"a \(setup by robin\) is still at work") as busy:
            continuation(desk.site, name)
    assert busy.value.exit_status == 75


def test_a_run_of_another_controller_goes_on_there(desk: Desk) -> None:
    ran(desk, "a", controller="controller-2")
    desk.site.memory.interrupted.clear()
    with pytest.raises(WrongUsage, match="began on controller-2"):
        continuation(desk.site, "a")


def test_while_what_is_left_of_it_holds_every_machine_nothing_is_begun(desk: Desk) -> None:
    ran(desk, "a", hosts=["pc-1", "pc-2"])
    with desk.site.locks.hold("pc-1", "setup"):
        assert goes_on(desk)[1] == ["pc-1", "pc-2"]
        with desk.site.locks.hold("pc-2", "setup"), pytest.raises(HostBusy):
            continuation(desk.site)
    assert len(desk.site.history.runs(5)) == 1


def test_a_machine_that_left_and_a_profile_that_changed_are_told(desk: Desk) -> None:
    desk.answer = pressed
    with pytest.raises(Interrupted):
        desk.run("pc-1", "pc-2")
    desk.site.inventory.retire("pc-2")
    desk.site.files.files["profiles/note.yml"] += b"    mode: '0600'\n"
    found = continuation(desk.site)
    assert (found.changed, found.retired) == (["pc-1"], ["pc-2"])
    desk.site.inventory.retire("pc-1")
    with pytest.raises(NoHostMatched, match="no longer in the inventory"):
        continuation(desk.site)


@pytest.mark.parametrize("verb", ["verify", "plan"])
def test_what_changes_nothing_is_run_again_instead(desk: Desk, verb: str) -> None:
    ran(desk, "a", verb=verb)
    with pytest.raises(WrongUsage, match="leaves nothing half done"):
        continuation(desk.site, "a")


def test_no_run_no_resume(desk: Desk) -> None:
    with pytest.raises(NoHostMatched, match="There is no setup to continue"):
        continuation(desk.site, verb="setup")
    with pytest.raises(NoHostMatched, match="no run 'zzz'"):
        continuation(desk.site, "zzz")
