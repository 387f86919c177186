"""Package feeds, and how much a site lets be fetched from one: by all its machines, and all who work from a controller.

Who fetches is told apart by a feed by the address of the building, which all machines of a site share.
"""

import re
from collections.abc import Mapping
from typing import Annotated
from urllib.parse import urlsplit

from msgspec import Struct
from pydantic import AfterValidator, BaseModel, ConfigDict, Field

from deskprov.model.resource import Line
from deskprov.model.text import Accepts, Reach

COMMUNITY = "community"
"""The word for the public feed of Chocolatey."""

COMMUNITY_FEED = "https://community.chocolatey.org/api/v2/"

_FEED = re.compile(r"https://[^\s/@?#]+/\S*")
_OF_COMMUNITY = frozenset(
    {"community.chocolatey.org", "packages.chocolatey.org", "chocolatey.org", "www.chocolatey.org"}
)


def _address(text: str) -> str:
    if not is_feed(text):
        raise ValueError("must be the https address of a Chocolatey feed, or `community` for the public one")
    return text


FeedAddress = Annotated[
    Line, AfterValidator(_address), Accepts("an https address without a password, or `community`", Reach.LINE)
]


class FeedLimit(BaseModel):
    """What may be fetched from a feed at once; what is left out is not limited."""

    model_config = ConfigDict(extra="forbid", frozen=True, strict=True)

    machines_at_once: int | None = Field(
        default=None, ge=1, le=200, description="Machines that may be installing packages from it at the same time."
    )
    packages_per_minute: int | None = Field(
        default=None, ge=1, le=1000, description="Packages of profiles that may be begun within any minute."
    )


COMMUNITY_LIMIT = FeedLimit(packages_per_minute=10)
"""Half of what the public feed takes before it turns an address away for an hour, for what a package itself needs comes
from there, too. "About 20 per minute per IP address": docs.chocolatey.org/en-us/community-repository/
community-packages-disclaimer#rate-limiting, read in its earlier form in chocolatey/choco-wiki on 2026-11-25."""


class FeedWait(Struct, frozen=True):
    """A turn at a feed has not come: why, in words that go on after `waits for its turn at FEED:`, and for how many
    seconds it makes no sense to ask again.
    """

    why: str
    seconds: float


def is_feed(text: str) -> bool:
    """True for `community` and for an https address without a password."""
    return text == COMMUNITY or bool(_FEED.fullmatch(text))


def feed_called(address: str) -> str:
    """One name for all spellings of a feed: `community`, or the address without what makes no difference."""
    parts = urlsplit(address)
    host = (parts.hostname or "").casefold()
    if address == COMMUNITY or host in _OF_COMMUNITY:
        return COMMUNITY
    return f"{host}:{parts.port or 443}{parts.path.rstrip('/')}"


def feed_limit(address: str, stated: Mapping[str, FeedLimit]) -> FeedLimit | None:
    """What the site states for this feed, or the careful limit of the public one; None for no limit."""
    name = feed_called(address)
    own = next((limit for each, limit in stated.items() if feed_called(each) == name), None)
    return own or (COMMUNITY_LIMIT if name == COMMUNITY else None)
