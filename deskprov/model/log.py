"""The log: every change in the order it happened, chained by hashes, so that nobody rewrites it without being seen."""

import re
from enum import StrEnum
from typing import Self

from msgspec import Struct

SHORT = 16
"""Hexadecimal digits of a hash in the short form of a head."""

_HEAD = re.compile(rf"(\d{{1,18}})-([0-9a-f]{{{SHORT},64}})", re.ASCII)


class LogKind(StrEnum):
    """What an entry of the log is about."""

    ADOPTED = "adopted"  # was in the record before it had a log, or before its tables changed
    ASSET_SAVED = "asset_saved"
    ASSET_EVENT = "asset_event"
    OWNED = "owned"  # what deskprov has set on a machine
    RUN_BEGUN = "run_begun"
    MACHINE_INTENDED = "machine_intended"
    MACHINE_ADVANCED = "machine_advanced"
    MACHINE_ENDED = "machine_ended"
    RUN_ENDED = "run_ended"
    ESCROW_SAVED = "escrow_saved"  # sealed, proved, burned or sealed anew
    ESCROW_EVENT = "escrow_event"
    ERASED = "erased"  # personal data was taken out of a row


class LogHead(Struct, frozen=True):
    """An entry of the log that stands for all before it: its number, from 1, and its hash, or how that begins."""

    number: int
    hash: str

    @classmethod
    def read(cls, text: str) -> Self:
        """The head that `short` or `str` wrote. Raises `ValueError`."""
        found = _HEAD.fullmatch(text.strip().lower())
        if not found:
            raise ValueError("not a head")
        return cls(int(found[1]), found[2])

    @property
    def short(self) -> str:
        """Short enough to be written down by hand."""
        return f"{self.number}-{self.hash[:SHORT]}"

    def __str__(self) -> str:
        return f"{self.number}-{self.hash}"


class LogFlaw(Struct, frozen=True):
    """Something that is not as the log says. `number` is the first entry that is not kept; None for what has none."""

    number: int | None
    message: str


class LogCheck(Struct, frozen=True):
    """What became of a check of the whole log: `flaws` in the order of the log, at most a few of each kind.

    `head` is the last entry there is, None for an empty log; `noted` the head that it was held against, if any.
    """

    entries: int
    head: LogHead | None
    flaws: tuple[LogFlaw, ...] = ()
    noted: LogHead | None = None

    @property
    def ok(self) -> bool:
        """True when nothing was altered, as far as this check can tell."""
        return not self.flaws
