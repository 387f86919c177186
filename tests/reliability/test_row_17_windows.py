"""Reboots of practice PCs in the middle of a plan, over WinRM: each comes back in its own way, or does not."""

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from deskprov.practice.windows.faults import REBOOT, Fault
from tests.end_to_end.bench import SETTINGS, Bench
from tests.practice.windows.planned import FOR_EVER, plan_faults

VALUE = "registry/HKLM\\SOFTWARE\\Example\\{}"
STEPS = 4
MANY, SAME, AWAY, LOOP = (f"practice-pc-{number}" for number in range(1, 5))


def chain() -> str:
    """Values of which each needs the one before it, and a reboot."""
    entries: list[dict[str, Any]] = [{"value": f"HKLM\\SOFTWARE\\Example\\{n}", "data": n} for n in range(STEPS)]
    for number, entry in enumerate(entries):
        entry |= {"reboot": True, "needs": [VALUE.format(number - 1)] if number else []}
    return f"profile: pc\nplatform: windows\nregistry: {json.dumps(entries)}\n"


@pytest.fixture
def bench(tmp_path: Path) -> Iterator[Bench]:
    bench = Bench(tmp_path)
    bench.write("deskprov.yml", f"{SETTINGS}reboot_minutes: 0.3\n")
    bench.write("profiles/pc.yml", chain())
    bench.run("practice", "start", "windows", "--count", "4", "--profile", "pc")
    try:
        yield bench
    finally:
        bench.run("practice", "stop")


def results(run: Any, host: str) -> dict[str, Any]:
    [found] = [each for each in run["hosts"] if each["host"] == host]
    return {"host": found, **{each["resource"]: each for each in found["results"]}}


@pytest.mark.ansible
def test_back_after_updates_and_thrice_at_most_the_same_life_away_and_in_a_loop(bench: Bench) -> None:
    folders = {name: bench.root / f".deskprov/practice/windows/{name}" for name in (MANY, SAME, AWAY, LOOP)}
    lives = {name: json.loads((folder / "state.json").read_text())["machine"] for name, folder in folders.items()}
    updates = [Fault(REBOOT, "away", seconds=1.0), Fault(REBOOT, "busy", answers=2)]
    plan_faults(folders[MANY] / "faults.json", updates)
    plan_faults(folders[SAME] / "faults.json", [Fault(REBOOT, "same")])
    plan_faults(folders[AWAY] / "faults.json", [Fault(REBOOT, "away", seconds=FOR_EVER)])
    plan_faults(folders[LOOP] / "faults.json", [Fault(REBOOT, "again", times=99, seconds=1.5)])
    run = bench.data("setup", "@practice", "--yes", "--json", status=1)

    many = results(run, MANY)
    assert many["host"]["outcome"] == "waiting"
    assert [many[VALUE.format(n)]["status"] for n in range(STEPS)] == ["changed"] * STEPS
    assert f"It rebooted for {VALUE.format(0)} and was back after" in many["reboot/1"]["message"]
    assert many["reboot/4"]["status"] == "waiting"
    assert many["reboot/4"]["message"].endswith("but it was rebooted 3 times in this run already.")
    now = json.loads((folders[MANY] / "state.json").read_text())
    assert now["machine"]["boot_id"] == lives[MANY]["boot_id"] + 3

    same = results(run, SAME)
    assert (same["host"]["outcome"], same["reboot/1"]["reason"]) == ("failed", "reboot-failed")
    assert "it answers and has not rebooted" in same["reboot/1"]["message"]
    assert same[VALUE.format(1)]["status"] == "waiting", "what needs the reboot is not made without it"

    away = results(run, AWAY)
    assert (away["host"]["outcome"], away["reboot/1"]["reason"]) == ("unreachable", "not-returned")
    assert "has not come back within" in away["host"]["message"]
    assert "Look at its screen" in away["host"]["hint"]
    assert away[VALUE.format(1)]["status"] == "skipped"

    loop = results(run, LOOP)
    assert (loop["host"]["outcome"], loop["reboot/1"]["reason"]) == ("unreachable", "not-returned")
    assert re.search(r"has started again \d+ times since, by itself", loop["host"]["message"])

    shown = bench.run("run", "show", run["run"])
    assert "It rebooted for" in shown, "the record says why"
    bench.run("verify", AWAY, status=4)
