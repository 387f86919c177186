"""A network of machines that are not there: they answer probes in the agreed form and do what playbooks say.

Fast enough for a thousand runs. Whoever connects gets the machine that has the address at that moment, and keeps it to
the end of the connection, as with SSH.
"""

import base64
import json
import threading
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import yaml

from deskprov.adapters.database.database import Database
from deskprov.api.applying import apply
from deskprov.api.running import Request
from deskprov.errors import Unreachable
from deskprov.model.asset import Asset
from deskprov.model.inventory import Connection, Host
from deskprov.model.playbook import EventKind, PlaybookJob, PlaybookOutcome, RunEnd, Statistics, TaskEvent
from deskprov.model.ports.assets import AssetChange
from deskprov.model.result import RunResult
from deskprov.model.settings import Settings
from deskprov.stages.render import GUARD
from deskprov.testing import FakeSite, MemoryFiles, MemoryInventory, ScriptedRunner, ScriptedTransport
from tests.api.test_applying import Watcher

PROFILE = "profile: {name}\nplatform: linux\nfolders:\n  - path: /srv/{name}\n"


@dataclass
class Machine:
    """One machine: who it is, and the folders it has."""

    name: str
    serial: str = ""
    uuid: str = ""
    machine_id: str = ""
    folders: set[str] = field(default_factory=set)

    def answer(self, program: bytes) -> bytes:
        """What the probe would print on it."""
        block = program.decode().rpartition('main("')[2].partition('")')[0]
        data = json.loads(base64.b64decode(block))
        answers = [{"answer": self._about(script, argument)} for script, argument in data["questions"]]
        begin, end = (f"\ndeskprov-{word}-{data['nonce']}\n" for word in ("begin", "end"))
        return f"{begin}{json.dumps({'answers': answers})}{end}".encode()

    def knows(self, expected: Iterable[str]) -> bool:
        """Whether all these texts identify it."""
        return set(expected) <= {text.lower() for text in (self.serial, self.uuid, self.machine_id)}

    def _about(self, script: str, argument: Any) -> Any:
        if "facts" in script:
            dmi = {"product_serial": self.serial, "product_uuid": self.uuid}
            return {"hostname": self.name, "machine_id": self.machine_id, "dmi": dmi}
        if "dpkg" in script:
            return []
        return _FOLDER if argument in self.folders else None


_FOLDER = {
    "kind": "folder",
    "mode": "0755",
    "owner": "root",
    "group": "root",
    "size": None,
    "entries": 0,
    "target": None,
}


class Fleet:
    """Machines by address. `before_connecting` is called with the address, and may raise or swap addresses."""

    def __init__(self, machines: Mapping[str, Machine]) -> None:
        self.at = dict(machines)
        self.guard = threading.Lock()
        self.before_connecting: Callable[[str], None] = lambda address: None

    def connect(self, host: Host) -> Machine:
        """The machine that has the address now. Raises what `before_connecting` raises, and `Unreachable`."""
        address = host.connection.address
        self.before_connecting(address)
        with self.guard:
            if address not in self.at:
                raise Unreachable(host.name, f"{host.name} does not answer.")
            return self.at[address]

    def ask(self, host: Host, program: bytes) -> bytes:
        """One round trip."""
        return self.connect(host).answer(program)

    def play(
        self, job: PlaybookJob, on_event: Callable[[TaskEvent], None], cancelled: Callable[[], bool]
    ) -> PlaybookOutcome:
        """Does what the playbook says: the guard first, then the folders."""
        machine = self.connect(job.host)
        [play] = yaml.load(job.playbook, _Loader)
        done = 0
        for task in play["tasks"]:
            name = job.host.name
            if task.get("name") == GUARD:
                if not machine.knows(task["vars"]["deskprov_looked_at"]):
                    on_event(TaskEvent(name, GUARD, EventKind.FAILED, result={"failed_when_result": True}))
                    return PlaybookOutcome(RunEnd.COMPLETED, Statistics(0, 0, 1, 0, 0, 0, 0))
                continue
            for step in task["block"]:
                on_event(TaskEvent(name, step["name"], EventKind.STARTED))
                machine.folders.add(step["ansible.builtin.file"]["path"])
                on_event(TaskEvent(name, step["name"], EventKind.CHANGED))
                done += 1
        return PlaybookOutcome(RunEnd.COMPLETED, Statistics(done + 1, done, 0, 0, 0, 0, 0))

    def site(
        self,
        hosts: Mapping[str, str],
        *,
        serials: Mapping[str, str],
        concurrency: int = 10,
        kind: type[FakeSite] = FakeSite,
    ) -> FakeSite:
        """A technician's site: machines by name with their addresses, and the serial numbers that the record has.

        Each machine's profile wants one folder, which has the machine's name.
        """
        site = kind(
            MemoryFiles({f"profiles/{name}.yml": PROFILE.format(name=name) for name in hosts}),
            MemoryInventory(*(Host(name, Connection(a, user="root"), profile=name) for name, a in hosts.items())),
            ScriptedTransport(self.ask),
            ScriptedRunner(self.play),
            settings=Settings(format=1, name="Example school district", concurrency=concurrency),
        )
        known = [AssetChange(None, Asset(host=name, serial=serial)) for name, serial in serials.items()]
        site.assets.save(known, site.clock.now(), "robin")
        return site


def recorded(database: Database) -> type[FakeSite]:
    """A site of fakes but for its record, which is a real database."""

    class Recorded(FakeSite):
        record = property(lambda self: database.record)
        assets = property(lambda self: database.assets)
        history = property(lambda self: database.history)

    return Recorded


def set_up(site: FakeSite, targets: Sequence[str], watcher: Watcher | None = None) -> RunResult:
    """`setup TARGET… --yes`."""
    return apply(site, Request(targets), watcher or Watcher(), lambda plans: True, verb="setup")


class _Loader(yaml.CSafeLoader):
    """Reads what is marked unsafe as the text that it is."""


_Loader.add_constructor("!unsafe", lambda loader, node: loader.construct_scalar(node))
