"""A technician on a bad day: silent machines, busy machines, wrong names."""

import signal
import socket

import pytest

from tests.end_to_end.bench import Bench, statuses

pytestmark = pytest.mark.practice

PROFILE = "folders:\n  - path: /srv/one\n"
SLOW = """\
software:
  - hello
  - tree
  - cowsay
  - figlet
"""


@pytest.fixture(scope="module")
def office(bench: Bench) -> Bench:
    bench.profile("office", PROFILE)
    bench.profile("slow", SLOW)
    return bench


def test_a_silent_machine_is_unreachable(office: Bench) -> None:
    with socket.create_server(("127.0.0.1", 0)) as closed:
        port = closed.getsockname()[1]
    office.run("host", "add", "silent-1", "--address", "127.0.0.1", "--port", str(port), "--profile", "office")
    said = office.run("setup", "silent-1", "practice-1", "--profile", "office", "--yes", status=4)
    office.run("host", "retire", "silent-1", "--yes")
    assert "silent-1" in said
    assert "✓ practice-1" in said


def test_nobody_of_that_name(office: Bench) -> None:
    assert "practice-1" in office.run("setup", "practise-1", "--yes", status=5)


def test_no_target_is_never_all(office: Bench) -> None:
    office.run("setup", "--yes", status=64)


def test_a_wrong_profile_is_shown_with_file_and_line(office: Bench) -> None:
    office.write("profiles/wrong.yml", "profile: wrong\nplatform: linux\nfolders:\n  - path: /srv/one\n    mod: '1'\n")
    said = office.run("setup", "practice-1", "--profile", "wrong", "--yes", status=3)
    (office.root / "profiles" / "wrong.yml").unlink()
    assert "profiles/wrong.yml:5:5" in said
    assert "mode" in said


def test_of_two_setups_at_once_one_runs(office: Bench) -> None:
    both = [office.start("setup", "practice-1", "--profile", "slow", "--yes") for _ in range(2)]
    said = [process.communicate(timeout=240) for process in both]
    assert sorted(process.returncode for process in both) == [0, 75], said
    assert statuses(office.data("verify", "practice-1", "--profile", "slow", "--json"), "practice-1") == {
        f"software/{name}": "ok" for name in ("hello", "tree", "cowsay", "figlet")
    }


def test_ctrl_c_is_recorded_and_nothing_stays_behind(office: Bench) -> None:
    office.profile("slow", SLOW + "  - sl\n  - fortune-mod\n  - toilet\n")
    process = office.start("setup", "practice-1", "--profile", "slow", "--yes", "-v")
    assert process.stderr is not None
    for line in process.stderr:
        if b"software/" in line and (b"changed" in line or b"started" in line):
            break
    process.send_signal(signal.SIGINT)
    process.communicate(timeout=60)
    assert process.returncode == 130
    newest = office.data("run", "list", "--json")["runs"][0]
    assert newest["outcome"] == "interrupted"
    office.run("setup", "practice-1", "--profile", "slow", "--yes")
