"""The word that was probably meant."""

import pytest

from deskprov.formats.near_miss import near_miss, near_misses

KNOWN = ["users", "groups", "folders", "full_name", "state"]


@pytest.mark.parametrize(
    ("word", "meant"),
    [
        ("user", "users"),
        ("Users", "users"),
        ("group", "groups"),
        ("full-name", "full_name"),
        ("fullname", "full_name"),
        ("stat", "state"),
        ("printers", None),
        ("", None),
        ("users" * 100, None),
    ],
)
def test_near_miss(word: str, meant: str | None) -> None:
    assert near_miss(word, KNOWN) == meant


def test_the_same_answer_every_time() -> None:
    assert near_miss("cat", ["bat", "rat"]) == near_miss("cat", ["rat", "bat"]) == "rat"


def test_nothing_is_near_nothing() -> None:
    assert near_miss("users", []) is None


def test_several_the_closest_first() -> None:
    known = ["lab-01", "LAB-02", "office-01", "lab-011"]
    assert near_misses("Lab_01", known) == ["lab-01", "lab-011", "LAB-02"]
    assert near_misses("Lab_01", known, most=1) == ["lab-01"]
    assert near_misses("printer", known) == []
