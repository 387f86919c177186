"""A machine waits for its turn at the feeds that its steps fetch from, says so once, and gives its turn back."""

from collections.abc import Sequence

import pytest

from deskprov.api.feed_turns import feed_turns
from deskprov.api.messages import Message, Waits
from deskprov.errors import HostError
from deskprov.model.feed import COMMUNITY, COMMUNITY_FEED, FeedLimit, FeedWait
from deskprov.model.playbook import Halt
from deskprov.model.ports.progress import Stage
from deskprov.model.settings import Settings
from deskprov.model.task import ResourceTasks, Task
from deskprov.testing import FakeSite, FixedFeeds, MemoryFiles, MemoryInventory, ScriptedRunner, ScriptedTransport

OWN = "https://feed.example.org/nuget/"
BUSY = FeedWait("at most 10 packages a minute", 30.0)


def steps(*feeds: str) -> list[ResourceTasks]:
    return [
        ResourceTasks(number, f"software/p{number}", "", [Task("Look", "m", {}), Task("Install", "m", {}, feed=feed)])
        for number, feed in enumerate(feeds, 1)
    ]


def site(feeds: FixedFeeds, **limits: FeedLimit) -> FakeSite:
    return FakeSite(
        MemoryFiles({}),
        MemoryInventory(),
        ScriptedTransport(lambda host, program: pytest.fail("a machine was asked")),
        ScriptedRunner(lambda *_: pytest.fail("Ansible was run")),
        settings=Settings(format=1, name="Example", feeds={OWN: limits["own"]} if limits else {}),
        feeds=feeds,
    )


def turn(here: FakeSite, entries: Sequence[ResourceTasks], halts: Sequence[Halt] = ()) -> tuple[bool, list[Message]]:
    """Whether it came, and what was said meanwhile; while it is held its feeds are in use."""
    told: list[Message] = []
    wishes = iter(halts)
    with feed_turns(here, "pc-1", entries, told.append, lambda: next(wishes, Halt.NO)) as come:
        assert bool(here.feeds.held) is (come and bool(here.feeds.asked))
    assert here.feeds.held == []
    return come, told


def test_what_fetches_from_no_feed_or_one_without_a_limit_asks_nobody() -> None:
    for entries in (steps(""), steps(OWN)):
        here = site(FixedFeeds())
        assert turn(here, entries) == (True, [])
        assert here.feeds.asked == []


def test_each_feed_is_asked_once_for_all_that_comes_from_it_in_one_order() -> None:
    here = site(FixedFeeds(), own=FeedLimit(machines_at_once=1))
    assert turn(here, steps(OWN, COMMUNITY_FEED, "", COMMUNITY, OWN.removesuffix("/"))) == (True, [])
    assert here.feeds.asked == [("pc-1", COMMUNITY, 2), ("pc-1", "feed.example.org:443/nuget", 2)]


def test_waiting_is_said_once_in_words_and_that_it_is_over() -> None:
    here = site(FixedFeeds(BUSY, BUSY, BUSY))
    assert turn(here, steps(COMMUNITY_FEED)) == (
        True,
        [
            Waits("pc-1", "waits for its turn at the feed community: at most 10 packages a minute"),
            ("pc-1", Stage.APPLYING),
        ],
    )
    assert len(here.feeds.asked) == 4


def test_who_wants_an_end_does_not_wait_for_the_turn() -> None:
    here = site(FixedFeeds(BUSY, BUSY, BUSY))
    come, told = turn(here, steps(COMMUNITY_FEED), [Halt.NO, Halt.AFTER_STEP])
    assert (come, len(told), len(here.feeds.asked)) == (False, 1, 1)


def test_a_turn_at_one_feed_is_given_back_when_the_other_does_not_come() -> None:
    here = site(FixedFeeds(), own=FeedLimit(machines_at_once=1))
    here.feeds.held.append(("pc-9", "feed.example.org:443/nuget"))
    with pytest.raises(HostError, match="has not come within 120 minutes: others are fetching") as late:
        turn(here, steps(OWN, COMMUNITY_FEED))
    assert "feeds in deskprov.yml" in late.value.hint
    assert here.feeds.held == [("pc-9", "feed.example.org:443/nuget")]
