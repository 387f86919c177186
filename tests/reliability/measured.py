"""The command line in a process of its own, within limits of the kernel, and how much memory it had at most."""

import json
import os
import resource
import subprocess
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

_PROGRAM = """
import json, pathlib, sys
from deskprov.cli.main import run
status = run(sys.argv[2:])
lines = pathlib.Path("/proc/self/status").read_text().splitlines()
[peak] = [int(line.split()[1]) for line in lines if line.startswith("VmHWM:")]
pathlib.Path(sys.argv[1]).write_text(json.dumps([status, peak]))
"""


@dataclass(frozen=True)
class Measured:
    """How a command ended, what it said, and the most memory it had in use, in MiB; programs it ran do not count."""

    status: int
    out: str
    said: str
    peak: float


def measured(folder: Path, *arguments: str, cpu_seconds: int, env: Mapping[str, str] | None = None) -> Measured:
    """Runs deskprov with these arguments; `folder` is for a file of ours. One that crosses the limits is killed."""
    note = folder / "measured.json"
    note.unlink(missing_ok=True)

    def limit() -> None:
        resource.setrlimit(resource.RLIMIT_CPU, (cpu_seconds, cpu_seconds))

    done = subprocess.run(
        [sys.executable, "-c", _PROGRAM, str(note), *arguments],
        env={**os.environ, "NO_COLOR": "1", **(env or {})},
        stdin=subprocess.DEVNULL,
        capture_output=True,
        preexec_fn=limit,
        check=False,
    )
    said = done.stderr.decode("utf-8", "replace")
    assert done.returncode == 0, f"ended with {done.returncode}: {said[-2000:]}"
    assert "Traceback" not in said
    status, peak = json.loads(note.read_text())
    return Measured(status, done.stdout.decode(), said, peak / 1024)
