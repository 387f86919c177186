"""Twenty machines in one run: each gets its own resources and nobody else's."""

import re

import pexpect
import pytest

from tests.end_to_end.bench import Bench, statuses

pytestmark = [pytest.mark.practice, pytest.mark.timeout(600)]

PROFILE = """\
folders:
  - path: /srv/own
files:
  - path: /srv/own/name.txt
    content: "This is ${host.name}.\\n"
"""


def test_each_gets_its_own(twenty: Bench) -> None:
    twenty.profile("own", PROFILE)
    names = [f"practice-{number}" for number in range(1, 21)]
    run = twenty.data("setup", *names, "--profile", "own", "--yes", "--json", timeout=500)
    assert [host["host"] for host in run["hosts"]] == names
    for name in names:
        assert statuses(run, name) == {"folders//srv/own": "changed", "files//srv/own/name.txt": "changed"}
        assert twenty.on(name, "cat", "/srv/own/name.txt") == f"This is {name}.\n".encode()
        assert twenty.on(name, "ls", "/srv/own") == b"name.txt\n"
    again = twenty.data("verify", *names, "--profile", "own", "--json", "--detailed-exitcode")
    assert all(host["verified"] for host in again["hosts"])


def test_at_a_terminal_each_has_a_line_and_what_failed_stays(twenty: Bench) -> None:
    """Four of them as a technician sees them: 80 columns, one with a file in the way, one without an SSH server."""
    names = [f"practice-{number}" for number in range(17, 21)]
    twenty.on("practice-18", "sh", "-c", "echo mine > /srv/bench")
    twenty.on("practice-19", "systemctl", "stop", "ssh")
    twenty.profile("bench", "folders:\n  - path: /srv/bench\ngroups:\n  - lab\n")
    twenty.run("asset", "edit", "practice-17", "tag=LT-0017", "serial=SN0017")
    program, *rest = twenty.command("setup", *names, "--profile", "bench", "--yes")
    environment = {**twenty.environment(), "TERM": "xterm", "COLUMNS": "80"}
    child = pexpect.spawn(program, rest, env=environment, timeout=120, encoding="utf-8", dimensions=(24, 80))
    child.expect(pexpect.EOF)
    child.close()
    said = re.sub(r"\x1b\[[0-9;?]*[A-Za-z]", "", str(child.before))
    live, _, end = said.rpartition("✓ practice-17")
    assert re.search(r"▸ practice-17 +LT-0017 +SN0017 +[12]/2 (groups|folders)/", live)
    assert re.search(r"✗ practice-18 +([12]/2 +)?folders//srv/bench failed: ", live)
    assert re.search(r"✗ practice-19 +not reachable: .*\r\n.*practice-20.*\r\n0 of 4 done, [12] with", live)
    assert re.match(r" +LT-0017 +SN0017 +done: 2 changed, all verified", end)
    assert re.search(r"✗ practice-19 +not reachable: 127\.", end)
    words = " ".join(end.split())
    assert "Step by step: deskprov doctor practice-19" in words
    assert "Next: deskprov doctor practice-19; then: deskprov run resume 2" in words
    assert child.exitstatus == 1
