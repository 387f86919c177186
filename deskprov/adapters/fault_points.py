"""Every point at which a run leaves something behind, so that a test can have deskprov killed right there.

`FAULT=transaction-committed:3` in the environment ends this process by SIGKILL when that point is reached for the third
time. A value that names no point, or no number, is nothing. It is the environment and not an object handed down,
because that object would have to pass through every adapter between here and the places that write, for tests alone.
"""

import itertools
import os
import signal
from enum import StrEnum

VARIABLE = "FAULT"


class FaultPoint(StrEnum):
    """The points, in the order in which a first run comes to them."""

    DATABASE_MADE = "database-made"  # the file is there and empty
    TABLES_READY = "tables-ready"  # made, not committed
    TABLES_COMMITTED = "tables-committed"
    TRANSACTION_READY = "transaction-ready"  # of every one of the record: written, not committed
    TRANSACTION_COMMITTED = "transaction-committed"
    FILE_READY = "file-ready"  # of the inventory or the pins: the new one lies beside the old one
    FILE_REPLACED = "file-replaced"
    LOCK_FILE_MADE = "lock-file-made"
    LOCK_TAKEN = "lock-taken"  # the note is still that of an earlier run
    LOCK_NOTED = "lock-noted"
    LEFTOVER_ENDED = "leftover-ended"  # nothing of a dead run lives, its folder is still there
    FOLDER_MADE = "folder-made"  # of the run: nobody has locked it yet
    FOLDER_CLAIMED = "folder-claimed"
    FOLDER_FURNISHED = "folder-furnished"
    PLAYER_STARTED = "player-started"
    PLAYER_ENDED = "player-ended"  # no process of the run lives, its folder is still there
    FOLDER_REMOVED = "folder-removed"


_times = itertools.count(1)


def reach(point: FaultPoint) -> None:
    """Says that the point is reached; costs the look at one variable."""
    wanted, _, number = os.environ.get(VARIABLE, "").partition(":")
    if wanted == point and number.isdecimal() and next(_times) == int(number):
        os.kill(os.getpid(), signal.SIGKILL)
