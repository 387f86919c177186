"""However a run ends, none of its processes is left here, and an orphan keeps others away from its machine."""

import json
import os
import subprocess
import sys
import time
from pathlib import Path

import pytest
from msgspec.structs import replace

from deskprov.adapters.ansible.processes import MARKER, marked_processes
from deskprov.adapters.ansible.supervision import GRACE_SECONDS, HALT_SECONDS
from deskprov.errors import HostBusy
from deskprov.model.inventory import Host
from deskprov.model.playbook import Halt, RunEnd, TaskEvent
from tests.adapters.ansible.openssh import Server, wait_for
from tests.adapters.ansible.stage import Stage, shell, task, template

pytestmark = [pytest.mark.ansible, pytest.mark.sshd]

RUN_IT = """
import dataclasses, json, sys
from pathlib import Path
from deskprov.model.inventory import Connection, Host
from tests.adapters.ansible.stage import Stage, shell
order = json.load(sys.stdin)
connection = Connection(**order.pop("connection"))
stage = Stage(Host("pc-1", connection, known_host=order["key"]), Path(order["folder"]), Path(order["runs"]))
tasks = [shell("001 Slow", order["script"]), shell("002 Later", order["later"]), shell("003 Later", order["later"])]
stage.run(tasks, on_event=lambda event: print(event.task, flush=True), step_seconds=order["step_seconds"])
"""


def carried(runs: Path) -> list[int]:
    """Processes of any run in this folder, by the marker in their environment or the folder in their arguments."""
    found = []
    for entry in Path("/proc").glob("[0-9]*"):
        try:
            text = (entry / "environ").read_bytes() + b"\0" + (entry / "cmdline").read_bytes()
        except OSError:
            continue
        if str(runs).encode() in text:
            found.append(int(entry.name))
    return found


def lives(pid: int) -> bool:
    """False for a process that is gone, or has ended and only waits to be noticed by its parent."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] not in "ZX"
    except FileNotFoundError:
        return False


def killed_in_its_first_step(stage: Stage, server: Server, script: str, step_seconds: float) -> int:
    """Kills a run of three steps, of which the first is this script, when that has begun; its process id."""
    order = {
        "connection": {
            "address": "127.0.0.1",
            "port": server.port,
            "user": "root",
            "key_file": stage.host.connection.key_file,
        },
        "key": stage.host.known_host,
        "folder": str(stage.folder),
        "runs": str(stage.runs),
        "script": script,
        "later": f"touch {stage.folder}/later",
        "step_seconds": step_seconds,
    }
    with subprocess.Popen([sys.executable, "-c", RUN_IT], stdin=subprocess.PIPE, stdout=subprocess.PIPE) as parent:
        assert parent.stdin is not None
        assert parent.stdout is not None
        parent.stdin.write(json.dumps(order).encode())
        parent.stdin.close()
        assert parent.stdout.readline() == b"001 Slow\n"
        wait_for(lambda: any(b"go-on" in arguments for arguments in _cmdlines()))
        parent.kill()
    wait_for(lambda: not scheduler_lives(stage.runs))
    return parent.pid


def scheduler_lives(runs: Path) -> bool:
    """True while the process of Ansible that begins the steps lives; its parent is the player."""
    family = carried(runs)
    players = [pid for pid in family if b"player.py" in _read(Path(f"/proc/{pid}/cmdline"))]
    status = [_read(Path(f"/proc/{pid}/stat")).rpartition(b")")[2].split() for pid in family]
    return any(int(words[1]) in players for words in status if words)


class Stopwatch:
    """Wants an end once a task has begun; measures from then on."""

    def __init__(self, stage: Stage, task_name: str, wanted: Halt = Halt.AFTER_STEP) -> None:
        self._stage = stage
        self._task = task_name
        self._wanted = wanted
        self.begun = 0.0

    def __call__(self) -> Halt:
        if not self.begun and any(event.task == self._task for event in self._stage.events):
            self.begun = time.monotonic()
        return self._wanted if self.begun else Halt.NO


def test_a_run_that_is_asked_to_end_lets_a_short_step_end_and_begins_no_other(stage: Stage, tmp_path: Path) -> None:
    stage.patience = 60.0  # however busy this computer is
    interrupt = Stopwatch(stage, "002 Short")
    tasks = [shell("001 Quick", "true"), shell("002 Short", "sleep 1"), shell("003 Later", f"touch {tmp_path}/later")]
    outcome = stage.run(tasks, interrupt)
    assert (outcome.end, outcome.statistics) == (RunEnd.HALTED, None)
    assert stage.kinds() == [("001 Quick", "changed"), ("002 Short", "changed")]
    assert not any(event.task == "003 Later" for event in stage.events)
    assert not (tmp_path / "later").exists()
    assert not carried(stage.runs)


def test_asked_in_the_last_step_the_run_comes_to_its_end(stage: Stage) -> None:
    stage.patience = 60.0
    outcome = stage.run([shell("001 Last", "sleep 1")], Stopwatch(stage, "001 Last"))
    assert outcome.end is RunEnd.COMPLETED
    assert outcome.statistics is not None


def test_a_run_that_shall_end_at_once_does_not_wait_for_its_step(stage: Stage) -> None:
    interrupt = Stopwatch(stage, "001 Slow", Halt.AT_ONCE)
    outcome = stage.run([shell("001 Slow", "sleep 60"), shell("002 Later", "true")], interrupt)
    assert time.monotonic() - interrupt.begun < HALT_SECONDS
    assert outcome.end is RunEnd.CANCELLED
    assert not carried(stage.runs)


def test_an_interrupted_run_does_not_wait_for_a_long_step(stage: Stage, tmp_path: Path) -> None:
    interrupt = Stopwatch(stage, "002 Slow")
    outcome = stage.run(
        [shell("001 Quick", "true"), shell("002 Slow", "sleep 60"), shell("003 Later", f"touch {tmp_path}/later")],
        interrupt,
    )
    assert (outcome.end, outcome.statistics) == (RunEnd.CANCELLED, None)
    assert stage.kinds() == [("001 Quick", "changed")]
    assert stage.events[-1].task == "002 Slow"
    assert not carried(stage.runs)
    assert not list(stage.runs.iterdir())
    assert not (tmp_path / "later").exists()


def test_a_run_that_takes_too_long_is_ended(stage: Stage) -> None:
    outcome = stage.run([shell("001 Slow", "sleep 60")], run_seconds=3.0)
    assert (outcome.end, outcome.statistics) == (RunEnd.TIMED_OUT, None)
    assert "The run on pc-1 did not end within 3 s" in outcome.message
    assert not carried(stage.runs)


def test_a_step_that_takes_too_long_fails_and_the_others_go_on(stage: Stage) -> None:
    outcome = stage.run(
        [
            {
                "name": "001 A block",
                "block": [shell("001 Slow", "sleep 60")],
                "rescue": [task("001 Failed", "set_fact", {"deskprov_failed": [1]})],
            },
            shell("002 Next", "true"),
        ],
        step_seconds=2.0,
    )
    assert outcome.end is RunEnd.COMPLETED
    assert stage.kinds() == [("001 Slow", "failed"), ("001 Failed", "ok"), ("002 Next", "changed")]
    assert "Timed out after 2 second" in stage.message("001 Slow")
    assert not carried(stage.runs)


def test_a_step_that_ansible_does_not_end_is_ended_with_the_run(stage: Stage) -> None:
    started = time.monotonic()
    outcome = stage.run([shell("001 Slow", "sleep 120", timeout=0)], step_seconds=1.0)
    assert (outcome.end, outcome.statistics) == (RunEnd.TIMED_OUT, None)
    assert "The step “001 Slow” on pc-1 did not end within 1 s" in outcome.message
    assert time.monotonic() - started < GRACE_SECONDS + 50
    assert not carried(stage.runs)


def test_what_detaches_itself_on_the_controller_is_ended_too(stage: Stage, tmp_path: Path) -> None:
    detached = template(f"lookup('pipe', 'setsid nohup sleep 300 >/dev/null 2>&1 & echo $! > {tmp_path}/pid')")
    stage.run([task("001 Detach", "debug", {"msg": detached})])
    pid = int((tmp_path / "pid").read_text())
    assert not lives(pid)


def test_no_ssh_master_is_left(stage: Stage) -> None:
    masters: list[str] = []

    def look(event: TaskEvent) -> None:
        masters.extend(path.name for path in stage.runs.glob("*/cp/*"))

    outcome = stage.run([shell("001 Go", "true"), shell("002 Go", "true")], on_event=look)
    assert outcome.end is RunEnd.COMPLETED
    assert masters, "no connection was shared"
    assert not carried(stage.runs)


def test_an_error_in_the_callers_code_ends_everything(stage: Stage) -> None:
    def explode(event: TaskEvent) -> None:
        raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        stage.run([shell("001 Slow", "sleep 60")], on_event=explode)
    assert not carried(stage.runs)
    assert not list(stage.runs.iterdir())


def test_an_orphan_holds_its_machine_to_the_end_of_its_step(stage: Stage, server: Server, tmp_path: Path) -> None:
    """The parent is killed in mid-task: until that task has ended, nobody else may work there; no other begins."""
    go_on = tmp_path / "go-on"
    script = f"while [ ! -e {go_on} ]; do sleep 0.1; done; touch {tmp_path}/finished"
    parent = killed_in_its_first_step(stage, server, script, step_seconds=60.0)
    [left] = stage.runs.iterdir()
    assert carried(stage.runs), "nothing outlived the parent, so nothing is proved"

    with pytest.raises(HostBusy) as busy:
        stage.run([shell("001 Other", "true")])
    assert f"process {parent}" in busy.value.message
    assert "Ansible is still finishing" in busy.value.message
    stage.host = _renamed(stage, "pc-2")
    stage.run([shell("001 Other", "true")])  # another machine's run sweeps, and leaves the orphan alone
    assert left.is_dir()
    assert carried(stage.runs)
    assert not (tmp_path / "finished").exists()

    go_on.touch()
    wait_for(lambda: not _holds(stage, "pc-1"))
    assert (tmp_path / "finished").exists()
    wait_for(lambda: not carried(stage.runs))
    assert not (tmp_path / "later").exists()
    stage.host = _renamed(stage, "pc-1")
    outcome = stage.run([shell("001 Other", "true")])
    assert outcome.end is RunEnd.COMPLETED
    assert not list(stage.runs.iterdir())
    assert not carried(stage.runs)


def test_an_orphan_that_hangs_on_its_result_is_ended(stage: Stage, server: Server, tmp_path: Path) -> None:
    """Nobody reads what the step printed, and it is more than a pipe takes: the machine is free again all the same."""
    go_on = tmp_path / "go-on"
    script = f"while [ ! -e {go_on} ]; do sleep 0.1; done; head -c 300000 /dev/zero | tr '\\0' x; touch {tmp_path}/said"
    killed_in_its_first_step(stage, server, script, step_seconds=12.0)
    go_on.touch()
    wait_for(lambda: (tmp_path / "said").exists())
    wait_for(lambda: not carried(stage.runs))
    assert not _holds(stage, "pc-1")
    assert not (tmp_path / "later").exists()


def test_the_marker_is_on_every_process_of_a_run(stage: Stage) -> None:
    seen: list[tuple[int, int]] = []

    def look(event: TaskEvent) -> None:
        [folder] = stage.runs.iterdir()
        marker = folder.name.rpartition("-")[2]
        seen.append((len(marked_processes(marker)), len(carried(stage.runs))))

    stage.run([shell("001 Slow", "sleep 2"), shell("002 Go", "true")], on_event=look)
    assert all(marked >= 2 for marked, _ in seen)
    assert MARKER not in os.environ


def _cmdlines() -> list[bytes]:
    return [_read(path) for path in Path("/proc").glob("[0-9]*/cmdline")]


def _read(path: Path) -> bytes:
    """The content; nothing when its process has ended."""
    try:
        return path.read_bytes()
    except OSError:
        return b""


def _renamed(stage: Stage, name: str) -> Host:
    return replace(stage.host, name=name)


def _holds(stage: Stage, name: str) -> bool:
    try:
        with stage.locks.hold(name, "look"):
            return False
    except HostBusy:
        return True
