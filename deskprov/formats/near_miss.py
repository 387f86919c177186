"""Finds the word that somebody probably meant, for hints."""

from collections.abc import Iterable
from difflib import get_close_matches

LONGEST = 100
"""Characters; a longer word is no slip of the fingers, and comparing it would be slow."""


def near_miss(word: str, known: Iterable[str]) -> str | None:
    """The known word closest to `word`, or None when none is close; upper and lower case, `-` and `_` aside."""
    if len(word) > LONGEST:
        return None
    by_plain = {_plain(candidate): candidate for candidate in sorted(known)}
    close = get_close_matches(_plain(word), by_plain, n=1)
    return by_plain[close[0]] if close else None


def _plain(word: str) -> str:
    return word.casefold().replace("-", "_").replace(" ", "_")
