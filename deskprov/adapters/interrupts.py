"""Ctrl-C, SIGTERM and a closed terminal, held back while something must end in good order."""

import signal
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from types import FrameType

from deskprov.model.playbook import Halt

SIGNALS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)


class SignalInterrupts:
    """The port `Interrupts` over the signals of this process."""

    @contextmanager
    def held_back(self) -> Iterator[Callable[[], Halt]]:
        """The first signal asks for an end after the step, the second for one at once, the third raises
        KeyboardInterrupt. Gives the question what is wanted.

        Outside of the main thread, which alone gets signals, there is nothing to hold back.
        """
        if threading.current_thread() is not threading.main_thread():
            yield lambda: Halt.NO
            return
        wanted = Halt.NO

        def note(number: int, frame: FrameType | None) -> None:
            nonlocal wanted
            if wanted is Halt.AT_ONCE:
                raise KeyboardInterrupt
            wanted = Halt(wanted + 1)

        heeded = [number for number in SIGNALS if signal.getsignal(number) is not signal.SIG_IGN]
        earlier = {number: signal.signal(number, note) for number in heeded}
        try:
            yield lambda: wanted
        finally:
            for number, handler in earlier.items():
                signal.signal(number, handler)
