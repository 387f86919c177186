"""Finds the word that somebody probably meant, for hints."""

from collections.abc import Iterable
from difflib import get_close_matches

LONGEST = 100
"""Characters; a longer word is no slip of the fingers, and comparing it would be slow."""


def near_miss(word: str, known: Iterable[str]) -> str | None:
    """The known word closest to `word`, or None when none is close; upper and lower case, `-` and `_` aside."""
    return next(iter(near_misses(word, known, most=1)), None)


def near_misses(word: str, known: Iterable[str], most: int = 3) -> list[str]:
    """The known words close to `word`, the closest first; as `near_miss` compares them."""
    if len(word) > LONGEST:
        return []
    by_plain = {_plain(candidate): candidate for candidate in sorted(known)}
    return [by_plain[close] for close in get_close_matches(_plain(word), by_plain, n=most)]


def _plain(word: str) -> str:
    return word.casefold().replace("-", "_").replace(" ", "_")
