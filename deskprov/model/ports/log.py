"""Port to the log of all changes. It is written with the changes themselves, through the ports that make them."""

from typing import Protocol

from deskprov.model.log import LogCheck, LogHead


class ChangeLog(Protocol):
    """The chained log of the site; all raise `RecordError`."""

    def head(self) -> LogHead | None:
        """The last entry; None for an empty log."""

    def check(self, noted: LogHead | None) -> LogCheck:
        """Holds the whole log against itself, against the record, and against a head that was noted earlier."""
