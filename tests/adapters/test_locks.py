"""One lock per machine: it names its holder, outlives it in whoever has the descriptor, and trusts no file it finds."""

import fcntl
import json
import os
import select
import signal
import stat
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager, suppress
from datetime import UTC, datetime
from pathlib import Path
from threading import Barrier, Event, Thread

import pytest

from deskprov.adapters.locks import KernelLocks, lock_folder
from deskprov.errors import HostBusy, HostError
from deskprov.testing import FixedClock

HOLD_IT = """
import os, subprocess, sys
from pathlib import Path
from deskprov.adapters.locks import KernelLocks
with KernelLocks(Path(sys.argv[1])).hold("pc-1", "setup") as lock:
    heir = 0
    if sys.argv[2:]:
        heir = subprocess.Popen(["sleep", "60"], pass_fds=[lock.descriptor], stdout=subprocess.DEVNULL).pid
    print(os.getpid(), heir, flush=True)
    sys.stdin.read()
"""


@pytest.fixture
def locks(tmp_path: Path) -> KernelLocks:
    return KernelLocks(tmp_path)


@contextmanager
def another_process(folder: Path, *heir: str) -> Iterator[tuple["subprocess.Popen[bytes]", int]]:
    """A process that holds the lock of pc-1, and the id of the one it gave the descriptor to."""
    command = [sys.executable, "-c", HOLD_IT, str(folder), *heir]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as process:
        assert process.stdout is not None
        heir_pid = int(process.stdout.readline().split()[1])
        try:
            yield process, heir_pid
        finally:
            process.kill()
            if heir_pid:
                end(heir_pid)


def end(pid: int) -> None:
    """Kills a process that is not our child, and returns when it is gone."""
    handle = os.pidfd_open(pid)
    signal.pidfd_send_signal(handle, signal.SIGKILL)
    select.select([handle], [], [])
    os.close(handle)


def the_file(folder: Path) -> Path:
    [path] = folder.iterdir()
    return path


def test_a_second_run_is_told_who_holds_the_machine(locks: KernelLocks) -> None:
    with locks.hold("pc-1", "setup"), pytest.raises(HostBusy) as busy, locks.hold("pc-1", "apply"):
        pass
    assert "pc-1 is busy with setup of root" in busy.value.message
    assert str(os.getpid()) in busy.value.message
    assert busy.value.exit_status == 75


def test_it_is_free_again_afterwards(locks: KernelLocks) -> None:
    for _ in range(2):
        with locks.hold("pc-1", "setup") as lock:
            assert os.fstat(lock.descriptor)
    with pytest.raises(OSError, match="Bad file descriptor"):
        os.fstat(lock.descriptor)


def test_it_is_free_again_after_an_error(locks: KernelLocks) -> None:
    with pytest.raises(ZeroDivisionError), locks.hold("pc-1", "setup"):
        raise ZeroDivisionError
    with locks.hold("pc-1", "setup"):
        pass


def test_machines_do_not_block_each_other(locks: KernelLocks) -> None:
    with ExitStack() as stack:
        stack.enter_context(locks.hold("pc-1", "setup", "ssh-ed25519 AAAA"))
        stack.enter_context(locks.hold("pc-2", "setup", "ssh-ed25519 AAAA"))  # imaged from one disk
        stack.enter_context(locks.hold("pc-1", "setup", "ssh-ed25519 BBBB"))  # another site's pc-1
        with pytest.raises(HostBusy), locks.hold("PC-1", "setup", "ssh-ed25519 AAAA"):
            pass


def test_another_process_is_kept_out_and_a_dead_one_holds_nothing(tmp_path: Path, locks: KernelLocks) -> None:
    with another_process(tmp_path) as (process, _):
        with pytest.raises(HostBusy, match=f"process {process.pid}"), locks.hold("pc-1", "setup"):
            pass
        process.kill()
        process.wait()
        with locks.hold("pc-1", "setup"):
            pass


def test_whoever_was_given_the_descriptor_holds_on(tmp_path: Path, locks: KernelLocks) -> None:
    with another_process(tmp_path, "heir") as (process, _):
        process.kill()
        process.wait()
        with pytest.raises(HostBusy) as busy, locks.hold("pc-1", "setup"):
            pass
    assert "was broken off, and Ansible is still finishing" in busy.value.message
    with locks.hold("pc-1", "setup"):
        pass


def test_of_twenty_at_once_one_gets_it(locks: KernelLocks) -> None:
    got: list[str] = []
    barrier, release = Barrier(20), Event()

    def try_it() -> None:
        barrier.wait()
        try:
            with locks.hold("pc-1", "setup"):
                got.append("held")
                release.wait()
        except HostBusy:
            got.append("busy")
        if len(got) == 20:
            release.set()

    threads = [Thread(target=try_it) for _ in range(20)]
    for thread in threads:
        thread.start()
    while len(got) < 20:
        release.wait(0.01)
    release.set()
    for thread in threads:
        thread.join()
    assert got.count("held") == 1


def test_who_asks_is_told_who_works_and_sees_each_use(tmp_path: Path, locks: KernelLocks) -> None:
    assert locks.last_use("pc-1") == ""
    assert not list(tmp_path.iterdir()), "a question makes no file"
    with another_process(tmp_path, "heir") as (process, _):
        with pytest.raises(HostBusy, match=f"pc-1 is busy with setup of root .process {process.pid}, for less"):
            locks.last_use("pc-1")
        process.kill()
        process.wait()
        with pytest.raises(HostBusy, match="was broken off, and Ansible is still finishing"):
            locks.last_use("pc-1")
    before = locks.last_use("pc-1")
    assert before == locks.last_use("pc-1") != ""
    with locks.hold("pc-1", "setup"):
        assert locks.last_use("pc-2") == ""
    assert locks.last_use("pc-1") != before


def test_who_asks_all_the_time_keeps_nobody_from_work(locks: KernelLocks) -> None:
    ended = Event()

    def ask() -> None:
        while not ended.is_set():
            with suppress(HostBusy):
                locks.last_use("pc-1")

    askers = [Thread(target=ask) for _ in range(3)]
    for thread in askers:
        thread.start()
    try:
        for _ in range(300):
            with locks.hold("pc-1", "setup"), pytest.raises(HostBusy):
                locks.last_use("pc-1")
    finally:
        ended.set()
        for thread in askers:
            thread.join()
    assert locks.last_use("pc-1")


class AtAPause(FixedClock):
    """Does something whenever somebody waits."""

    then: Callable[[], object] = staticmethod(lambda: None)

    def sleep(self, seconds: float) -> None:
        super().sleep(seconds)
        self.then()


@pytest.fixture
def asked(tmp_path: Path) -> Iterator[tuple[AtAPause, KernelLocks, int]]:
    """A lock with the note of a run that has ended, and a question that holds it shared."""
    clock = AtAPause(datetime(2026, 9, 1, 8, tzinfo=UTC))
    locks = KernelLocks(tmp_path, clock)
    with locks.hold("pc-1", "setup"):
        pass
    with the_file(tmp_path).open("rb") as question:
        fcntl.flock(question, fcntl.LOCK_SH | fcntl.LOCK_NB)
        yield clock, locks, question.fileno()


def test_a_question_is_waited_for(asked: tuple[AtAPause, KernelLocks, int]) -> None:
    clock, locks, question = asked

    def end_it() -> None:
        fcntl.flock(question, fcntl.LOCK_EX | fcntl.LOCK_NB)  # BlockingIOError if who waits kept anybody away
        fcntl.flock(question, fcntl.LOCK_UN)

    clock.then = end_it
    assert locks.last_use("pc-1"), "two may ask at once"
    assert clock.monotonic() == 0
    with locks.hold("pc-1", "setup"):
        assert clock.monotonic() > 0


def test_a_question_that_does_not_end_is_not_waited_for_for_ever(asked: tuple[AtAPause, KernelLocks, int]) -> None:
    clock, locks, _ = asked
    with pytest.raises(HostBusy, match=r"^pc-1 is busy with another run\.$"), locks.hold("pc-1", "setup"):
        pass
    assert 4 < clock.monotonic() < 6


def test_every_user_may_lock_the_file(tmp_path: Path, locks: KernelLocks) -> None:
    before = os.umask(0o077)
    try:
        with locks.hold("pc-1", "setup"):
            assert stat.S_IMODE(the_file(tmp_path).stat().st_mode) == 0o666
    finally:
        os.umask(before)


@pytest.mark.parametrize("name", ["../escaped", "a/b", "-e", "", "all", "a\0b", "a\nb"])
def test_a_name_never_leaves_the_folder(tmp_path: Path, locks: KernelLocks, name: str) -> None:
    with pytest.raises(HostError), locks.hold(name, "setup"):
        pass
    with pytest.raises(HostError):
        locks.last_use(name)
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize("trap", ["symlink", "hard link", "fifo", "folder"])
def test_what_someone_else_put_there_is_not_touched(tmp_path: Path, trap: str) -> None:
    folder = tmp_path / "locks"
    folder.mkdir()
    locks = KernelLocks(folder)
    with locks.hold("pc-1", "setup"):
        path = the_file(folder)
    path.unlink()
    precious = tmp_path / "precious"
    precious.write_text("precious")
    match trap:
        case "symlink":
            path.symlink_to(precious)
        case "hard link":
            path.hardlink_to(precious)
        case "fifo":
            os.mkfifo(path)
        case _:
            path.mkdir()
    with pytest.raises(HostError, match="cannot be locked"), locks.hold("pc-1", "setup"):
        pass
    with pytest.raises(HostError, match="cannot be locked"):
        locks.last_use("pc-1")
    assert precious.read_text() == "precious"


@pytest.mark.parametrize(
    "note",
    [
        b"",
        b"no json",
        b"[]",
        b'{"pid": "x"}',
        b"\xff\xfe",
        b"[" * 4096,
        b'{"pid": -1, "uid": 99999999999999999999, "purpose": "x", "since": "?"}',
        b'{"pid": 99999999999999999999, "uid": -1, "purpose": "x", "since": "2026-11-24T00:00:00"}',
    ],
)
def test_a_note_that_makes_no_sense_does_no_harm(tmp_path: Path, locks: KernelLocks, note: bytes) -> None:
    with locks.hold("pc-1", "setup"):
        the_file(tmp_path).write_bytes(note)
        with pytest.raises(HostBusy, match="pc-1 is busy"), locks.hold("pc-1", "setup"):
            pass


LOCK_WITHOUT_ROOM = """
import resource, sys
from pathlib import Path
from deskprov.adapters.locks import KernelLocks
from deskprov.errors import HostBusy
resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))
locks = KernelLocks(Path(sys.argv[1]))
with locks.hold("pc-1", "setup"):
    try:
        with locks.hold("pc-1", "apply"):
            print("not locked")
    except HostBusy as busy:
        print(busy.message)
"""


def test_without_room_for_the_note_the_lock_holds_and_names_nobody_of_before(
    tmp_path: Path, locks: KernelLocks
) -> None:
    with another_process(tmp_path):
        pass  # leaves a note
    assert the_file(tmp_path).read_bytes()
    run = [sys.executable, "-c", LOCK_WITHOUT_ROOM, str(tmp_path)]
    done = subprocess.run(run, capture_output=True, text=True, check=True)
    assert done.stdout == "pc-1 is busy with another run.\n"
    before = locks.last_use("pc-1")
    subprocess.run(run, capture_output=True, check=True)
    assert locks.last_use("pc-1") != before, "a use without a note is one, too"


def test_a_note_cannot_speak_to_the_terminal(tmp_path: Path, locks: KernelLocks) -> None:
    with locks.hold("pc-1", "setup"):
        note = {"pid": os.getpid(), "uid": 0, "purpose": "\x1b]0;owned\x07\u202e" + "x" * 500, "since": "now"}
        the_file(tmp_path).write_text(json.dumps(note))
        with pytest.raises(HostBusy) as busy, locks.hold("pc-1", "setup"):
            pass
    assert busy.value.message.isprintable()
    assert len(busy.value.message) < 200


def test_the_usual_folder_is_open_to_all_and_nobody_can_remove_from_it() -> None:
    status = lock_folder().stat()
    assert status.st_uid == 0
    assert status.st_mode & stat.S_ISVTX
    assert status.st_mode & stat.S_IWOTH
