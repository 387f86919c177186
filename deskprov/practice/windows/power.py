"""The power of a practice PC: it runs until it is told to end, or to start again, which takes it off the network."""

import time
from collections.abc import Sequence
from threading import Event, Thread

from deskprov.model.practice_models import State
from deskprov.practice.windows.computer import Computer
from deskprov.practice.windows.endpoint import Endpoint
from deskprov.practice.windows.faults import Fault, Faults
from deskprov.practice.windows.models import MODELS
from deskprov.practice.windows.ssh_door import SshDoor

GRACE_SECONDS = 0.3
"""For the answer that it was told: `shutdown /t` of a real PC gives five."""

AWAY_SECONDS = 0.5


class Power:
    """`off` is set when it shall not start again."""

    def __init__(self) -> None:
        self.off = Event()
        self._pressed = Event()

    def switch_off(self) -> None:
        """Ends it for good; may be called by a signal handler."""
        self.off.set()
        self._pressed.set()

    def restart(self) -> None:
        """Ends this life, a moment later."""
        self._pressed.set()

    def serve(self, door: Endpoint | SshDoor) -> None:
        """Answers until it goes down."""
        # not in this thread, which serves and would wait for itself
        Thread(target=self._end, args=(door,), daemon=True).start()
        door.serve_forever(poll_interval=0.1)

    def start_again(self, computer: Computer, faults: Faults) -> int:
        """Comes back after a while, in a new life; its number. Only then is it the time at which it started."""
        due = faults.at_reboot()
        if not self.off.wait(_seconds(due, "away", AWAY_SECONDS)):
            self._pressed.clear()
        if again := _seconds(due, "again", 0):
            Thread(target=self._restart_after, args=(again,), daemon=True).start()
        return computer.change(lambda state: _start(state, due))

    def _restart_after(self, seconds: float) -> None:
        if not self.off.wait(seconds):
            self.restart()

    def _end(self, door: Endpoint | SshDoor) -> None:
        self._pressed.wait()
        self.off.wait(GRACE_SECONDS)
        door.shutdown()


def _start(state: State, due: Sequence[Fault]) -> int:
    machine = state["machine"]
    machine["boot"] = int(time.time())
    machine["boot_id"] += 0 if any(fault.do == "same" for fault in due) else 1
    machine["busy"] = sum(fault.answers for fault in due)
    for start in MODELS.starts:
        start(state)
    return int(machine["boot_id"])


def _seconds(due: Sequence[Fault], kind: str, otherwise: float) -> float:
    return next((fault.seconds for fault in due if fault.do == kind), otherwise)
