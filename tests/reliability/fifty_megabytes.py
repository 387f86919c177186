"""A program: a machine answers a step with fifty megabytes; prints what is told of it, and the memory that it took."""

import json
import sys
from pathlib import Path
from tempfile import TemporaryDirectory

from tests.adapters.ansible.openssh import sshd
from tests.adapters.ansible.stage import Stage, shell


def main() -> None:
    """The first argument is how many bytes the machine sends."""
    flood = f"head -c {sys.argv[1]} /dev/zero | tr '\\0' x"
    with (
        TemporaryDirectory(prefix="dpt-", dir="/dev/shm") as runs,
        TemporaryDirectory() as folder,
        sshd(Path(folder)) as server,
    ):
        stage = Stage(server.host(), Path(folder), Path(runs))
        tasks = [shell("001 Flood", f"{flood}; exit 1", ignore_errors=True), shell("002 Next", "echo fine")]
        outcome = stage.run(tasks)
    lines = Path("/proc/self/status").read_text().splitlines()
    [peak] = [int(line.split()[1]) / 1024 for line in lines if line.startswith("VmHWM:")]
    told = {event.task: [event.kind.value, event.message] for event in stage.events if event.kind.value != "started"}
    print(json.dumps({"told": told, "end": outcome.end.value, "failed": outcome.statistics.failed, "peak": peak}))


if __name__ == "__main__":
    main()
