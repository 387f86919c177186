"""Row 18: a clock that is two hours wrong, or is set in the middle of a run. Durations, records and their order hold.

Maintenance windows wait for schedules.
"""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from deskprov.adapters.clock import SystemClock
from deskprov.adapters.database.database import Database
from deskprov.api.applying import apply
from deskprov.api.running import Request
from deskprov.model.history import RunState
from deskprov.model.playbook import PlaybookJob, PlaybookOutcome, TaskEvent
from deskprov.model.result import Outcome
from deskprov.stages.execute import in_words
from deskprov.wiring import RealSite
from tests.api.test_applying import Watcher
from tests.end_to_end.bench import Bench
from tests.reliability.fleet import Fleet, Machine, recorded, set_up

HOURS = 3600.0
OnEvent = Callable[[TaskEvent], None]


@pytest.mark.parametrize("hours", [-2, 2])
def test_the_controllers_clock_is_set_in_mid_run(tmp_path: Path, hours: int) -> None:
    fleet = Fleet({"10.0.0.1": Machine("lab-01", "SER-1")})
    database = Database(None, tmp_path, "controller-1")
    site = fleet.site({"lab-01": "10.0.0.1"}, serials={}, kind=recorded(database))

    def play(job: PlaybookJob, on_event: OnEvent, halt: Callable[[], bool]) -> PlaybookOutcome:
        site.clock.forward(5)
        site.clock.jump(hours * HOURS)
        site.clock.forward(5)
        return fleet.play(job, on_event, halt)

    site.runner.play = play
    before = site.clock.now()
    result = set_up(site, ["lab-01"])
    assert [(host.outcome, host.verified, host.seconds) for host in result.hosts] == [(Outcome.OK, True, 10.0)]
    first = database.history.runs(1)[0]
    assert first.state is RunState.ENDED
    assert first.at == before
    assert first.ended == before + timedelta(seconds=10, hours=hours)
    assert first.at.utcoffset() == first.ended.utcoffset() == timedelta(0)

    site.clock.forward(60)
    site.runner.play = fleet.play
    fleet.at["10.0.0.1"].folders.clear()
    again = set_up(site, ["lab-01"])
    assert again.outcome is Outcome.OK
    assert [run.run for run in database.history.runs(5)] == [again.run, result.run]
    assert [host.summary.run for host in database.history.of_host("lab-01", 5)] == [again.run, result.run]
    asset = database.assets.find("lab-01")
    assert asset is not None
    assert asset.last_seen == site.clock.now()
    database.close()


class Wrong(SystemClock):
    """A clock that is two hours off from the real one, and off the other way from the third look at it on."""

    def __init__(self) -> None:
        self._looks = 0

    def now(self) -> datetime:
        self._looks += 1
        return super().now() + timedelta(hours=2 if self._looks < 3 else -2)


class WrongSite(RealSite):
    """A real site on a controller with a wrong clock."""

    clock = Wrong()  # type: ignore[assignment]


@pytest.mark.practice
@pytest.mark.ansible
def test_a_real_run_between_clocks_that_are_hours_apart(bench: Bench) -> None:
    """The record, the locks, SSH and Ansible; the machine is two and then minus two hours away from the controller."""
    bench.profile("one", "folders:\n  - path: /srv/clock\n")
    site = WrongSite(bench.root)
    [host] = apply(site, Request(["practice-1"], "one"), Watcher(), lambda plans: True, verb="setup").hosts
    assert (host.outcome, host.verified) == (Outcome.OK, True)
    assert 0 < host.seconds < 300
    newest = bench.data("run", "list", "--json")["runs"][0]
    assert newest["outcome"] == "ok"
    assert datetime.fromisoformat(newest["at"]) - datetime.now(UTC) > timedelta(hours=1)
    bench.run("setup", "practice-1", "--profile", "one", "--yes")
    assert bench.data("run", "list", "--json")["runs"][1]["run"] == newest["run"]
    bench.run("asset", "show", "practice-1")


def test_a_slow_clock_of_a_machine_is_told() -> None:
    said = (
        "Failed to update apt cache: E:Release file for http://deb.debian.org/debian/dists/bookworm-updates/InRelease "
    )
    words, reason = in_words(said + "is not valid yet (invalid for another 1h 59min 12s).")
    assert reason == "wrong-clock"
    assert "its clock is slow" in words
