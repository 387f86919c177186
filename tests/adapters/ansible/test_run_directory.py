"""A run folder is private, and a dead run's is swept, never a living one's."""

import os
import stat
import subprocess
import sys
import time
from pathlib import Path

import pytest

from deskprov.adapters.ansible.processes import FOLDER_PREFIX, MARKER
from deskprov.adapters.ansible.run_directory import LONGEST_BASE, run_directory, sweep_leftovers, usual_bases

DIE_IN_IT = """
import os, subprocess, sys
from pathlib import Path
from deskprov.adapters.ansible.run_directory import run_directory
with run_directory(Path(sys.argv[1])) as folder:
    quiet = subprocess.DEVNULL
    left = subprocess.Popen(["sleep", "60"], env={"DESKPROV_RUN": folder.marker}, stdout=quiet, stderr=quiet)
    print(left.pid, flush=True)
    os.kill(os.getpid(), 9)
"""


def test_it_is_private_and_gone_afterwards(runs: Path) -> None:
    with run_directory(runs) as one, run_directory(runs) as other:
        assert one.path != other.path
        assert stat.S_IMODE(one.path.stat().st_mode) == 0o700
        (one.path / "deep").mkdir()
        (one.path / "deep" / "file").write_text("x")
        sweep_leftovers([runs])
        assert (one.path / "deep" / "file").exists()
    assert not list(runs.iterdir())


def test_it_is_gone_after_an_error(runs: Path) -> None:
    with pytest.raises(ZeroDivisionError), run_directory(runs):
        raise ZeroDivisionError
    assert not list(runs.iterdir())


def test_a_killed_run_is_swept_with_its_processes(runs: Path) -> None:
    done = subprocess.run([sys.executable, "-c", DIE_IN_IT, str(runs)], capture_output=True, check=False)
    pid = int(done.stdout)
    assert done.returncode == -9
    assert len(list(runs.iterdir())) == 1
    assert Path(f"/proc/{pid}").exists()
    sweep_leftovers([runs])
    assert not list(runs.iterdir())
    assert f"{MARKER}=" not in _environment(pid)


def test_what_is_not_ours_stays(runs: Path, tmp_path: Path) -> None:
    precious = tmp_path / "precious"
    precious.mkdir()
    (precious / "alive").touch()
    (runs / "deskprov-other").mkdir()
    (runs / f"{FOLDER_PREFIX}file").touch()
    (runs / f"{FOLDER_PREFIX}link").symlink_to(precious)
    foreign = runs / f"{FOLDER_PREFIX}foreign"
    foreign.mkdir()
    (foreign / "alive").touch()
    os.chown(foreign, 65534, 65534)
    before = sorted(path.name for path in runs.iterdir())
    sweep_leftovers([runs])
    assert sorted(path.name for path in runs.iterdir()) == before
    assert (precious / "alive").exists()


def test_a_half_made_folder_is_left_alone_for_a_while(runs: Path) -> None:
    half = runs / f"{FOLDER_PREFIX}half"
    half.mkdir()
    sweep_leftovers([runs])
    assert half.exists()
    long_ago = time.time() - 3600
    os.utime(half, (long_ago, long_ago))
    sweep_leftovers([runs])
    assert not half.exists()


def test_the_usual_place_is_in_memory_and_short_enough_for_sockets() -> None:
    bases = usual_bases()
    assert bases[0] == Path("/dev/shm")
    assert all(len(str(base)) <= LONGEST_BASE for base in bases)


def _environment(pid: int) -> str:
    try:
        return Path(f"/proc/{pid}/environ").read_text()
    except OSError:
        return ""
