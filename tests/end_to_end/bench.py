"""A site in a folder of its own, the command line as a user runs it, and practice machines to run it on."""

import json
import os
import subprocess
import sys
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from deskprov.practice.machines import LinuxPracticeMachines

SETTINGS = """\
format: 1
name: Example school district
secrets:
  tech-password: {env: BENCH_TECH_PASSWORD}
  sudo-password: {env: BENCH_SUDO_PASSWORD}
  nowhere: {env: BENCH_NOT_SET}
"""


@dataclass
class Bench:
    """What a technician has in front of them."""

    root: Path
    env: dict[str, str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.write("deskprov.yml", SETTINGS)
        self.write("inventory_hosts/hosts.yml", "all:\n  hosts: {}\n")
        (self.root / "profiles").mkdir()

    @property
    def machines(self) -> LinuxPracticeMachines:
        return LinuxPracticeMachines(self.root / ".deskprov" / "practice")

    def write(self, path: str, text: str) -> Path:
        file = self.root / path
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text, "utf-8", newline="")
        return file

    def profile(self, name: str, body: str) -> None:
        """A linux profile with this body."""
        self.write(f"profiles/{name}.yml", f"profile: {name}\nplatform: linux\n{body}")

    def command(self, *arguments: str) -> list[str]:
        return [sys.executable, "-m", "deskprov", "-C", str(self.root), *arguments]

    def environment(self) -> Mapping[str, str]:
        return {**os.environ, "NO_COLOR": "1", "COLUMNS": "160", **self.env}

    def start(self, *arguments: str) -> "subprocess.Popen[bytes]":
        """Runs a command and does not wait for it."""
        return subprocess.Popen(
            self.command(*arguments),
            env=self.environment(),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            start_new_session=True,
        )

    def run(self, *arguments: str, status: int | Sequence[int] = 0, timeout: float = 240) -> str:
        """Runs a command, demands its exit status, and returns all it said."""
        done = subprocess.run(
            self.command(*arguments),
            env=self.environment(),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            timeout=timeout,
            check=False,
        )
        said = done.stdout.decode("utf-8", "replace")
        allowed = [status] if isinstance(status, int) else list(status)
        assert done.returncode in allowed, f"deskprov {' '.join(arguments)} ended with {done.returncode}:\n{said}"
        assert "Traceback" not in said, said
        return said

    def data(self, *arguments: str, status: int | Sequence[int] = 0, timeout: float = 240) -> Any:
        """Runs a command that answers in JSON on standard output."""
        done = subprocess.run(
            self.command(*arguments),
            env=self.environment(),
            stdin=subprocess.DEVNULL,
            capture_output=True,
            timeout=timeout,
            check=False,
        )
        allowed = [status] if isinstance(status, int) else list(status)
        said = done.stderr.decode("utf-8", "replace")
        assert done.returncode in allowed, f"deskprov {' '.join(arguments)} ended with {done.returncode}:\n{said}"
        return json.loads(done.stdout)

    def on(self, machine: str, *argv: str, stdin: bytes = b"") -> bytes:
        """Runs something as root inside a machine, behind deskprov's back, and returns its output."""
        done = self.machines.command(machine, argv, input=stdin)
        assert done.returncode == 0, f"{argv} on {machine}: {done.stderr.decode('utf-8', 'replace')}"
        return done.stdout


@contextmanager
def bench_with(root: Path, count: int) -> Iterator[Bench]:
    """A site with so many practice machines of Linux, practice-1 and on."""
    bench = Bench(root)
    bench.run("practice", "start", "linux", "--count", str(count))
    try:
        yield bench
    finally:
        bench.run("practice", "stop")


def statuses(run: Any, host: str) -> dict[str, str]:
    """Resource → status of one machine in `setup --json`."""
    [one] = [entry for entry in run["hosts"] if entry["host"] == host]
    return {result["resource"]: result["status"] for result in one["results"]}
