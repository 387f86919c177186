"""The command ends as a whole: what was printed is there, its status holds, and what wanted to be called has been."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

PC = """
all:
  hosts:
    pc-1:
      ansible_host: 127.0.0.1
      ansible_port: 1
      ansible_user: admin
      ansible_connection: ssh
      deskprov_profile: pc
"""
CALLED = """
import atexit, sys
from deskprov.__main__ import main
atexit.register(print, "called at the end")
sys.settrace(lambda *_: None)
sys.argv[1:] = {arguments}
main()
"""


@pytest.fixture
def site(tmp_path: Path) -> Path:
    for folder in ("profiles", "inventory_hosts"):
        (tmp_path / folder).mkdir()
    (tmp_path / "deskprov.yml").write_text("format: 1\nname: Example\n")
    (tmp_path / "profiles" / "pc.yml").write_text("profile: pc\nplatform: linux\n")
    (tmp_path / "inventory_hosts" / "hosts.yml").write_text(PC)
    return tmp_path


def run(site: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "deskprov", "-C", str(site), *arguments]
    return subprocess.run(command, capture_output=True, text=True, check=False, cwd=site)


def test_the_status_holds_and_all_that_was_printed_is_there(site: Path) -> None:
    done = run(site, "verify", "pc-1", "--json")
    assert done.returncode == 4
    assert json.loads(done.stdout)["outcome"] == "unreachable"
    assert "Unreachable" in done.stderr or "cannot be reached" in done.stderr
    assert run(site, "--version").returncode == 0
    assert run(site, "verify").returncode == 64


def test_the_record_is_closed(site: Path) -> None:
    run(site, "verify", "pc-1")
    left = {file.name for file in (site / ".deskprov").iterdir() if file.is_file()}
    assert left == {"deskprov.db"}, "SQLite's own files go when its last connection is closed"


def test_who_traces_us_has_a_word_to_say_at_the_end(site: Path) -> None:
    program = CALLED.format(arguments=["-C", str(site), "validate"])
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=False, cwd=site)
    assert done.returncode == 0
    assert done.stdout.endswith("called at the end\n")


def test_output_that_finds_no_room_is_no_bug(site: Path) -> None:
    command = [sys.executable, "-m", "deskprov", "-C", str(site), "profile", "list", "--json"]
    with Path("/dev/full").open("w") as full:
        done = subprocess.run(command, stdout=full, stderr=subprocess.PIPE, text=True, check=False, cwd=site)
    assert done.returncode == 1
    assert done.stderr.splitlines() == [
        "deskprov: Not all could be written: No space left on device (where the output goes).",
        "  Make room there. What was done before that is done: deskprov run list",
    ]


@pytest.mark.parametrize("closed", [">&-", "2>&-", ">&- 2>&-"])
def test_a_stream_that_is_closed_is_one_that_nobody_reads(site: Path, closed: str) -> None:
    command = f'exec "$0" -m deskprov -C "$1" validate {closed}'
    done = subprocess.run(["sh", "-c", command, sys.executable, site], capture_output=True, text=True, check=False)
    assert done.returncode == 0
    assert "Traceback" not in done.stderr
    assert "bug" not in done.stderr
