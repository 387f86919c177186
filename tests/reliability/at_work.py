"""A bench with practice machines, and eyes for the processes that deskprov starts for it on this controller."""

import re
import sqlite3
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from deskprov.adapters.ansible.processes import FOLDER_PREFIX, MARKER, marked_processes
from tests.end_to_end.bench import Bench

BASE = Path("/dev/shm")
PATIENCE_SECONDS = 90.0
_MARKED = re.compile(rb"(?:^|\0)" + MARKER.encode() + rb"=([0-9a-f]+)\0")


@contextmanager
def practice_bench(root: Path, machines: int = 1) -> Iterator[Bench]:
    """A site with so many practice machines, practice-1 and so on."""
    bench = Bench(root, env={"BENCH_TECH_PASSWORD": "correct horse battery"})
    bench.run("practice", "start", "linux", "--count", str(machines))
    try:
        yield bench
    finally:
        bench.run("practice", "stop")


def runs_at_work(bench: Bench) -> set[str]:
    """The markers of this bench's runs of which a process lives here."""
    markers = set()
    for folder in BASE.glob(f"{FOLDER_PREFIX}*"):
        marker = folder.name.removeprefix(FOLDER_PREFIX)
        if _of_bench(folder, bench) and marked_processes(marker):
            markers.add(marker)
    return markers


def _of_bench(folder: Path, bench: Bench) -> bool:
    try:
        return str(bench.root) in (folder / "inventory.yml").read_text()
    except OSError:
        return False


class Lookout:
    """Watches, until it is closed, how many runs of one bench are at work at the same time."""

    def __init__(self, bench: Bench) -> None:
        self.most = 0
        self._bench = bench
        self._over = threading.Event()
        self._thread = threading.Thread(target=self._look)

    def __enter__(self) -> "Lookout":
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._over.set()
        self._thread.join()

    def _look(self) -> None:
        while not self._over.wait(0.1):
            self.most = max(self.most, len(runs_at_work(self._bench)))


def until(true: Callable[[], bool], what: str) -> float:
    """Waits for it, and returns the seconds that it took."""
    begun = time.monotonic()
    while not true():
        assert time.monotonic() - begun < PATIENCE_SECONDS, f"{what} did not happen"
        time.sleep(0.05)
    return time.monotonic() - begun


def hold_back_groupadd(bench: Bench, machine: str, group: str) -> None:
    """Making this group lasts until `let_go`, for the first who makes it; what is made is written down."""
    bench.on(
        machine,
        "sh",
        "-c",
        "[ -e /usr/sbin/groupadd.real ] || mv /usr/sbin/groupadd /usr/sbin/groupadd.real; "
        "cat > /usr/sbin/groupadd; chmod 755 /usr/sbin/groupadd; rm -rf /run/go-on /run/begun",
        stdin=(
            "#!/bin/sh\n"
            f'case "$*" in *{group}*) mkdir /run/begun && while [ ! -e /run/go-on ]; do sleep 0.1; done;; esac\n'
            '/usr/sbin/groupadd.real "$@" && echo "$*" >> /run/made\n'
        ).encode(),
    )


def has_begun(bench: Bench, machine: str) -> bool:
    """True once the group is being made."""
    return bool(bench.on(machine, "sh", "-c", "ls -d /run/begun 2>/dev/null || true"))


def let_go(bench: Bench, machine: str) -> None:
    """Lets every groupadd that is held back go on."""
    bench.on(machine, "touch", "/run/go-on")


def made(bench: Bench, machine: str, group: str) -> int:
    """How often this group was really made."""
    return bench.on(machine, "sh", "-c", "cat /run/made 2>/dev/null || true").decode().split().count(group)


def shadow(bench: Bench, machine: str, user: str) -> str:
    """The user's password hash; empty when there is no such user or it has none."""
    line = bench.on(machine, "sh", "-c", f"grep '^{user}:' /etc/shadow || true").decode()
    value = line.split(":")[1] if line else ""
    return value if value.startswith("$") else ""


def database_is_whole(bench: Bench) -> bool:
    """What SQLite says of the record."""
    connection = sqlite3.connect(bench.root / ".deskprov/deskprov.db")
    try:
        return bool(connection.execute("PRAGMA integrity_check").fetchone() == ("ok",))
    finally:
        connection.close()


def newest(bench: Bench) -> Any:
    """The newest run, with its machines."""
    return bench.data("run", "show", "--json")
