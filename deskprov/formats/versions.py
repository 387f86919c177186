"""Versions of programs, as vendors write them: which of two is newer, and whether two spellings are the same."""

import re

_PART = re.compile(r"\d+|[a-z]+")


def same_version(one: str, other: str) -> bool:
    """True for the same version in two spellings: `25.01` and `25.01.00.0`, `1.4 ` and `v1.4`."""
    return _parts(one) == _parts(other)


def is_at_least(installed: str, least: str) -> bool:
    """True when `installed` is `least` or newer. Numbers count as numbers, and letters make it older: `2.0-beta`."""
    return _parts(installed) >= _parts(least)


def _parts(version: str) -> tuple[tuple[int, int, str], ...]:
    """Numbers and words of the version in order, without zeros that only fill up; a word is less than the end."""
    parts: list[tuple[int, int, str]] = []
    for word in _PART.findall(version.strip().casefold().removeprefix("v")):
        if not word.isdigit():
            parts = [*_without_zeros(parts), (0, 0, word)]
        else:
            parts.append((2, int(word), ""))
    return (*_without_zeros(parts), (1, 0, ""))


def _without_zeros(parts: list[tuple[int, int, str]]) -> list[tuple[int, int, str]]:
    end = len(parts)
    while end and parts[end - 1][:2] == (2, 0):
        end -= 1
    return parts[:end]
