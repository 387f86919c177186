"""Somebody is at work on one of two practice PCs; a second technician looks at both meanwhile."""

import re
from collections.abc import Iterator
from pathlib import Path

import pexpect
import pytest

from tests.end_to_end.bench import Bench, statuses

PROFILE = "profile: lab\nplatform: windows\nfolders: ['C:\\Made']\n"
NAMES = ["practice-pc-1", "practice-pc-2"]
BUSY = r"practice-pc-1 is busy with setup of \S+ \(process {}, for less than a minute\)\."


@pytest.fixture
def two(tmp_path: Path) -> Iterator[Bench]:
    bench = Bench(tmp_path)
    bench.write("profiles/lab.yml", PROFILE)
    bench.run("practice", "start", "windows", "--count", "2", "--profile", "lab")
    try:
        yield bench
    finally:
        bench.run("practice", "stop")


def test_who_looks_is_told_that_it_is_busy_and_not_that_it_is_wrong(two: Bench) -> None:
    program, *rest = two.command("setup", NAMES[0])
    child = pexpect.spawn(program, rest, env={**two.environment(), "TERM": "xterm"}, timeout=60, encoding="utf-8")
    child.expect("Make these changes")
    words = BUSY.format(child.pid)

    run = two.data("verify", *NAMES, "--json", "--detailed-exitcode", status=75)
    busy, seen = run["hosts"]
    assert (run["outcome"], busy["outcome"], busy["verified"], busy["results"]) == ("busy", "busy", False, [])
    assert re.fullmatch(words, busy["message"])
    assert busy["hint"] == "Try again when that has ended."
    assert (seen["outcome"], statuses(run, NAMES[1])) == ("drift", {"folders/C:\\Made": "drift"})
    planned = two.data("plan", *NAMES, "--json", status=75)["hosts"]
    assert {host["host"]: (host["outcome"], len(host["changes"])) for host in planned} == {
        NAMES[0]: ("busy", 0),
        NAMES[1]: ("drift", 1),
    }
    said = " ".join(two.run("plan", *NAMES, status=75).split())
    assert f"{NAMES[0]} busy with another run" in said
    assert re.search(words, said)

    child.sendline("n")
    child.expect(pexpect.EOF)
    child.close()
    assert child.exitstatus == 7, "who looked was in nobody's way"
    assert two.data("verify", NAMES[0], "--json")["outcome"] == "drift"
