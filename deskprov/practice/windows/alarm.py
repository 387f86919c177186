"""The clock of a practice PC's task scheduler, which knows one task: the timed undo."""

import time
from threading import Lock, Timer

from deskprov.model.practice_models import State
from deskprov.practice.windows.answers import undo
from deskprov.practice.windows.computer import Computer
from deskprov.practice.windows.faults import Faults

BEFORE_THE_CUT = 1
"""Steps of an undo that are done when the power fails in the middle of it."""


class Alarm:
    """Takes back what is due, in a thread of its own, as long as the PC is on."""

    def __init__(self, faults: Faults) -> None:
        self._faults = faults
        self._lock = Lock()
        self._timer: Timer | None = None
        self._due = 0.0

    def heed(self, computer: Computer, state: State) -> None:
        """Waits for the time that stands in the state; for none when there is none."""
        due = state["undo"].get("due", 0.0)
        with self._lock:
            if due == self._due:
                return
            if self._timer is not None:
                self._timer.cancel()
            self._due, self._timer = due, None
            if due:
                self._timer = Timer(max(0.0, due - time.time()), self._ring, [computer])
                self._timer.daemon = True
                self._timer.start()

    def _ring(self, computer: Computer) -> None:
        with self._lock:
            self._due = 0.0
        steps = BEFORE_THE_CUT if self._faults.at_undo() else None
        computer.change(lambda state: undo.take_back(state, steps=steps) if undo.is_due(state) else None)
