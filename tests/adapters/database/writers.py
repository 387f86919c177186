"""Writers in processes of their own, which tests start together or kill."""

import os
from multiprocessing.connection import Connection
from multiprocessing.synchronize import Barrier
from pathlib import Path

from alembic import command

from deskprov.adapters.database.database import Database
from tests.adapters.database.samples import LAPTOP, NOON, began, ended, host_intent, intent

PRELOADED = (command,)
"""Imported before the processes part, so that those that start together stay together."""

STEPS = 200
BEGUN = -1
"""Told when the run itself is promised to be kept."""


def key(number: int) -> str:
    """The resource of a step."""
    return f"files/{number:03}"


def write_steps(root: Path, controller: str, run: str, told: Connection) -> None:
    """Opens a run and does one step after another; tells the number of each when its row is promised to be kept."""
    record = Database(None, root, controller).record
    record.begin(intent(run))
    record.intend(host_intent(run))
    told.send(BEGUN)
    for number in range(STEPS):
        record.advance([began(run, key(number))])
        record.advance([ended(run, key(number))])
        told.send(number)
    told.close()
    os._exit(0)


def open_and_begin(url: str | None, root: Path, run: str, together: Barrier) -> None:
    """Opens the record at the same moment as the others, and begins a run."""
    together.wait()
    database = Database(url, root, "controller-1")
    database.record.begin(intent(run))
    database.record.saw(f"pc-{run}", LAPTOP, NOON, practice=False)
    database.close()
