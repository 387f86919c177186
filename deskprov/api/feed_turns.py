"""A machine's turn at the package feeds that its next steps fetch from: the site's limits hold over all machines."""

from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from operator import itemgetter

from deskprov.api.messages import Post, Waits
from deskprov.api.site import Site
from deskprov.errors import HostError
from deskprov.model.feed import FeedLimit, FeedWait, feed_called, feed_limit
from deskprov.model.playbook import Halt
from deskprov.model.ports.feeds import FeedTurn
from deskprov.model.ports.progress import Stage
from deskprov.model.task import ResourceTasks

PAUSE_SECONDS = 1.0
"""Between two questions, so that a wish to end is heard soon."""


@contextmanager
def feed_turns(
    site: Site, host_name: str, entries: Sequence[ResourceTasks], post: Post, halt: Callable[[], Halt]
) -> Iterator[bool]:
    """Waits, in words, for the machine's turn at each feed, and holds them; False when an end was wanted before.

    Raises `HostError` when a turn does not come within the time that a run may take.
    """
    addresses = [task.feed for entry in entries for task in entry.tasks if task.feed]
    packages = Counter(map(feed_called, addresses))
    limits = {feed_called(address): feed_limit(address, site.settings.feeds) for address in addresses}
    with ExitStack() as held:
        come = True
        for feed, limit in sorted(
            limits.items(), key=itemgetter(0)
        ):  # in one order, so that no two machines wait for each other
            turn = _wait(site, host_name, feed, packages[feed], limit, post, halt) if limit else None
            if turn:
                held.callback(turn.end)
            elif limit:
                come = False
                break
        yield come


def _wait(
    site: Site,
    host_name: str,
    feed: str,
    packages: int,
    limit: FeedLimit,
    post: Post,
    halt: Callable[[], Halt],
) -> FeedTurn | None:
    begun, told = site.clock.monotonic(), False
    longest = site.settings.run_minutes * 60
    while not halt():
        turn = site.feeds.take(host_name, feed, packages, limit)
        if not isinstance(turn, FeedWait):
            if told:
                post((host_name, Stage.APPLYING))
            return turn
        if site.clock.monotonic() - begun > longest:
            raise HostError(
                host_name,
                f"Its turn at the feed {feed} has not come within {site.settings.run_minutes:g} minutes: {turn.why}.",
                hint="Take fewer machines at once, or let more in: feeds in deskprov.yml.",
            )
        if not told:
            post(Waits(host_name, f"waits for its turn at the feed {feed}: {turn.why}"))
            told = True
        site.clock.sleep(min(turn.seconds, PAUSE_SECONDS))
    return None
