"""How long a practice PC takes to start PowerShell: no time, unless the file in its folder says how many seconds.

A real PC takes about one second or more, for every module that Ansible runs. The file may change at any time.
"""

import time
from collections.abc import Callable
from pathlib import Path


def set_pace(file: Path, seconds: float) -> None:
    """From now on the PC with this file takes so long."""
    new = file.with_suffix(".new")
    new.write_text(str(seconds))
    new.replace(file)


class Pace:
    """What passes while PowerShell starts."""

    def __init__(self, file: Path, sleep: Callable[[float], None] = time.sleep) -> None:
        self._file = file
        self._sleep = sleep

    def start(self) -> None:
        """Returns when PowerShell has started."""
        if self._file.exists():
            self._sleep(float(self._file.read_text()))
