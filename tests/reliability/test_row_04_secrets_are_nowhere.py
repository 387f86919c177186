"""Row 4: three secrets, seven ways a run can go, five levels of talk, and none of them anywhere but where it belongs.

The secrets are those of the log-in, of sudo and of an account that is made. What can go wrong goes wrong while the
module that has the secret is at work: `chpasswd` on the machine is one that waits, or that says what it was told.
"""

import os
import signal
import subprocess
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from deskprov.practice.waiting import wait_until
from tests.canary import CONTROLLER, Canaries, new_canaries
from tests.end_to_end.bench import Bench

pytestmark = [pytest.mark.practice, pytest.mark.timeout(600)]

PROFILE = """\
users:
  - name: tech
    full_name: Technician
    shell: /bin/bash
    password: module
"""
SETTINGS = """\
format: 1
name: Example school district
step_minutes: {step_minutes}
secrets:
  login: {{command: [cat, {vault}/login]}}
  sudo: {{command: [cat, {vault}/sudo]}}
  module: {{command: [cat, {vault}/module]}}
"""
SAYS = "#!/bin/sh\ntee /dev/stderr\nexit 1\n"  # what it is told is a hash made here
WAITS = "#!/bin/sh\ntouch /run/at-work\nexec sleep 600\n"
DISK = "16m"
OF_ACCOUNTS = ("/etc/shadow", "/etc/shadow-")
"""Where the hash of the new account's password belongs."""

UP_SECONDS = 60.0


@dataclass(frozen=True)
class Room:
    """practice-1 under the name pc-1, with a log-in and a sudo that each want a password of their own."""

    bench: Bench
    canaries: Canaries
    vault: Path

    def settings(self, step_minutes: float) -> None:
        self.bench.write("deskprov.yml", SETTINGS.format(step_minutes=step_minutes, vault=self.vault))

    def afresh(self) -> None:
        """No account, the machine's own chpasswd, nothing at work."""
        self.settings(15)
        self.on("rm -f /usr/local/sbin/chpasswd /run/at-work /fill; userdel -rf tech 2>/dev/null || true")

    def on(self, script: str) -> bytes:
        return self.bench.on("practice-1", "sh", "-c", script)

    def chpasswd(self, program: str) -> None:
        """Puts a program in place of the machine's chpasswd."""
        self.bench.on(
            "practice-1", "install", "-m", "755", "/dev/stdin", "/usr/local/sbin/chpasswd", stdin=program.encode()
        )

    def at_work(self) -> bool:
        return self.bench.machines.command("practice-1", ["test", "-e", "/run/at-work"]).returncode == 0

    def started(self, verbosity: int) -> "subprocess.Popen[bytes]":
        """A setup whose module has the secret and waits."""
        self.chpasswd(WAITS)
        process = self.bench.start(*self.setup(verbosity))
        assert wait_until(self.at_work, UP_SECONDS), process.communicate(timeout=60)
        return process

    def setup(self, verbosity: int) -> list[str]:
        return ["setup", "pc-1", "--profile", "office", "--yes", *(["-" + "v" * verbosity] if verbosity else [])]

    def ended(self, process: "subprocess.Popen[bytes]", status: int) -> bytes:
        out, err = process.communicate(timeout=120)
        assert process.returncode == status, err.decode("utf-8", "replace")
        return out + err


@pytest.fixture(scope="module")
def bench(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Bench]:
    """A site with practice-1, whose state and record are on a small disk of their own."""
    bench = Bench(tmp_path_factory.mktemp("site"))
    place = bench.root / ".deskprov"
    place.mkdir(mode=0o700)
    subprocess.run(["mount", "-t", "tmpfs", "-o", f"mode=0700,size={DISK}", "tmpfs", place], check=True)
    try:
        bench.run("practice", "start", "linux")
        yield bench
    finally:
        bench.run("practice", "stop")
        subprocess.run(["umount", "--lazy", place], check=True)


@pytest.fixture(scope="module")
def room(bench: Bench) -> Room:
    canaries = new_canaries(["login", "sudo", "module"])
    vault = bench.root.parent / "vault"
    vault.mkdir(mode=0o700)
    for name, value in canaries.values.items():
        (vault / name).write_text(value + "\n", "utf-8")
    room = Room(bench, canaries, vault)
    room.settings(15)
    bench.profile("office", PROFILE)
    bench.on("practice-1", "chpasswd", stdin=f"deskprov:{canaries.values['login']}\n".encode())
    bench.on("practice-1", "chpasswd", stdin=f"root:{canaries.values['sudo']}\n".encode())
    sudoers = "Defaults rootpw, timestamp_timeout=0\ndeskprov ALL=(ALL) ALL\n"
    bench.on("practice-1", "sh", "-c", "rm -f /etc/sudoers.d/*; cat > /etc/sudoers.d/deskprov", stdin=sudoers.encode())
    [machine] = bench.data("practice", "list", "--json")["machines"]
    bench.run(
        *("host", "add", "pc-1", "--address", machine["address"], "--port", str(machine["port"])),
        *("--user", machine["user"], "--password-secret", "login", "--become-secret", "sudo", "--profile", "office"),
    )
    bench.write("inventory_hosts/known_hosts.txt", f"pc-1 {machine['host_key']}\n")
    return room


def ok(room: Room, verbosity: int) -> bytes:
    return room.bench.run(*room.setup(verbosity)).encode()


def fail(room: Room, verbosity: int) -> bytes:
    room.chpasswd(SAYS)
    return room.bench.run(*room.setup(verbosity), status=1).encode()


def unreachable(room: Room, verbosity: int) -> bytes:
    process = room.started(verbosity)
    room.on("systemctl kill --signal=KILL ssh; pkill -KILL sshd; systemctl stop ssh")
    try:
        return room.ended(process, 4)
    finally:
        room.on("pkill -KILL sleep; systemctl start ssh")


def time_out(room: Room, verbosity: int) -> bytes:
    room.settings(0.05)
    return room.ended(room.started(verbosity), 1)


def cancel(room: Room, verbosity: int) -> bytes:
    process = room.started(verbosity)
    process.send_signal(signal.SIGINT)
    return room.ended(process, 130)


def killed(room: Room, verbosity: int) -> bytes:
    """What is left lies there until the next start, which sweeps it."""
    process = room.started(verbosity)
    process.kill()
    said = room.ended(process, -signal.SIGKILL)
    room.on("rm /usr/local/sbin/chpasswd; pkill -KILL sleep")
    assert wait_until(lambda: "is busy" not in room.bench.run(*room.setup(0), status=(0, 75)), UP_SECONDS)
    return said


def disk_full(room: Room, verbosity: int) -> bytes:
    """The disk of the record, while the module is at work."""
    process = room.started(verbosity)
    place = room.bench.root / ".deskprov"
    with pytest.raises(OSError, match="No space left"), (place / "fill").open("wb", buffering=0) as file:
        while True:
            file.write(b"x" * 4096)
    room.on("pkill -KILL sleep")
    said = room.ended(process, 1)
    (place / "fill").unlink()
    return said


WAYS: dict[str, Callable[[Room, int], bytes]] = {
    way.__name__: way for way in (ok, fail, unreachable, time_out, cancel, killed, disk_full)
}
OFTEN = [(name, 4) for name in WAYS]
SELDOM = [(name, verbosity) for name in WAYS for verbosity in range(5) if (name, verbosity) not in OFTEN]


@pytest.mark.parametrize(
    ("way", "verbosity"), [*OFTEN, *(pytest.param(*case, marks=pytest.mark.soak) for case in SELDOM)]
)
def test_nothing_of_it_anywhere(room: Room, way: str, verbosity: int) -> None:
    room.afresh()
    with room.canaries.watched(frozenset({os.getpid()})) as seen:
        said = WAYS[way](room, verbosity)
    assert not seen
    assert not room.canaries.what(said)
    assert_nowhere(room)


def assert_nowhere(room: Room) -> None:
    def by_right(path: Path) -> bool:
        return path.is_relative_to(room.vault)

    assert not room.canaries.in_files([room.bench.root, *CONTROLLER], by_right)
    program, order = room.canaries.search_on_machine(but=OF_ACCOUNTS)
    assert room.bench.on("practice-1", "python3", "-c", program, stdin=order) == b""
    journal = room.on("journalctl --no-pager --output=export 2>/dev/null || true")
    assert not room.canaries.what(journal)


def test_nothing_of_it_is_passed_on(room: Room) -> None:
    """What the record, the profile and the plan say to people and programs."""
    room.afresh()
    ok(room, 0)
    said = [
        room.bench.run(*command)
        for command in (
            ("asset", "show", "pc-1", "--json"),
            ("asset", "export", "csv"),
            ("run", "list", "--json"),
            ("run", "show", "--json"),
            ("host", "history", "pc-1"),
            ("render", "pc-1", "-o", str(room.bench.root / "playbooks")),
            ("plan", "pc-1", "--json"),
            ("config", "show"),
            ("db", "backup", str(room.bench.root / "copy.db")),
        )
    ]
    assert not room.canaries.what("".join(said).encode())
    assert_nowhere(room)
