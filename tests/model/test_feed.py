"""Which limit holds for which feed, however its address is spelt."""

import pytest

from deskprov.model.feed import COMMUNITY, COMMUNITY_FEED, COMMUNITY_LIMIT, FeedLimit, feed_called, feed_limit
from deskprov.model.settings import Settings

OWN = FeedLimit(machines_at_once=3)


@pytest.mark.parametrize(
    "address", [COMMUNITY, COMMUNITY_FEED, "https://Community.Chocolatey.org/api/v2", "https://chocolatey.org/api/v2/"]
)
def test_the_public_feed_has_a_careful_limit_of_its_own_under_each_of_its_names(address: str) -> None:
    assert feed_called(address) == COMMUNITY
    assert feed_limit(address, {}) is COMMUNITY_LIMIT
    assert COMMUNITY_LIMIT.packages_per_minute is not None
    assert COMMUNITY_LIMIT.packages_per_minute < 20, "at which the feed turns an address away"
    assert feed_limit(address, {COMMUNITY_FEED: OWN}) is OWN


def test_another_feed_has_the_limit_that_the_site_states_or_none() -> None:
    stated = {"https://Feed.example.org/nuget": OWN}
    assert feed_limit("https://feed.example.org:443/nuget/", stated) is OWN
    for other in ("https://feed.example.org/other/", "https://feed.example.org:8443/nuget"):
        assert feed_limit(other, stated) is None


@pytest.mark.parametrize(
    ("feeds", "words"),
    [
        ({"http://feed.example.org/": {}}, "https address of a Chocolatey feed"),
        ({"https://me:secret@feed.example.org/": {}}, "https address of a Chocolatey feed"),
        ({COMMUNITY: {"packages_per_minute": 0}}, "greater than or equal to 1"),
        ({COMMUNITY: {"packages_per_hour": 5}}, "Extra inputs are not permitted"),
    ],
)
def test_a_limit_that_makes_no_sense_is_refused(feeds: dict[str, object], words: str) -> None:
    with pytest.raises(ValueError, match=words):
        Settings.model_validate({"format": 1, "name": "Example", "feeds": feeds})
