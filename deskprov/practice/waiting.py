"""Waiting for something that has no event to wait for."""

import time
from collections.abc import Callable

PAUSE = 0.05


def wait_until(condition: Callable[[], bool], seconds: float) -> bool:
    """True as soon as `condition` holds, False when it did not within `seconds`."""
    deadline = time.monotonic() + seconds
    while not condition():
        if time.monotonic() > deadline:
            return False
        time.sleep(PAUSE)
    return True
