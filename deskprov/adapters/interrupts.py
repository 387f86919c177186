"""Ctrl-C, SIGTERM and a closed terminal, held back while something must end in good order."""

import signal
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from types import FrameType

SIGNALS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)


class SignalInterrupts:
    """The port `Interrupts` over the signals of this process."""

    @contextmanager
    def held_back(self) -> Iterator[Callable[[], bool]]:
        """The first signal is only noted, the second raises KeyboardInterrupt. Gives the question if there was one.

        Outside of the main thread, which alone gets signals, there is nothing to hold back.
        """
        noted = threading.Event()
        if threading.current_thread() is not threading.main_thread():
            yield noted.is_set
            return

        def note(number: int, frame: FrameType | None) -> None:
            if noted.is_set():
                raise KeyboardInterrupt
            noted.set()

        earlier = {number: signal.signal(number, note) for number in SIGNALS}
        try:
            yield noted.is_set
        finally:
            for number, handler in earlier.items():
                signal.signal(number, handler)
