"""Whether the process behind a practice machine lives: it holds a lock that the kernel takes from it when it dies."""

import fcntl
import os
from pathlib import Path


def is_held(life_lock: Path) -> bool:
    """True while a process holds the lock on this file; False also when there is no such file."""
    try:
        descriptor = os.open(life_lock, os.O_RDONLY)
    except FileNotFoundError:
        return False
    try:
        fcntl.flock(descriptor, fcntl.LOCK_SH | fcntl.LOCK_NB)
    except BlockingIOError:
        return True
    finally:
        os.close(descriptor)
    return False
