"""Secrets, time, disks and a log that are what a test says they are."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import datetime, timedelta

from deskprov.errors import SecretUnavailable
from deskprov.formats.salts import salt_of
from deskprov.model.escrow import owner_of
from deskprov.model.feed import FeedLimit, FeedWait
from deskprov.model.log import LogCheck, LogFlaw, LogHead
from deskprov.model.ports.run_log import RunLog
from deskprov.model.room import Room
from deskprov.model.secret import SecretRef, Value


class FixedSecrets:
    """Secrets from a table, in the plain form only.

    `asked` names those whose value was handed out, in order, and `prepared` those that a person would have been asked
    for before the work.
    """

    def __init__(self, values: Mapping[str, str]) -> None:
        self._values = dict(values)
        self._held: dict[tuple[str, str], Value] = {}
        self.asked: list[str] = []
        self.prepared: list[str] = []

    def value(self, secret: SecretRef) -> str:
        """The value that is held, or from the table. Raises `SecretUnavailable` when there is none."""
        self.asked.append(secret.name)
        return self._found(secret).plain

    def salt(self, secret: SecretRef) -> str:
        """Made of the mark of what is held, or of the value."""
        found = self._found(secret)
        return salt_of(found.mark or found.plain, secret)

    def hold(self, secret: SecretRef, value: Value) -> None:
        """Adds it; a password of a machine's own is that of this machine only."""
        self._values[secret.name] = value.plain
        self._held[_whose(secret)] = value

    def _found(self, secret: SecretRef) -> Value:
        self.check(secret.name)
        return self._held.get(_whose(secret)) or Value(self._values[secret.name])

    def check(self, name: str) -> None:
        """Raises `SecretUnavailable` when the name is not in the table."""
        if name not in self._values:
            raise SecretUnavailable(f"The secret {name} is not declared.")

    def lack(self, secret: SecretRef) -> SecretUnavailable | None:
        """What is not in the table, unless deskprov makes it."""
        if secret.name in self._values or owner_of(secret).is_account:
            return None
        return SecretUnavailable(f"No value is kept for {secret.name}.", hint=f"deskprov secret set {secret.name}")

    def prepare(self, names: Iterable[str]) -> None:
        """Notes the names in `prepared`; nobody is asked."""
        self.prepared += names

    def prepare_to_write(self, names: Iterable[str]) -> None:
        """Notes them likewise."""
        self.prepare(names)


def _whose(secret: SecretRef) -> tuple[str, str]:
    return secret.name, secret.host if secret.owner else ""


class FixedRooms:
    """File systems that are as full as a test says; none at first, so that there is room."""

    def __init__(self, *rooms: Room) -> None:
        self.now = list(rooms)

    def rooms(self) -> Sequence[Room]:
        """Those of `now`."""
        return list(self.now)


class FixedFeeds:
    """Turns at feeds, each refused as often as `waits` has a reason; `held` are the machines that have one, each
    with its feed.

    `asked` has each question by machine, feed and number of packages.
    """

    def __init__(self, *waits: FeedWait) -> None:
        self.waits = list(waits)
        self.asked: list[tuple[str, str, int]] = []
        self.held: list[tuple[str, str]] = []

    def take(self, host_name: str, feed: str, packages: int, limit: FeedLimit) -> "FixedTurn | FeedWait":
        """The next reason to wait, then a turn; never more turns at once than the limit has."""
        self.asked.append((host_name, feed, packages))
        if self.waits:
            return self.waits.pop(0)
        there = sum(held == feed for _, held in self.held)
        if limit.machines_at_once is not None and there >= limit.machines_at_once:
            return FeedWait("others are fetching", 1.0)
        return FixedTurn(self.held, (host_name, feed))


class FixedTurn:
    """A turn that stands in a list as long as it lasts."""

    def __init__(self, held: list[tuple[str, str]], own: tuple[str, str]) -> None:
        self._held, self._own = held, own
        held.append(own)

    def end(self) -> None:
        """Takes it out of the list."""
        self._held.remove(self._own)


class FixedClock:
    """Time that stands still until it is moved."""

    def __init__(self, start: datetime) -> None:
        self._start = start
        self._seconds = 0.0

    def forward(self, seconds: float) -> None:
        """Moves on."""
        self._seconds += seconds

    def jump(self, seconds: float) -> None:
        """Somebody sets the clock: the time of day is another at once, and no time has passed."""
        self._start += timedelta(seconds=seconds)

    def now(self) -> datetime:
        """The time of day."""
        return self._start + timedelta(seconds=self._seconds)

    def monotonic(self) -> float:
        """Seconds since the start."""
        return self._seconds

    def sleep(self, seconds: float) -> None:
        """Moves on at once."""
        self.forward(seconds)


class FixedLog:
    """A log that always ends the same; a check against another head than its own finds a flaw."""

    def __init__(self, head: LogHead | None = None) -> None:
        self._head = head

    def head(self) -> LogHead | None:
        """The head as given."""
        return self._head

    def check(self, noted: LogHead | None) -> LogCheck:
        """Only the head is looked at."""
        known = self._head is not None and noted is not None and self._head.hash.startswith(noted.hash)
        flaws = () if noted is None or known else (LogFlaw(noted.number, "it is another one than was noted"),)
        return LogCheck(self._head.number if self._head else 0, self._head, flaws, noted)


class MemoryRunLogs:
    """Logs of runs in memory: the lines of each, by run."""

    def __init__(self) -> None:
        self.lines: dict[str, list[str]] = {}

    @contextmanager
    def open(self, run: str) -> Iterator[RunLog]:
        """The log of a run."""
        yield _MemoryRunLog(self.lines.setdefault(run, []))

    def place(self, run: str) -> str:
        """There is no file."""
        return ""


class _MemoryRunLog:
    def __init__(self, lines: list[str]) -> None:
        self._lines = lines

    def write(self, line: str) -> None:
        self._lines.append(line)
