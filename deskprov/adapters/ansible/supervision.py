"""Listens to one run of a playbook, keeps its limits, and judges how it ended."""

import json
import queue
import time
from collections.abc import Callable, Collection, Iterator, Mapping
from threading import Thread
from typing import IO, Any

from deskprov.adapters.ansible import words
from deskprov.adapters.ansible.events import cleaned, statistics, task_event
from deskprov.adapters.ansible.installation import INSTALL
from deskprov.adapters.ansible.player import LINE_LIMIT
from deskprov.errors import RunnerFailed
from deskprov.formats.endpoint_text import one_line
from deskprov.model.playbook import EventKind, Halt, PlaybookJob, PlaybookOutcome, RunEnd, Statistics, TaskEvent

TICK_SECONDS = 0.2
HALT_SECONDS = 5.0
"""How long the step under way may take to end, once the run is asked to; then everything is ended."""

GRACE_SECONDS = 10.0
"""How much longer than its limit a step may take before the run is ended: Ansible's own limit should come first,
because it fails that one step and goes on with the others."""

FAREWELL_SECONDS = 10.0
"""How long the player may take to fall silent once everything has been ended."""

_PRINTED_LIMIT = 64 * 1024


class RunnerRaised(Exception):
    """ansible-runner raised an error in the player; the text is its own."""


class Supervision:
    """One run. `ask` wants Ansible to begin no further task; `stop` ends all processes of the run, at once and for
    good; `secrets` are values that no message may hold.
    """

    def __init__(
        self,
        job: PlaybookJob,
        on_event: Callable[[TaskEvent], None],
        halt: Callable[[], Halt],
        ask: Callable[[], None],
        stop: Callable[[], None],
        secrets: Collection[str],
        patience: float = HALT_SECONDS,
    ) -> None:
        self._job = job
        self._on_event = on_event
        self._halt = halt
        self._ask = ask
        self._patience = patience
        self._stop = stop
        self._secrets = secrets
        self._begun = self._last = time.monotonic()
        self._task = ""
        self._statistics: Statistics | None = None
        self._finished = False
        self._unreachable = ""
        self._hopeless = ""
        self._printed: list[str] = []
        self._asked: float | None = None
        self._stopped: tuple[RunEnd, str] | None = None

    def follow(self, output: IO[bytes]) -> PlaybookOutcome:
        """Passes events on in this thread until the player has ended. Raises `RunnerFailed`."""
        lines: queue.SimpleQueue[bytes | None] = queue.SimpleQueue()
        reader = Thread(target=_read, args=(output, lines), name="playbook", daemon=True)
        reader.start()
        farewell: float | None = None
        while farewell is None or time.monotonic() < farewell:
            try:
                line = lines.get(timeout=TICK_SECONDS)
            except queue.Empty:
                line = b""
            if line is None:
                break
            self._take(line)
            if farewell is None and (self._finished or self._must_stop()):
                farewell = time.monotonic() + FAREWELL_SECONDS
        return self._outcome()

    def _take(self, raw: bytes) -> None:
        line = parsed(raw)
        if "raised" in line:
            raise self._failed(str(line["raised"]))
        if line.get("event") == "playbook_on_stats":
            self._finished = True
            self._statistics = statistics(line, self._job.host.name)
        elif "text" in line and sum(map(len, self._printed)) < _PRINTED_LIMIT:
            self._printed.append(cleaned(str(line["text"]), self._secrets))
        event = task_event(line, self._secrets)
        if event is not None and event.host == self._job.host.name:
            self._last = time.monotonic()
            self._note(event, _phrases(line))
            self._on_event(event)

    def _note(self, event: TaskEvent, phrases: str) -> None:
        self._task = event.task if event.kind is EventKind.STARTED else ""
        if event.kind is EventKind.UNREACHABLE:
            self._unreachable = words.unreachable(self._job.host, f"{event.message}\n{phrases}".strip())
        if event.kind in (EventKind.FAILED, EventKind.UNREACHABLE):
            self._hopeless = words.elevation_refused(self._job.host, phrases)

    def _must_stop(self) -> bool:
        """Ends the run's processes when there is a reason to."""
        reason = self._reason_to_stop()
        if reason is None:
            return False
        self._stopped = reason
        self._stop()
        return True

    def _reason_to_stop(self) -> tuple[RunEnd, str] | None:
        now = time.monotonic()
        host = self._job.host
        if self._hopeless:
            # every further step would send the same password again, until the account is locked
            return RunEnd.DIED, self._hopeless
        if self._is_to_be_cancelled(now):
            return RunEnd.CANCELLED, words.interrupted(host)
        if now - self._begun > self._job.run_seconds:
            return RunEnd.TIMED_OUT, words.run_too_long(host, self._job.run_seconds / 60)
        if now - self._last > self._job.step_seconds + GRACE_SECONDS:
            return RunEnd.TIMED_OUT, words.too_long(host, self._task, self._job.step_seconds / 60)
        return None

    def _is_to_be_cancelled(self, now: float) -> bool:
        """True when the run shall end at once, or was asked to end and did not. Asks when it has to be asked."""
        wanted = self._halt()
        if wanted is Halt.AFTER_STEP and self._asked is None:
            self._asked = now
            self._ask()
        return wanted is Halt.AT_ONCE or (self._asked is not None and now - self._asked > self._patience)

    def _outcome(self) -> PlaybookOutcome:
        if self._stopped is not None:
            end, message = self._stopped
            return PlaybookOutcome(end, self._statistics, message)
        if self._hopeless:
            return PlaybookOutcome(RunEnd.DIED, self._statistics, self._hopeless)
        if not self._finished and self._asked is not None:
            return PlaybookOutcome(RunEnd.HALTED, None, words.interrupted(self._job.host))
        if not self._finished:
            return PlaybookOutcome(RunEnd.DIED, None, words.ended_early(self._job.host, "\n".join(self._printed)))
        if self._statistics is None:
            message = f"Ansible ended without having dealt with {self._job.host.name}."
            return PlaybookOutcome(RunEnd.COMPLETED, None, message)
        return PlaybookOutcome(RunEnd.COMPLETED, self._statistics, self._unreachable)

    def _failed(self, raised: str) -> RunnerFailed:
        full = "No space left" in raised or "quota" in raised
        failure = RunnerFailed(
            self._job.host.name,
            f"Ansible could not be run for {self._job.host.name}: {one_line(raised, 300)}",
            hint="Make room: df -h /dev/shm /tmp" if full else f"If it happens again, install it anew: {INSTALL}",
        )
        failure.__cause__ = RunnerRaised(raised)
        return failure


def bounded_lines(output: IO[bytes], limit: int) -> Iterator[bytes]:
    """The lines, each cut off at `limit` bytes; never more than that of one is in memory."""
    while line := output.readline(limit):
        yield line
        while line and not line.endswith(b"\n"):
            line = output.readline(limit)


def parsed(raw: bytes) -> Mapping[str, Any]:
    """The line as data; nothing for one that was cut off (the player was killed, or it is too long) or is too deep."""
    try:
        line = json.loads(raw)
    except (ValueError, RecursionError):
        return {}
    return line if isinstance(line, Mapping) else {}


def _phrases(line: Mapping[str, Any]) -> str:
    phrases = line.get("phrases")
    return "\n".join(map(str, phrases)) if isinstance(phrases, list) else ""


def _read(output: IO[bytes], lines: "queue.SimpleQueue[bytes | None]") -> None:
    try:
        for line in bounded_lines(output, LINE_LIMIT):
            lines.put(line)
    finally:
        lines.put(None)
