"""Machines that reboot, or do not, as a test says: they answer every question in the agreed form, in time that stands
still but for what waits for it.
"""

import base64
import json
import threading
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any, Literal

import yaml

from deskprov.api.applying import apply
from deskprov.api.looking import Wishes
from deskprov.api.running import Request
from deskprov.errors import SecretUnavailable, Unreachable
from deskprov.model.inventory import Connection, Host
from deskprov.model.playbook import EventKind, PlaybookJob, PlaybookOutcome, RunEnd, Statistics, TaskEvent
from deskprov.model.result import RunResult
from deskprov.testing import FakeSite, FixedClock, MemoryFiles, MemoryInventory, ScriptedRunner, ScriptedTransport
from tests.api.test_applying import Watcher

CONNECT_SECONDS = 10.0
FOR_EVER = float("inf")


class OwnTime(FixedClock):
    """Every thread has a time of its own, so that the waiting for one machine does not age another."""

    def __init__(self) -> None:
        super().__init__(datetime(2026, 9, 1, 8, tzinfo=UTC))
        self._own = threading.local()

    def forward(self, seconds: float) -> None:
        """Moves on, for this thread."""
        self._own.seconds = self.monotonic() + seconds

    def monotonic(self) -> float:
        """Seconds since the start."""
        return float(getattr(self._own, "seconds", 0.0))


@dataclass
class Machine:
    """A machine with files; `away` says for how many seconds each reboot takes it off the network."""

    name: str
    clock: FixedClock
    away: Sequence[float] = (20.0,)
    going_down: float = 1.0
    new_boot: bool = True
    packages_want: Sequence[str] = ()
    takes_back: bool = False
    refuses: SecretUnavailable | None = None
    halts: Literal["", "before", "after", "unreachable"] = ""
    cut_off_by_play: bool = False
    noted_at_play: list[str] = field(default_factory=list)
    files: set[str] = field(default_factory=set)
    note: list[str] = field(default_factory=list)
    reboots: int = 0
    stories: list[str] = field(default_factory=list)
    while_away: Callable[[], None] = lambda: None
    cut_off: bool = False
    _since: float | None = None

    def ask(self, program: bytes) -> bytes:
        """What the program would print on it."""
        self._come_up()
        if self._is_away():
            self.while_away()
            self.clock.forward(CONNECT_SECONDS)
            raise Unreachable(self.name, f"{self.name} cannot be reached: no answer.")
        block = program.decode().rpartition('main("')[2].partition('")')[0]
        data = json.loads(base64.b64decode(block))
        answers = [{"answer": self._about(script, argument)} for script, argument in data["questions"]]
        begin, end = (f"\ndeskprov-{word}-{data['nonce']}\n" for word in ("begin", "end"))
        return f"{begin}{json.dumps({'answers': answers})}{end}".encode()

    def play(self, job: PlaybookJob, on_event: Callable[[TaskEvent], None]) -> PlaybookOutcome:
        """Makes every file of the playbook, unless a secret is refused, or it is to halt before the first."""
        if self.refuses:
            raise self.refuses
        self.noted_at_play = list(self.note)
        self.cut_off = self.cut_off_by_play
        if self.halts == "before":
            return PlaybookOutcome(RunEnd.HALTED, None)
        made = [task for [play] in [yaml.safe_load(job.playbook)] for task in play["tasks"] if "block" in task]
        for task in (block["block"][0] for block in made):
            items = task.get("deskprov.desktop.pack", {}).get("items", ())
            for path in [item["path"] for item in items] or [task["ansible.builtin.copy"]["dest"]]:
                self.files.add(path)
                self.stories.append(f"{path} in life {self.reboots}")
            answers = [
                {"number": item["number"], "changed": True, "failed": False, "skipped": False, "msg": ""}
                for item in items
            ]
            on_event(TaskEvent(self.name, task["name"], EventKind.STARTED))
            on_event(TaskEvent(self.name, task["name"], EventKind.CHANGED, result={"items": answers}))
        if self.halts == "unreachable":
            return PlaybookOutcome(RunEnd.COMPLETED, Statistics(0, 0, 0, 1, 0, 0, 0), "Ansible lost it.")
        if self.halts:
            return PlaybookOutcome(RunEnd.HALTED, None)
        return PlaybookOutcome(RunEnd.COMPLETED, Statistics(len(made), len(made), 0, 0, 0, 0, 0))

    def _about(self, script: str, argument: Any) -> Any:
        match script.rpartition("/")[2], script.rpartition("/")[0].rpartition(".")[2]:
            case "reboot_linux.py", _:
                self._since = self.clock.monotonic()
                return self._boot()
            case "note_linux.py", _:
                self.note = argument
                return True
            case "arm_linux.py" | "effect_linux.py" as name, _:
                self.stories.append(f"{name.partition('_')[0]} in life {self.reboots}")
                return {"problem": ""}
            case "settle_linux.py", _:
                self.stories.append(f"settled in life {self.reboots}")
                return {"kept": not self.takes_back, "problems": []}
            case "probe_linux.py", "reboot":
                state = "stopping" if self._since is not None else "running"
                return {"boot": self._boot(), "state": state, "left_to_do": self.note}
            case "probe_linux.py", "linux_reboot":
                return [] if self.reboots else list(self.packages_want)
            case "probe_linux.py", "facts":
                return {"hostname": self.name, "machine_id": "0" * 32}
            case "probe_linux.py", "dpkg":
                return []
            case "probe_linux.py", "file_system":
                return _FILE if argument in self.files else None
            case _:
                return {"sha256": argument[1], "text": None} if argument[0] in self.files else None

    def _boot(self) -> str:
        return f"life-{self.reboots if self.new_boot else 0}"

    def _is_away(self) -> bool:
        return self.cut_off or (self._since is not None and self.clock.monotonic() - self._since >= self.going_down)

    def _come_up(self) -> None:
        if self._since is None:
            return
        gone = self.clock.monotonic() - self._since
        lasts = self.away[min(self.reboots, len(self.away) - 1)]
        if gone >= self.going_down + lasts:
            self._since = None
            self.reboots += 1
            if self.new_boot:
                self.note = []


_FILE = {"kind": "file", "mode": "0644", "owner": "root", "group": "root", "size": 1, "target": None, "entries": None}


class Room:
    """A site with such machines, all with the profile of this text."""

    def __init__(self, body: str, *names: str, **about: Any) -> None:
        self.clock = OwnTime()
        self.machines = {name: Machine(name, self.clock, **about) for name in names}
        hosts = [Host(name, Connection("192.0.2.1", user="root"), profile="lab") for name in names]
        self.site = FakeSite(
            MemoryFiles({"profiles/lab.yml": f"profile: lab\nplatform: linux\n{body}"}),
            MemoryInventory(*hosts),
            ScriptedTransport(lambda host, program: self.machines[host.name].ask(program)),
            ScriptedRunner(lambda job, on_event, cancelled: self.machines[job.host.name].play(job, on_event)),
            clock=self.clock,
        )

    def setup(self, *, reboots: bool = True) -> RunResult:
        """`deskprov setup` on all of them."""
        request = Request(list(self.machines), wishes=Wishes(reboots=reboots))
        return apply(self.site, request, Watcher(), lambda plans: True, verb="setup")
