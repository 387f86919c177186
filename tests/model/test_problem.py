"""Findings put in order."""

from deskprov.model.problem import Problem, settled
from deskprov.model.source import Source

HERE, THERE = Source("a.yml", 2, 3), Source("a.yml", 1, 1)


def test_each_finding_once_and_by_place() -> None:
    first, second = Problem(THERE, "x", "one"), Problem(HERE, "x", "two")
    assert settled([second, first, second]) == [first, second]


def test_what_follows_from_an_unreadable_value_is_left_out() -> None:
    unreadable, echo = Problem(HERE, "ambiguous-value", "yes?"), Problem(HERE, "invalid-value", "must be text")
    elsewhere = Problem(THERE, "invalid-value", "must be text")
    assert settled([echo, unreadable, elsewhere]) == [elsewhere, unreadable]
    assert settled([echo]) == [echo]
