"""The record as one thing to open: runs, assets and history over the same database, each loaded when it is used."""

from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

from deskprov.adapters.database.engine import Transactions

if TYPE_CHECKING:
    from deskprov.adapters.database.asset_store import DatabaseAssets
    from deskprov.adapters.database.change_log import DatabaseLog
    from deskprov.adapters.database.escrow import DatabaseEscrow
    from deskprov.adapters.database.history import DatabaseHistory
    from deskprov.adapters.database.record import DatabaseRecord
    from deskprov.adapters.escrow.sealing import Seal


class Database:
    """A site's database, opened when first used; whatever is asked of it may raise `RecordError`.

    `url` is `database` of deskprov.yml, None for `.deskprov/deskprov.db` in the site's folder `root`; `controller` is
    the name of this computer, as runs have it.
    """

    def __init__(self, url: str | None, root: Path, controller: str) -> None:
        self._url = url
        self._root = root
        self._controller = controller

    @cached_property
    def transactions(self) -> Transactions:
        """The open database."""
        return Transactions(self._url, self._root)

    @cached_property
    def record(self) -> "DatabaseRecord":
        """Writes runs."""
        from deskprov.adapters.database.record import DatabaseRecord

        return DatabaseRecord(self.transactions)

    @cached_property
    def assets(self) -> "DatabaseAssets":
        """Reads and edits assets."""
        from deskprov.adapters.database.asset_store import DatabaseAssets

        return DatabaseAssets(self.transactions)

    @cached_property
    def history(self) -> "DatabaseHistory":
        """Reads runs."""
        from deskprov.adapters.database.history import DatabaseHistory

        return DatabaseHistory(self.transactions, self._controller)

    def escrow(self, seal: "Seal") -> "DatabaseEscrow":
        """What is kept sealed."""
        from deskprov.adapters.database.escrow import DatabaseEscrow

        return DatabaseEscrow(self.transactions, seal)

    @cached_property
    def log(self) -> "DatabaseLog":
        """Reads the log."""
        from deskprov.adapters.database.change_log import DatabaseLog

        return DatabaseLog(self.transactions)

    def close(self) -> None:
        """Closes all connections; the next use opens it again."""
        for name in ("record", "assets", "history", "log"):
            self.__dict__.pop(name, None)
        if "transactions" in self.__dict__:
            self.__dict__.pop("transactions").close()
