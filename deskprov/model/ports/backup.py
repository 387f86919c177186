"""Port to backups of the record."""

from datetime import datetime
from typing import Protocol

from deskprov.model.backup import DatabaseState, Restored


class Backups(Protocol):
    """Backs the record up while others write to it. All raise `RecordError`; a server's database has its own tools."""

    def state(self) -> DatabaseState:
        """The record as it is now, with every flaw that a full check finds."""

    def back_up(self, file: str, at: datetime) -> DatabaseState:
        """Writes a checked copy of one moment; `file` is empty for one in the site's own folder, named by `at`.

        Under its name there is never half a copy, and never one that was there before. Raises `WrongUsage` for a file
        that is there already.
        """

    def examine(self, file: str) -> DatabaseState:
        """What a backup holds, and every flaw. Changes nothing."""

    def restore(self, file: str, at: datetime) -> Restored:
        """Puts a backup in the place of the record, which is kept aside; nothing is changed when the backup has a flaw
        or the record is in use.
        """
