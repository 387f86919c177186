"""Every process of a run is found, and no other one is touched."""

import os
import secrets
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from deskprov.adapters.ansible.processes import MARKER, MarkedProcess, end_marked, from_ps, marked_processes

ONE, TWO, TRACKED = (secrets.token_hex(8) for _ in range(3))  # this test may run twice on one computer
SLEEPER = "import time; time.sleep(60)"


@contextmanager
def sleeping(marker: str, code: str = SLEEPER) -> Iterator["subprocess.Popen[bytes]"]:
    """A process with this marker, in a session of its own."""
    environment = {**os.environ, MARKER: marker}
    process = subprocess.Popen([sys.executable, "-c", code], env=environment, start_new_session=True)
    try:
        yield process
    finally:
        process.kill()
        process.wait()


def test_only_processes_with_the_very_marker_are_ended() -> None:
    with (
        sleeping(ONE) as mine,
        sleeping(ONE) as mine_too,
        sleeping("aa111") as longer,
        sleeping("aa1") as shorter,
    ):
        assert {process.pid for process in marked_processes(ONE)} == {mine.pid, mine_too.pid}
        assert end_marked(ONE) == []
        assert mine.wait() == mine_too.wait() == -9
        assert longer.poll() is None
        assert shorter.poll() is None
        assert marked_processes(ONE) == []


def test_nothing_to_end() -> None:
    assert end_marked("no-such-marker") == []


def test_children_that_are_born_meanwhile_are_ended_too() -> None:
    code = """
import subprocess, sys, time
for _ in range(200):
    subprocess.Popen(["setsid", "sleep", "60"])
time.sleep(60)
"""
    with sleeping(TWO, code):
        while len(marked_processes(TWO)) < 3:
            pass
        assert end_marked(TWO) == []
        assert marked_processes(TWO) == []


def test_the_tracker_comes_last_and_may_clean_up(tmp_path: Path) -> None:
    """Python's resource tracker removes shared memory of processes that were killed."""
    code = """
import sys, time
from multiprocessing.shared_memory import SharedMemory
memory = SharedMemory(create=True, size=64)
print(memory.name, flush=True)
time.sleep(60)
"""
    environment = {**os.environ, MARKER: TRACKED}
    with subprocess.Popen([sys.executable, "-c", code], env=environment, stdout=subprocess.PIPE) as process:
        assert process.stdout is not None
        memory = Path("/dev/shm") / process.stdout.readline().decode().strip()
        assert memory.exists()
        assert any(found.tracker for found in marked_processes(TRACKED))
        assert end_marked(TRACKED) == []
    assert not memory.exists()


@pytest.mark.parametrize(
    ("line", "found"),
    [
        (
            "  501 /usr/bin/python3 /x/ansible-playbook HOME=/Users/a DESKPROV_RUN=dd44 LANG=C",
            [MarkedProcess(501, False)],
        ),
        ("501 python DESKPROV_RUN=dd44", [MarkedProcess(501, False)]),
        ("501 python DESKPROV_RUN=dd445 X=1", []),
        ("501 python XDESKPROV_RUN=dd44", []),
        ("501 ssh: /tmp/deskprov-run-dd44/cp/0123abcdef [mux]", [MarkedProcess(501, False)]),
        ("501 ssh: /tmp/deskprov-run-dd445/cp/0123abcdef [mux]", []),
        ("501 less /tmp/deskprov-run-dd44/ansible.cfg", []),
        (
            "77 python3 -c from multiprocessing.resource_tracker import main;main(4) DESKPROV_RUN=dd44",
            [MarkedProcess(77, True)],
        ),
        ("", []),
        ("12", []),
    ],
)
def test_what_ps_of_macos_prints(line: str, found: list[MarkedProcess]) -> None:
    assert from_ps(f"    1 /sbin/launchd\n{line}\n", "dd44") == found
