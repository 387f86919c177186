"""Port to the log of one run: what happened and when, for whoever looks into what went wrong."""

from contextlib import AbstractContextManager
from typing import Protocol


class RunLog(Protocol):
    """The log of a run that is open."""

    def write(self, line: str) -> None:
        """Adds a line with the time of day. Never raises: what cannot be written is lost, the run is not."""


class RunLogs(Protocol):
    """One log per run. They are help, not record: they are capped in size and number, and nobody vouches for them."""

    def open(self, run: str) -> AbstractContextManager[RunLog]:
        """The log of a run for as long as the context lasts; values of secrets are taken out of every line."""

    def place(self, run: str) -> str:
        """Where the log of a run is, for a person; empty when there is none (any more)."""
