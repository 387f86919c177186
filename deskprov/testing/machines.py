"""Machines, locks and Ansible that do what a test says, and a site made of fakes."""

import hashlib
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, contextmanager, nullcontext
from dataclasses import dataclass, field
from datetime import UTC, datetime
from threading import Lock
from typing import Never

from deskprov.errors import HostBusy, IdentityNotTrusted, NoHostMatched, Unreachable, WrongUsage
from deskprov.model.inventory import Host, Inventory
from deskprov.model.playbook import Halt, PlaybookJob, PlaybookOutcome, TaskEvent
from deskprov.model.ports.backup import Backups
from deskprov.model.ports.machine import Greeting, HeldLock, HostKey
from deskprov.model.ports.practice import PracticeMachines
from deskprov.model.ports.site import Digest, Revision
from deskprov.model.problem import Problem
from deskprov.model.settings import Settings
from deskprov.testing.escrow import MemoryEscrow, MemoryKeys
from deskprov.testing.fixed import FixedClock, FixedFeeds, FixedLog, FixedRooms, FixedSecrets, MemoryRunLogs
from deskprov.testing.keys import FixedKeys, FixedSeals, MemoryBatches, MemoryHostKeys, MemoryLoginKey
from deskprov.testing.record import MemoryRecord
from deskprov.testing.workplace import FixedWorkplace

Play = Callable[[PlaybookJob, Callable[[TaskEvent], None], Callable[[], Halt]], PlaybookOutcome]


@dataclass
class ScriptedTransport:
    """Answers with what `answer` gives; may raise what a transport raises. `asked` has the machines in order."""

    answer: Callable[[Host, bytes], bytes]
    asked: list[str] = field(default_factory=list)

    def ask(self, host: Host, program: bytes) -> bytes:
        """What the script says."""
        self.asked.append(host.name)
        return self.answer(host, program)


@dataclass
class ScriptedApproach:
    """The way to machines by name: the addresses of each, what greets there, and the key it shows.

    A machine that is missing in a table is not reached, or not trusted.
    """

    names: dict[str, Sequence[str]] = field(default_factory=dict)
    greetings: dict[str, Greeting] = field(default_factory=dict)
    keys: dict[str, HostKey] = field(default_factory=dict)

    def addresses(self, host: Host) -> Sequence[str]:
        """Raises `Unreachable`."""
        if host.name not in self.names:
            raise Unreachable(host.name, f"The address {host.connection.address} is not known here.", hint="Mend it.")
        return self.names[host.name]

    def greeting(self, host: Host) -> Greeting:
        """Raises `Unreachable`."""
        if host.name not in self.greetings:
            raise Unreachable(host.name, f"{host.name} does not answer.", hint="Switch it on.")
        return self.greetings[host.name]

    def identity(self, host: Host) -> HostKey:
        """Raises `IdentityNotTrusted`."""
        if host.name not in self.keys:
            raise IdentityNotTrusted(host.name, f"Nobody has confirmed the identity of {host.name}.", hint="Trust it.")
        return self.keys[host.name]


@dataclass
class ScriptedRunner:
    """Plays with `play`; `jobs` has every job in order."""

    play: Play
    jobs: list[PlaybookJob] = field(default_factory=list)

    def run(
        self,
        job: PlaybookJob,
        lock: HeldLock,
        on_event: Callable[[TaskEvent], None],
        halt: Callable[[], Halt],
    ) -> PlaybookOutcome:
        """What the script says."""
        self.jobs.append(job)
        return self.play(job, on_event, halt)


@dataclass(frozen=True)
class _Held:
    descriptor: int = -1


class MemoryLocks:
    """Locks within this process; `held` are the names of machines that are locked now."""

    def __init__(self) -> None:
        self.held: set[str] = set()
        self._uses: Counter[str] = Counter()
        self._guard = Lock()

    def hold(self, host_name: str, purpose: str, identity: str = "") -> AbstractContextManager[HeldLock]:
        """Raises `HostBusy` when the name is held."""
        return self._hold(host_name)

    @contextmanager
    def _hold(self, host_name: str) -> Iterator[HeldLock]:
        with self._guard:
            self._refuse_held(host_name)
            self.held.add(host_name)
            self._uses[host_name] += 1
        try:
            yield _Held()
        finally:
            self.held.discard(host_name)

    def last_use(self, host_name: str, identity: str = "") -> str:
        """Its number. Raises `HostBusy` when the name is held."""
        with self._guard:
            self._refuse_held(host_name)
            return str(self._uses[host_name])

    def _refuse_held(self, host_name: str) -> None:
        if host_name in self.held:
            raise HostBusy(host_name, f"{host_name} is busy with another run.", hint="Wait for it.")


class MemoryFiles:
    """The files of a site as a table from path to content."""

    def __init__(self, files: Mapping[str, str]) -> None:
        self.files = {path: text.encode() for path, text in files.items()}

    def read_bytes(self, path: str) -> bytes:
        """Raises FileNotFoundError."""
        if path not in self.files:
            raise FileNotFoundError(path)
        return self.files[path]

    def digest(self, path: str, beginning: int) -> Digest:
        """Raises FileNotFoundError."""
        content = self.read_bytes(path)
        return Digest(hashlib.sha256(content).hexdigest(), len(content), content[:beginning])

    def exists(self, path: str) -> bool:
        """True for a path of the table."""
        return path in self.files

    def list_yaml(self, folder: str) -> Sequence[str]:
        """Paths below a folder."""
        return sorted(path for path in self.files if path.startswith(f"{folder}/") and path.endswith((".yml", ".yaml")))


class MemoryInventory:
    """An inventory in memory; all machines are in the group `all`."""

    def __init__(self, *hosts: Host) -> None:
        self.hosts = {host.name: host for host in hosts}
        self.batch: list[str] = []

    def read(self) -> Inventory:
        """The machines."""
        return Inventory(dict(self.hosts), {"all": list(self.hosts), "batch": self.batch})

    def problems(self) -> Sequence[Problem]:
        """None."""
        return []

    def add(self, host: Host, group: str | None) -> None:
        """Raises `WrongUsage` when the name is taken."""
        if host.name in self.hosts:
            raise WrongUsage(f"There is a machine called {host.name} already.")
        self.hosts[host.name] = host

    def retire(self, host_name: str) -> None:
        """Raises `NoHostMatched`."""
        if self.hosts.pop(host_name, None) is None:
            raise NoHostMatched(f"There is no machine called {host_name}.")

    def set_batch(self, host_names: Sequence[str]) -> None:
        """Replaces the batch."""
        self.batch = list(host_names)

    def practice(self) -> Sequence[Host]:
        """Those that are marked so."""
        return [host for host in self.hosts.values() if host.practice]

    def write_practice(self, hosts: Sequence[Host]) -> None:
        """Replaces the practice machines."""
        kept = {name: host for name, host in self.hosts.items() if not host.practice}
        self.hosts = kept | {host.name: host for host in hosts}


class ScriptedInterrupts:
    """What is wanted is in `now`."""

    def __init__(self) -> None:
        self.now = Halt.NO

    def held_back(self) -> AbstractContextManager[Callable[[], Halt]]:
        """Never raises."""
        return nullcontext(lambda: self.now)


class NoVersionControl:
    """A site outside of git."""

    def revision(self) -> Revision:
        """No commit."""
        return Revision(commit="", dirty=False)


@dataclass
class FakeSite:
    """A site whose every part is given or a fake."""

    files: MemoryFiles
    inventory: MemoryInventory
    transport: ScriptedTransport
    runner: ScriptedRunner
    approach: ScriptedApproach = field(default_factory=ScriptedApproach)
    workplace: FixedWorkplace = field(default_factory=FixedWorkplace)
    settings: Settings = field(default_factory=lambda: Settings(format=1, name="Example school district"))
    memory: MemoryRecord = field(default_factory=MemoryRecord)
    locks: MemoryLocks = field(default_factory=MemoryLocks)
    secrets: FixedSecrets = field(default_factory=lambda: FixedSecrets({}))
    clock: FixedClock = field(default_factory=lambda: FixedClock(datetime(2026, 9, 1, 8, tzinfo=UTC)))
    feeds: FixedFeeds = field(default_factory=FixedFeeds)
    rooms: FixedRooms = field(default_factory=FixedRooms)
    version_control: NoVersionControl = field(default_factory=NoVersionControl)
    interrupts: ScriptedInterrupts = field(default_factory=ScriptedInterrupts)
    keys: MemoryKeys = field(default_factory=MemoryKeys)
    host_keys: MemoryHostKeys = field(default_factory=MemoryHostKeys)
    ssh_keys: FixedKeys = field(default_factory=FixedKeys)
    login_key: MemoryLoginKey = field(default_factory=MemoryLoginKey)
    batches: MemoryBatches = field(default_factory=MemoryBatches)
    seals: FixedSeals = field(default_factory=FixedSeals)
    log: FixedLog = field(default_factory=FixedLog)
    run_logs: MemoryRunLogs = field(default_factory=MemoryRunLogs)
    practice: Mapping[str, PracticeMachines] = field(default_factory=dict)
    root: str = "/site"
    operator: str = "robin"
    controller: str = "controller-1"
    tokens: int = 0
    passwords: int = 0

    def __post_init__(self) -> None:
        self.escrow = MemoryEscrow(self.memory)

    @property
    def record(self) -> MemoryRecord:
        """The record in memory."""
        return self.memory

    @property
    def assets(self) -> MemoryRecord:
        """The record in memory."""
        return self.memory

    @property
    def history(self) -> MemoryRecord:
        """The record in memory."""
        return self.memory

    @property
    def backups(self) -> Backups:
        """What is in memory has no file."""
        return _none("backups")

    def token(self) -> str:
        """Counts up."""
        self.tokens += 1
        return f"{self.tokens:016x}"

    def new_password(self) -> str:
        """Counts up."""
        self.passwords += 1
        return f"sample-password-{self.passwords}"


def _none(what: str) -> Never:
    raise AssertionError(f"a FakeSite has no {what}")
