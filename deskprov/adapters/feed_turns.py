"""Turns at package feeds, for everyone who works from this controller, whichever site or clone they work in.

Of the machines at work each holds a kernel lock (flock(2)) on one of as many files as there may be machines: a process
that is killed holds nothing any more. What was begun within the last minute stands in one more file, which is locked
only while it is read and written. Nobody waits in the kernel: any user of the controller may hold any of the files.
"""

import fcntl
import json
import os
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from hashlib import sha256
from pathlib import Path

from msgspec import Struct

from deskprov.adapters.clock import SystemClock
from deskprov.adapters.locks import lock_folder, open_for_everyone
from deskprov.errors import HostError
from deskprov.model.feed import FeedLimit, FeedWait
from deskprov.model.ports.site import Clock

MINUTE = 60.0
_ASK_AGAIN = 1.0
_NEXT = MINUTE + 1.0
"""How far what was begun for the next minute may lie ahead, by clocks that are nearly the same."""

_NOTE_BYTES = 64 * 1024

Begun = list[tuple[float, int]]
"""When packages were begun, in seconds of the epoch, and how many; of more than a minute has room for, some later."""


class KernelTurn(Struct, frozen=True):
    """A held lock, or none where the number of machines is not limited."""

    descriptor: int | None

    def end(self) -> None:
        """Lets the next one in."""
        if self.descriptor is not None:
            os.close(self.descriptor)


class KernelFeedTurns:
    """The turns in a folder; that of the whole controller unless another is given."""

    def __init__(self, folder: Path | None = None, clock: Clock | None = None) -> None:
        self._folder = folder or lock_folder()
        self._clock = clock or SystemClock()

    def take(self, host_name: str, feed: str, packages: int, limit: FeedLimit) -> KernelTurn | FeedWait:
        """A turn, or how long to wait for one. Raises `HostError` when the files cannot be used."""
        name = f"deskprov-feed-{sha256(feed.encode()).hexdigest()[:16]}"
        try:
            return self._take(name, packages, limit)
        except OSError as error:
            raise HostError(
                host_name,
                f"Nobody can say who fetches from {feed}: {self._folder}/{name}* cannot be used ({error.strerror}).",
                hint=f"See who owns them: ls -l {self._folder}/{name}*",
            ) from error

    def _take(self, name: str, packages: int, limit: FeedLimit) -> KernelTurn | FeedWait:
        turn = KernelTurn(None)
        if limit.machines_at_once is not None:
            free = self._free_place(name, limit.machines_at_once)
            if free is None:
                return FeedWait(f"{_machines(limit.machines_at_once)} from it already", _ASK_AGAIN)
            turn = KernelTurn(free)
        if limit.packages_per_minute is None:
            return turn
        try:
            seconds = self._begin(self._folder / f"{name}.minute", packages, limit.packages_per_minute)
        except BlockingIOError:
            turn.end()
            return FeedWait("somebody else is looking at what was begun", _ASK_AGAIN)
        except OSError:
            turn.end()
            raise
        if seconds <= 0:
            return turn
        turn.end()
        return FeedWait(f"at most {limit.packages_per_minute} packages a minute", seconds)

    def _free_place(self, name: str, places: int) -> int | None:
        for number in range(1, places + 1):
            descriptor = open_for_everyone(self._folder / f"{name}-{number}.lock")
            try:
                fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                os.close(descriptor)
            except OSError:
                os.close(descriptor)
                raise
            else:
                return descriptor
        return None

    def _begin(self, path: Path, packages: int, per_minute: int) -> float:
        """Notes them if there is room for them; else the seconds until there is.

        Raises `BlockingIOError` while somebody else holds the file.
        """
        now = self._clock.now().timestamp()
        with _locked(path) as descriptor:
            begun = _within(_read(descriptor), now)
            wait = _seconds_until(begun, now, per_minute - min(packages, per_minute))
            if wait <= 0:
                _write(descriptor, [*begun, *_spread(packages, per_minute, now)])
            return wait


@contextmanager
def _locked(path: Path) -> Iterator[int]:
    descriptor = open_for_everyone(path)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        yield descriptor
    finally:
        os.close(descriptor)


def _seconds_until(begun: Begun, now: float, most: int) -> float:
    """Until no more than `most` are left of the last minute; 0 when that is so now."""
    left, wait = sum(count for _, count in begun), 0.0
    for when, count in sorted(begun):
        if left <= most:
            break
        left -= count
        wait = when + MINUTE - now
    return wait


def _spread(packages: int, per_minute: int, now: float) -> Begun:
    """More than a minute's worth takes the minutes after this one, too."""
    whole, rest = divmod(packages, per_minute)
    counts = [per_minute] * whole + ([rest] if rest else [])
    return [(now + number * MINUTE, count) for number, count in enumerate(counts)]


def _within(begun: Begun, now: float) -> Begun:
    """Without what is over. Who takes several minutes leaves none of them out: what lies further ahead than the next
    one after those was written by another clock than this one.
    """
    kept: Begun = []
    last = now
    for when, count in sorted(begun):
        if now - MINUTE < when <= last + _NEXT:
            kept.append((when, count))
            last = max(last, when)
    return kept


def _read(descriptor: int) -> Begun:
    """What the file says. Anyone may have written it: what is of another form is nothing."""
    try:
        entries = json.loads(os.pread(descriptor, _NOTE_BYTES, 0))
    except (ValueError, RecursionError):
        return []
    return [entry for each in entries if (entry := _entry(each))] if isinstance(entries, list) else []


def _entry(entry: object) -> tuple[float, int] | None:
    match entry:
        case [int() | float() as when, int(count)] if count > 0:
            return float(when), count
        case _:
            return None


def _write(descriptor: int, begun: Sequence[tuple[float, int]]) -> None:
    content = json.dumps(begun).encode()
    os.pwrite(descriptor, content, 0)
    os.ftruncate(descriptor, len(content))


def _machines(count: int) -> str:
    return "a machine is fetching" if count == 1 else f"{count} machines are fetching"
