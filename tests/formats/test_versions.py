"""Versions of programs in the spellings of their vendors."""

import pytest

from deskprov.formats.versions import is_at_least, same_version


@pytest.mark.parametrize(
    ("one", "other"),
    [("25.01", "25.01.00.0"), ("1.4", "v1.4"), ("2.0-Beta", "2.0 beta"), ("25.01", "25.1"), ("", "0")],
)
def test_one_version_in_two_spellings(one: str, other: str) -> None:
    assert same_version(one, other)
    assert is_at_least(one, other) and is_at_least(other, one)


@pytest.mark.parametrize(
    ("newer", "older"),
    [
        ("25.10", "25.9"),
        ("131.0", "99.0.4844.51"),
        ("2.0", "2.0-beta"),
        ("2.0.1", "2.0"),
        ("2.0-rc2", "2.0-rc1"),
        ("1", ""),
    ],
)
def test_the_newer_of_two(newer: str, older: str) -> None:
    assert is_at_least(newer, older)
    assert not is_at_least(older, newer)
    assert not same_version(newer, older)
