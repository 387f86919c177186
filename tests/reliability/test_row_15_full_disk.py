"""Row 15: a full disk, a locked or a read-only database. Nothing that is not stored is called a success."""

import os
import sqlite3
import tempfile
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path

import pytest

from deskprov.adapters.ansible.runner import AnsibleRunner
from deskprov.adapters.database.database import Database
from deskprov.adapters.rooms import FileSystemRooms
from deskprov.api.applying import apply
from deskprov.api.running import Request
from deskprov.cli.main import run
from deskprov.errors import NoRoom, NotRecorded, RecordError
from deskprov.model.asset import Asset
from deskprov.model.history import RunState
from deskprov.model.ports.assets import AssetChange
from deskprov.model.result import HostResult, Outcome
from deskprov.model.room import Room
from deskprov.testing import FakeSite
from deskprov.wiring import RealSite
from tests.adapters.database.samples import NOON, host_intent, intent
from tests.adapters.refusing import NOBODY, read_only, without_privileges
from tests.api.test_applying import Watcher
from tests.end_to_end.bench import Bench, statuses
from tests.reliability.fleet import Fleet, Machine, recorded, set_up
from tests.reliability.small_disk import fill, small_disk

NAMES = [f"lab-{number:02}" for number in range(1, 9)]
ADDRESSES = {name: f"10.0.0.{number}" for number, name in enumerate(NAMES, 1)}


class Listener(Watcher):
    """Keeps every result that a person is told."""

    def __init__(self) -> None:
        super().__init__()
        self.results: list[HostResult] = []

    def finished(self, result: HostResult) -> None:
        self.results.append(result)


class Lab:
    """Eight machines, and a controller whose record is on a small disk."""

    def __init__(self, disk: Path, url: str | None = None) -> None:
        self.disk = disk
        self.fleet = Fleet({ADDRESSES[name]: Machine(name, f"SER-{name}") for name in NAMES})
        self.database = Database(url, disk, "controller-1")
        self.site: FakeSite = self.fleet.site(ADDRESSES, serials={}, concurrency=4, kind=recorded(self.database))
        self.number = 0
        self.site.token = self._token  # type: ignore[method-assign]

    def _token(self) -> str:
        self.number += 1
        return f"{self.number:06x}{'0' * 10}"

    def told_is_stored(self, watcher: Listener) -> None:
        """What a person was told is done is in the record, in the newest run."""
        told = {each.host for each in watcher.results if each.outcome is Outcome.OK or each.verified}
        newest = self.database.history.runs(1)
        detail = self.database.history.run(newest[0].run) if newest else None
        stored = {host.host for host in detail.hosts if host.outcome is Outcome.OK} if detail else set()
        assert told <= stored

    def is_sound(self) -> None:
        connection = sqlite3.connect(self.disk / ".deskprov/deskprov.db")
        try:
            assert connection.execute("PRAGMA integrity_check").fetchone() == ("ok",)
        finally:
            connection.close()

    def goes_on(self) -> None:
        """The next run does all that is left."""
        assert {host.outcome for host in set_up(self.site, NAMES).hosts} == {Outcome.OK}
        assert all(machine.folders == {f"/srv/{machine.name}"} for machine in self.fleet.at.values())


@pytest.fixture
def lab(tmp_path: Path) -> Iterator[Lab]:
    with small_disk(tmp_path / "disk", 4) as disk:
        made = Lab(disk)
        yield made
        made.database.close()


def test_without_room_no_run_begins() -> None:
    fleet = Fleet({ADDRESSES[name]: Machine(name) for name in NAMES})
    site = fleet.site(ADDRESSES, serials={})
    site.rooms.now = [Room("the record", "/srv/site", 100 * 10**9, 499 * 10**6), Room("runs", "/run", 10**7, 6 * 10**5)]
    with pytest.raises(NoRoom, match=r"/srv/site \(the record\) has 475.9 MiB left") as told:
        set_up(site, NAMES)
    assert "/run" not in told.value.message
    assert told.value.hint == "Make room, and look again: df -h /srv/site"
    assert (site.transport.asked, site.history.runs(5)) == ([], [])
    site.rooms.now = [Room("the record", "/srv/site", 100 * 10**9, 501 * 10**6)]
    assert {host.outcome for host in set_up(site, NAMES).hosts} == {Outcome.OK}


@pytest.mark.root
def test_a_disk_full_at_the_start(lab: Lab) -> None:
    lab.site.rooms = FileSystemRooms({"the record": lab.disk / ".deskprov" / "not-there-yet"})  # type: ignore[assignment]
    ballast = fill(lab.disk)
    with pytest.raises(NoRoom):
        set_up(lab.site, NAMES)
    assert lab.site.transport.asked == []
    ballast.unlink()
    lab.goes_on()


@pytest.mark.root
def test_a_record_on_a_full_disk_says_why_it_cannot_be_read(tmp_path: Path) -> None:
    with small_disk(tmp_path / "disk") as disk:
        database = Database(None, disk, "controller-1")
        database.record.begin(intent())
        database.close()
        fill(disk)
        with pytest.raises(RecordError, match="not even to read it: the disk is full"):
            Database(None, disk, "controller-1").history.runs(1)


@pytest.mark.root
def test_a_disk_that_fills_in_mid_run(lab: Lab) -> None:
    plays = 0

    def at_the_third(address: str) -> None:
        nonlocal plays
        plays += 1
        if plays == len(NAMES) + 3:
            fill(lab.disk)

    lab.fleet.before_connecting = at_the_third
    watcher = Listener()
    with pytest.raises(NotRecorded, match="the disk is full") as told:
        set_up(lab.site, NAMES, watcher)
    lab.told_is_stored(watcher)
    assert any("not in the record" in result.message for result in watcher.results)
    assert "deskprov run resume" in told.value.hint
    (lab.disk / "ballast").unlink()
    lab.is_sound()
    lab.fleet.before_connecting = lambda address: None
    lab.goes_on()


@pytest.mark.root
@pytest.mark.parametrize("step", [8, pytest.param(1, marks=pytest.mark.soak)])
def test_a_disk_that_has_room_for_ever_more_pages(lab: Lab, step: int) -> None:
    """So that every write of a run, and every commit, is once the first that finds no room."""
    ends: Counter[str] = Counter()
    pages = 0
    while not ends["through"]:
        assert pages < 1000, ends
        pages += step
        for machine in lab.fleet.at.values():
            machine.folders.clear()
        before = len(lab.database.history.runs(1000))
        lab.database.close()  # folds the write-ahead log into the file, so that every round begins alike
        ballast = fill(lab.disk, leaving=(pages - step) * 4096)
        watcher = Listener()
        try:
            set_up(lab.site, NAMES, watcher)
            ends["through"] += 1
        except RecordError as error:
            ends["stopped" if isinstance(error, NotRecorded) else "not begun"] += 1
        ballast.unlink()
        begun = len(lab.database.history.runs(1000)) > before
        assert begun or not any(result.outcome is Outcome.OK for result in watcher.results)
        if begun:
            lab.told_is_stored(watcher)
        lab.is_sound()
        lab.goes_on()
    assert min(ends["not begun"], ends["stopped"]) > 3, ends


@pytest.mark.root
def test_a_database_locked_in_mid_run(tmp_path: Path) -> None:
    with small_disk(tmp_path / "disk", 4) as disk:
        lab = Lab(disk, "sqlite:///.deskprov/deskprov.db?timeout=0.1")
        (disk / ".deskprov").mkdir(exist_ok=True)
        other = sqlite3.connect(disk / ".deskprov/deskprov.db", isolation_level=None, check_same_thread=False)

        class Impatient(Listener):
            def started(self, host: str, resource: str, number: int, total: int) -> None:
                with suppress(sqlite3.OperationalError):
                    other.execute("BEGIN IMMEDIATE")

        watcher = Impatient()
        with pytest.raises(NotRecorded, match="The record is busy"):
            set_up(lab.site, NAMES, watcher)
        lab.told_is_stored(watcher)
        other.execute("ROLLBACK")
        other.close()
        lab.goes_on()
        lab.database.close()


Said = Callable[..., str]


@pytest.fixture
def said(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> Said:
    """A command on a site that has a record, its status demanded, and all it said."""
    (tmp_path / "site").mkdir()
    bench = Bench(tmp_path / "site")

    def command(*arguments: str, status: int = 0) -> str:
        found = run(["-C", str(bench.root), *arguments])
        told = capsys.readouterr()
        assert found == status, told
        return told.out + told.err

    bench.profile("office", "folders:\n  - path: /srv/one\n")
    command("host", "add", "lab-01", "--address", "127.0.0.1", "--port", "9", "--profile", "office")
    database = Database(None, bench.root, "controller-1")
    asset = Asset(tag="GV-1", serial="PF3X", host="lab-01")
    database.assets.save([AssetChange(None, asset)], NOON, "robin")
    database.record.begin(intent(hosts=["lab-01"]))
    database.record.intend(host_intent(intent().run, "lab-01"))
    database.close()
    assert not list(bench.root.glob(".deskprov/*-wal"))
    return command


def read_only_record_is_read_and_never_written(said: Said) -> None:
    assert "GV-1" in said("asset", "list")
    assert "PF3X" in said("asset", "show", "GV-1")
    assert "setup" in said("run", "list")
    assert "lab-01" in said("host", "history", "GV-1")
    for arguments in (("setup", "lab-01", "--yes"), ("asset", "note", "GV-1", "seen"), ("asset", "add", "tag=GV-2")):
        words = said(*arguments, status=1)
        assert "The record cannot be written: its file, or its folder, is read-only." in words
        assert "Check who owns" in words


@pytest.mark.root
def test_a_record_on_a_read_only_disk(said: Said, tmp_path: Path) -> None:
    with read_only(tmp_path / "site" / ".deskprov"):
        read_only_record_is_read_and_never_written(said)


@pytest.mark.root
def test_a_record_that_is_read_only_for_its_reader(said: Said, tmp_path: Path) -> None:
    site = tmp_path / "site"
    for folder in (tmp_path, *tmp_path.parents[:-2]):
        folder.chmod(0o755)
    for path in (site, *site.rglob("*")):
        os.chown(path, NOBODY, -1)
    (site / ".deskprov/deskprov.db").chmod(0o400)
    with without_privileges():
        read_only_record_is_read_and_never_written(said)


class SmallRuns(RealSite):
    """A site whose run folders are on a disk of their own."""

    def __init__(self, folder: Path, disk: Path) -> None:
        super().__init__(folder)
        self.runner = AnsibleRunner(self.secrets, folder, bases=[disk])  # type: ignore[misc]


@pytest.mark.practice
@pytest.mark.ansible
def test_a_run_folder_without_room(bench: Bench) -> None:
    bench.profile("office", "folders:\n  - path: /srv/one\n")
    with tempfile.TemporaryDirectory(dir="/tmp") as short, small_disk(Path(short) / "runs", 8) as disk:
        site = SmallRuns(bench.root, disk)
        request = Request(["practice-1"], "office")
        for leaving in (0, 8 * 4096, 24 * 4096):
            ballast = fill(disk, leaving)
            [host] = apply(site, request, Watcher(), lambda plans: True, verb="setup").hosts
            assert (host.outcome, host.verified) == (Outcome.FAILED, False), leaving
            assert "df -h" in host.hint or "Ansible ended before" in host.message, host
            ballast.unlink()
        [host] = apply(site, request, Watcher(), lambda plans: True, verb="setup").hosts
        assert (host.outcome, host.verified) == (Outcome.OK, True), host
        assert list(disk.iterdir()) == []
        newest = site.history.runs(4)
        assert [each.state for each in newest] == [RunState.ENDED] * 4


@pytest.mark.practice
@pytest.mark.ansible
def test_a_machine_without_room(bench: Bench) -> None:
    profile = "folders:\n  - path: /srv/two\nfiles:\n  - path: /full/note.txt\n    content: hello\n"
    bench.profile("full", profile)
    bench.on("practice-1", "sh", "-c", "mkdir /full && mount -t tmpfs -o size=64k full /full")
    bench.on("practice-1", "sh", "-c", "cat /dev/zero >/full/ballast || true")
    run_ = bench.data("setup", "practice-1", "--profile", "full", "--yes", "--json", status=1)
    assert statuses(run_, "practice-1") == {"folders//srv/two": "changed", "files//full/note.txt": "failed"}
    [message] = [r["message"] for r in run_["hosts"][0]["results"] if r["status"] == "failed"]
    assert message == "The machine's disk is full. Make room on it, then run this again."
    bench.on("practice-1", "rm", "/full/ballast")
    again = bench.data("setup", "practice-1", "--profile", "full", "--yes", "--json")
    assert statuses(again, "practice-1") == {"folders//srv/two": "ok", "files//full/note.txt": "changed"}
