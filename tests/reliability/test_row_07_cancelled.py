"""Row 7: what is cancelled ends here within ten seconds, and is unknown until the machine shows what became of it."""

import os
import signal
import socket
import time
from collections.abc import Iterator
from typing import Any

import pytest

from tests.end_to_end.bench import Bench, statuses
from tests.reliability.at_work import (
    has_begun,
    hold_back_groupadd,
    let_go,
    made,
    newest,
    practice_bench,
    runs_at_work,
    until,
)

MACHINE = "practice-1"
CANCELS = 100
LIMIT_SECONDS = 10.0


@pytest.fixture(scope="module")
def bench(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Bench]:
    with practice_bench(tmp_path_factory.mktemp("site")) as bench:
        yield bench


def cancelled_in_a_step(bench: Bench, name: str, signals: list[signal.Signals]) -> tuple[float, Any]:
    """Cancels a setup while it makes the group; the seconds until nothing of it lived here, and its record."""
    bench.profile(name, f"groups:\n  - before{name}\n  - slow{name}\nfolders:\n  - path: /srv/{name}\n")
    hold_back_groupadd(bench, MACHINE, f"slow{name}")
    process = bench.start("setup", MACHINE, "--profile", name, "--yes")
    until(lambda: has_begun(bench, MACHINE), "the step")
    begun = time.monotonic()
    for number in signals:
        process.send_signal(number)
        time.sleep(0.2)  # a second that comes at the same moment is the first
    until(lambda: not runs_at_work(bench), "the end of the run's processes")
    seconds = time.monotonic() - begun
    said = b"".join(process.communicate(timeout=60)).decode()
    assert process.returncode == 130, said
    return seconds, newest(bench)


def is_unknown_and_then_finished(bench: Bench, name: str, run: Any) -> None:
    assert (run["outcome"], run["hosts"][0]["outcome"]) == ("interrupted", "interrupted")
    found = {step["resource"]: step["status"] for step in run["hosts"][0]["results"]}
    assert found[f"groups/slow{name}"] == "unknown"
    assert found[f"folders//srv/{name}"] in ("skipped", "unknown")
    assert not {"ok", "changed"} & {found[f"groups/slow{name}"], found[f"folders//srv/{name}"]}
    [slow] = [step for step in run["hosts"][0]["results"] if step["resource"] == f"groups/slow{name}"]
    assert slow["state"] == "started"

    let_go(bench, MACHINE)  # it goes on there, as nobody could stop it from here
    until(lambda: made(bench, MACHINE, f"slow{name}") == 1, "the end of the step on the machine")
    resumed = bench.data("run", "resume", "--yes", "--json")
    assert set(statuses(resumed, MACHINE).values()) <= {"ok", "changed"}
    assert statuses(resumed, MACHINE)[f"groups/slow{name}"] == "ok"
    assert made(bench, MACHINE, f"slow{name}") == 1
    assert made(bench, MACHINE, f"before{name}") == 1


@pytest.mark.practice
@pytest.mark.parametrize(
    ("name", "signals"),
    [
        pytest.param("a", [signal.SIGTERM], id="asked"),
        pytest.param("b", [signal.SIGINT, signal.SIGINT], id="asked twice"),
    ],
)
def test_a_step_that_does_not_end_is_left_to_the_machine_and_unknown(
    bench: Bench, name: str, signals: list[signal.Signals]
) -> None:
    seconds, run = cancelled_in_a_step(bench, name, signals)
    assert seconds < LIMIT_SECONDS
    is_unknown_and_then_finished(bench, name, run)


@pytest.mark.practice
@pytest.mark.soak
@pytest.mark.timeout(4 * 3600)
def test_a_hundred_cancelled_steps(bench: Bench) -> None:
    slowest = 0.0
    for number in range(CANCELS):
        signals = [(signal.SIGINT, signal.SIGTERM, signal.SIGHUP)[number % 3]] * (1 + number % 2)
        seconds, run = cancelled_in_a_step(bench, f"n{number}x", signals)
        slowest = max(slowest, seconds)
        is_unknown_and_then_finished(bench, f"n{number}x", run)
    print(f"the slowest of {CANCELS} took {slowest:.1f} s")
    assert slowest < LIMIT_SECONDS


def test_before_anything_is_changed_every_signal_ends_the_run_with_a_record(
    tmp_path_factory: pytest.TempPathFactory,
) -> None:
    bench = Bench(tmp_path_factory.mktemp("site"))
    bench.profile("office", "folders:\n  - path: /srv/one\n")
    with socket.create_server(("127.0.0.1", 0)) as silent:
        port = str(silent.getsockname()[1])
        bench.run("host", "add", "silent-1", "--address", "127.0.0.1", "--port", port, "--profile", "office")
        key = "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIHIUU+gGiUZpxHdCyHsgkqfzyGrBvb5qZU7aQn1f3kXQ"
        bench.write("inventory_hosts/known_hosts.txt", f"silent-1 {key}\n")
        for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            process = bench.start("setup", "silent-1", "--yes")
            connection, _ = silent.accept()
            with connection:
                os.kill(process.pid, number)
            said = b"".join(process.communicate(timeout=60)).decode()
            assert process.returncode == 130, said
            assert "deskprov run resume" in said
            run = newest(bench)
            assert (run["outcome"], run["hosts"][0]["outcome"]) == ("interrupted", "interrupted")
            assert run["ended"] is not None
