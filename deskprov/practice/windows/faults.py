"""What goes wrong with a practice PC on purpose, told by a file in its folder that may change at any time.

A list of faults, each for an operation (`Create`, `Command`, `Send`, `Receive`, `Signal`, `Delete`, or `*`) and for a
number of times. What each does:

* `drop`: the connection ends without an answer, before anything was done
* `break`: the same, but after it was done
* `hang`: there is no answer for `seconds`, and then as `drop`
* `deny`, `quota`, `timeout`: the answer is this fault of WS-Man
* `noise`: the output begins with lines that nobody asked for
* `garbage`: the output is nothing but such lines

At `Connect` there is `hang` only: the PC takes the connection and says nothing, as one that is asleep. At `Reboot`:

* `away`: it is off the network for `seconds`, and not for the usual moment
* `same`: afterwards it counts as many starts as before
* `busy`: afterwards it is still at updates for `answers` answers
* `again`: it is up for `seconds`, and then starts again by itself

At `Undo` there is `cut` only: in the middle of taking back a change by itself the power fails, and it starts again.
"""

import json
import threading
from collections.abc import Iterator, Sequence
from pathlib import Path

from msgspec import Struct

KINDS = ("drop", "break", "hang", "deny", "quota", "timeout", "noise", "garbage")
AT_REBOOT = ("away", "same", "busy", "again")
ANY = "*"
CONNECT = "Connect"
REBOOT = "Reboot"
UNDO = "Undo"


class Fault(Struct, frozen=True):
    """One kind of fault. Raises `ValueError` for one that there is not."""

    at: str
    do: str
    times: int = 1
    seconds: float = 0
    answers: int = 0

    def __post_init__(self) -> None:
        kinds = {REBOOT: AT_REBOOT, CONNECT: ("hang",), UNDO: ("cut",)}.get(self.at, KINDS)
        if self.do not in kinds:
            raise ValueError(f"{self.do} is no fault; there are {', '.join(kinds)}")


class Faults:
    """The faults that are still to happen."""

    def __init__(self, file: Path) -> None:
        self._file = file
        self._read_as: tuple[int, int] | None = None
        self._left: list[tuple[Fault, int]] = []
        self._lock = threading.Lock()

    def next(self, operation: str) -> Fault | None:
        """The fault that is due at this operation now; it is used up by that."""
        with self._lock:
            self._refresh()
            return next(self._due(operation, ANY), None)

    def at_connect(self) -> Fault | None:
        """The fault that is due at this connection; it is used up by that."""
        with self._lock:
            self._refresh()
            return next(self._due(CONNECT), None)

    def at_reboot(self) -> Sequence[Fault]:
        """All that are due at this reboot; each is used once by that."""
        with self._lock:
            self._refresh()
            return list(self._due(REBOOT))

    def at_undo(self) -> Fault | None:
        """The fault that is due at this undo; it is used up by that."""
        with self._lock:
            self._refresh()
            return next(self._due(UNDO), None)

    def _due(self, *places: str) -> Iterator[Fault]:
        for index, (fault, left) in enumerate(self._left):
            if fault.at in places and left > 0:
                self._left[index] = (fault, left - 1)
                yield fault

    def _refresh(self) -> None:
        try:
            about = self._file.stat()
        except FileNotFoundError:
            return
        if self._read_as != (about.st_ino, about.st_mtime_ns):
            self._read_as = (about.st_ino, about.st_mtime_ns)
            planned = [Fault(**fault) for fault in json.loads(self._file.read_text())]
            self._left = [(fault, fault.times) for fault in planned]
