"""Reads the log back."""

from deskprov.adapters.database import chain
from deskprov.adapters.database.chain_check import check_log
from deskprov.adapters.database.engine import Transactions
from deskprov.model.log import LogCheck, LogHead


class DatabaseLog:
    """The port `ChangeLog`."""

    def __init__(self, transactions: Transactions) -> None:
        self._transactions = transactions

    def head(self) -> LogHead | None:
        """The last entry; None for an empty log."""
        with self._transactions.reading() as connection:
            return chain.head(connection)

    def check(self, noted: LogHead | None) -> LogCheck:
        """Holds the whole log against itself, against the record, and against a head that was noted earlier."""
        with self._transactions.snapshot() as connection:
            return check_log(connection, noted)
