"""Processes that write to, back up and restore a record, which tests kill."""

from datetime import timedelta
from multiprocessing.connection import Connection
from pathlib import Path

from deskprov.adapters.database.backup import DatabaseBackups
from deskprov.adapters.database.database import Database
from deskprov.model.history import AssetEvent, EventKind
from tests.adapters.database.samples import NOON

CONTROLLER = "controller-1"


def write_notes(root: Path, told: Connection) -> None:
    """Adds notes, numbered from 0, to the one asset until killed; tells each number when it is promised to be kept."""
    database = Database(None, root, CONTROLLER)
    [asset] = database.assets.all()
    number = 0
    while True:
        database.assets.log(asset, AssetEvent(NOON, "robin", EventKind.NOTE, str(number)))
        told.send(number)
        number += 1


def back_up_again_and_again(root: Path, folder: Path, told: Connection) -> None:
    """Backs up until killed; tells before each that it begins."""
    backups = DatabaseBackups(None, root)
    number = 0
    while True:
        told.send(number)
        backups.back_up(str(folder / f"{number}.db"), NOON)
        number += 1


def restore_again_and_again(root: Path, one: Path, other: Path, told: Connection) -> None:
    """Restores one and the other in turn until killed; tells before each that it begins."""
    backups = DatabaseBackups(None, root)
    number = 0
    while True:
        told.send(number)
        aside = backups.restore(str((one, other)[number % 2]), NOON + timedelta(seconds=number)).aside
        if number % 5 == 4:
            Path(aside).unlink()
        number += 1
