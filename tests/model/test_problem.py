"""Findings put in order."""

from deskprov.model.problem import MOST_TOLD, Problem, Severity, has_errors, settled
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


def test_no_file_floods_the_screen() -> None:
    many = [Problem(Source("a.yml", line), "x", str(line), severity=Severity.WARNING) for line in range(1, 5000)]
    error = Problem(Source("a.yml", 5000), "x", "the last one is an error")
    other = Problem(Source("b.yml", 1), "x", "one")
    told = settled([other, error, *many])
    assert told[:MOST_TOLD] == many[:MOST_TOLD]
    assert [problem.rule for problem in told[MOST_TOLD:]] == ["more-problems", "x"]
    assert has_errors(told)
    assert settled(told) == told
    assert settled(many[: MOST_TOLD + 1]) == many[: MOST_TOLD + 1]


def test_a_hint_that_is_a_sentence_stays_one() -> None:
    assert str(Problem(HERE, "x", "it is not set", "Set it with: y")).endswith("it is not set. Set it with: y")
    assert str(Problem(HERE, "x", "it is not set", "set it with: y")).endswith("it is not set; set it with: y")
