"""Port to the turns at package feeds, which everyone who works from this controller shares."""

from typing import Protocol

from deskprov.model.feed import FeedLimit, FeedWait


class FeedTurn(Protocol):
    """A machine's turn, which ends with the process that took it, however that ends."""

    def end(self) -> None:
        """Lets the next one in."""


class FeedTurns(Protocol):
    """Who may fetch from a feed now."""

    def take(self, host_name: str, feed: str, packages: int, limit: FeedLimit) -> FeedTurn | FeedWait:
        """A turn for a machine that is about to install so many packages, if the limit lets it; waits for nothing.

        What was begun counts for the minute even when the turn has ended. `feed` is its name by `feed_called`. Raises
        `HostError` when nobody can say who fetches.
        """
