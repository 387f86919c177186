"""Starting and stopping: names, addresses, accidents, and that nothing stays."""

import json
import os
import shutil
import signal
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from subprocess import PIPE

import pytest

from deskprov.errors import PracticeError
from deskprov.practice import LinuxPracticeMachines, cgroups, kernel_limits
from deskprov.practice.base_tree import Recipe
from deskprov.practice.registry import RUN_DIR, Registry, Slot
from deskprov.practice.state import leader
from deskprov.practice.waiting import wait_until
from tests.practice.site import Footprint, Site, controller_wide

pytestmark = pytest.mark.practice


def test_stop_leaves_nothing(empty_site: Site) -> None:
    before = controller_wide()
    empty_site.start()
    empty_site.start(isolated=True)
    footprints = [Footprint.of(empty_site.slot(name)) for name in ("practice-1", "practice-2")]
    assert empty_site.machines.stop() == ["practice-1", "practice-2"]
    assert [footprint.left() for footprint in footprints] == [[], []]
    assert controller_wide() == before
    assert empty_site.machines.list() == []
    assert empty_site.machines.stop() == []


@pytest.mark.parametrize("isolated", [False, True])
@pytest.mark.parametrize("victims", ["supervisor", "nspawn", "both"])
def test_a_killed_machine_is_broken_and_stop_leaves_nothing(empty_site: Site, victims: str, isolated: bool) -> None:
    empty_site.start(isolated=isolated)
    slot = empty_site.slot("practice-1")
    footprint = Footprint.of(slot)
    if victims in ("supervisor", "both"):
        os.kill(int(slot.life_lock.read_text()), signal.SIGKILL)
    if victims in ("nspawn", "both"):
        os.kill(_nspawn(slot), signal.SIGKILL)
    assert wait_until(lambda: empty_site.state("practice-1") == "broken", 5)
    assert empty_site.machines.stop() == ["practice-1"]
    assert footprint.left() == []


def test_a_machine_switched_off_from_inside_is_stopped(empty_site: Site) -> None:
    empty_site.start()
    empty_site.inside("practice-1", "systemctl", "poweroff")
    assert wait_until(lambda: empty_site.state("practice-1") == "stopped", 15)
    with pytest.raises(PracticeError, match="practice-1 is not running"):
        empty_site.machines.command("practice-1", ["true"])
    folder = empty_site.slot("practice-1").folder
    assert empty_site.machines.stop(["practice-1"]) == ["practice-1"]
    assert not folder.exists()


def test_two_sites_and_two_starts_at_once_do_not_meet(empty_site: Site, tmp_path: Path) -> None:
    other = Site(LinuxPracticeMachines(tmp_path / "other/.deskprov/practice"), tmp_path / "other")
    with ThreadPoolExecutor() as pool:
        started = list(pool.map(lambda site: site.start(), [empty_site, other, empty_site]))
    try:
        addresses = [machine.address for machines in started for machine in machines]
        assert len(set(addresses)) == 3
        assert [machine.name for machine in empty_site.machines.list()] == ["practice-1", "practice-2"]
        assert [machine.name for machine in other.machines.list()] == ["practice-1"]
        assert other.machine("practice-1").key_file != empty_site.machine("practice-1").key_file
        assert empty_site.machines.stop(["practice-1"]) == ["practice-1"]
        assert [machine.name for machine in empty_site.start()] == ["practice-1"]
        assert other.state("practice-1") == "running"
    finally:
        other.machines.stop()


def test_machines_of_a_deleted_site_go_with_the_next_start(empty_site: Site, tmp_path: Path) -> None:
    gone = Site(LinuxPracticeMachines(tmp_path / "gone/.deskprov/practice"), tmp_path / "gone")
    gone.start()
    footprint = Footprint.of(gone.slot("practice-1"))
    shutil.rmtree(gone.folder)
    empty_site.start()
    assert footprint.left() == []


def test_what_an_earlier_boot_of_the_controller_left_confuses_nobody(empty_site: Site) -> None:
    registry = Registry()
    site = str(empty_site.folder / ".deskprov/practice")
    with registry.locked():
        old = registry.reserve(site=site, suite="bookworm", tree="/", key_file="", host_key="", isolated=True)
        record = old.folder / "machine.json"
        record.write_text(json.dumps(json.loads(record.read_text()) | {"boot": "an earlier one"}))
    assert empty_site.machines.list() == []
    assert empty_site.machines.stop() == []
    assert not old.folder.exists()
    assert [machine.name for machine in empty_site.start()] == ["practice-1"]


def test_a_start_that_was_cut_off_is_swept_away(empty_site: Site) -> None:
    with Registry().locked():
        (RUN_DIR / "999").mkdir()
        (RUN_DIR / "unfinished").mkdir(exist_ok=True)
    empty_site.start()
    assert not (RUN_DIR / "999").exists()
    assert not (RUN_DIR / "unfinished").exists()


def test_a_machine_that_does_not_boot_says_why_and_does_not_stay(empty_site: Site, tmp_path: Path) -> None:
    cache = tmp_path / "a cache, with: odd name"
    (cache / Recipe("bookworm").name).mkdir(parents=True)
    machines = LinuxPracticeMachines(empty_site.folder / ".deskprov/practice", cache)
    with pytest.raises(PracticeError, match="practice-1 ended while starting") as caught:
        machines.start(2, isolated=False, report=lambda line: None)
    log = Path(caught.value.hint.rpartition(" ")[2])
    assert "supervisor: ended with" in log.read_text()
    assert machines.list() == []


def test_a_start_that_is_interrupted_leaves_nothing(empty_site: Site) -> None:
    state_dir = empty_site.folder / ".deskprov/practice"
    program = f"""
from pathlib import Path
from deskprov.practice import LinuxPracticeMachines
LinuxPracticeMachines(Path({str(state_dir)!r})).start(8, isolated=True, report=lambda line: print(line, flush=True))
"""
    with subprocess.Popen([sys.executable, "-c", program], stdout=PIPE, stderr=PIPE, text=True) as starting:
        assert starting.stdout is not None
        assert starting.stdout.readline() == "starting 8 practice machines\n"
        assert wait_until(lambda: len(empty_site.machines.list()) == 8, 10)
        slots = [empty_site.slot(name) for name in ("practice-1", "practice-2")]
        assert wait_until(lambda: all(cgroups.members(slot.cgroup) for slot in slots), 10)
        footprints = [Footprint.of(slot) for slot in slots]
        starting.send_signal(signal.SIGINT)
        _, said = starting.communicate(timeout=30)
    assert "KeyboardInterrupt" in said
    assert empty_site.machines.list() == []
    assert [footprint.left() for footprint in footprints] == [[], []]


@pytest.mark.parametrize("count", [0, -1])
def test_less_than_one_machine_is_refused(empty_site: Site, count: int) -> None:
    with pytest.raises(PracticeError, match="must be one or more"):
        empty_site.start(count)


def test_twenty_at_once_are_up_soon_and_the_kernels_limit_is_put_back(empty_site: Site) -> None:
    before = time.monotonic()
    empty_site.start(20)
    seconds = time.monotonic() - before
    assert {machine.state for machine in empty_site.machines.list()} == {"running"}
    assert seconds < 60, f"twenty machines took {seconds:.1f} s"
    empty_site.machines.stop()
    with Registry().locked():
        assert Registry().slots() or not kernel_limits.MEMORY.exists()


def test_debian_13_too(tmp_path: Path) -> None:
    site = Site(LinuxPracticeMachines(tmp_path / ".deskprov/practice", suite="trixie"), tmp_path)
    try:
        site.start()
        assert site.inside("practice-1", "systemctl", "is-system-running", "--wait") == "running"
        assert site.ssh("practice-1", ". /etc/os-release; echo $VERSION_ID").stdout == "13\n"
    finally:
        site.machines.stop()


def _nspawn(slot: Slot) -> int:
    """The parent of the machine's first process."""
    return int(Path(f"/proc/{leader(slot)}/stat").read_text().rpartition(")")[2].split()[1])
