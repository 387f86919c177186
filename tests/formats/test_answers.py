"""What a machine sent, as an observation."""

from typing import Any

import pytest

from deskprov.formats import dpkg
from deskprov.formats.answers import Kind, observed
from deskprov.formats.file_system import observed_at
from deskprov.model.facts import ProbeError, Sight

NOT = Sight.NOT_REPORTED


@pytest.mark.parametrize(
    ("kind", "value", "seen"),
    [
        (int, 5, 5),
        (int, True, NOT),
        (int, "5", NOT),
        (bool, False, False),
        (bool, 0, NOT),
        (str, "a", "a"),
        (str, None, NOT),
        (str | None, None, None),
        (int | None, True, NOT),
        (frozenset, ["a", "b", "a"], frozenset({"a", "b"})),
        (frozenset, [], frozenset()),
        (frozenset, ["a", ["b"]], NOT),
        (frozenset, "ab", NOT),
    ],
)
def test_a_value_counts_if_it_is_of_its_kind(kind: Kind, value: Any, seen: Any) -> None:
    assert observed({"x": value, "more": 1}, {"x": kind}) == {"x": seen}


def test_what_is_missing_is_not_reported() -> None:
    assert observed({}, {"x": str | None}) == {"x": NOT}


@pytest.mark.parametrize(
    "answer", [ProbeError("no"), None, "x", 5, {}, [["a"]], [["a", "b", "1", 0]], [[1, 2, 3, True]]]
)
def test_what_is_no_list_of_packages(answer: Any) -> None:
    assert dpkg.packages(answer) is None


def test_packages() -> None:
    assert dpkg.packages([["tree", "amd64", "1", False]]) == [dpkg.Package("tree", "amd64", "1", held=False)]
    assert dpkg.packages([]) == []


@pytest.mark.parametrize("answer", [ProbeError("no"), "x", 5, []])
def test_what_says_nothing_about_a_path(answer: Any) -> None:
    assert observed_at(answer) is NOT
