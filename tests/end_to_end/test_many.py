"""Twenty machines in one run: each gets its own resources and nobody else's."""

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
