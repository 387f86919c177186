"""The exit status of many machines."""

import pytest

from deskprov.cli.exit_status import MEANING, exit_status
from deskprov.cli.main import BUG
from deskprov.errors import DeskprovError
from deskprov.model.problem import InvalidInput
from deskprov.model.result import Outcome


@pytest.mark.parametrize(
    ("outcomes", "status"),
    [
        ([], 0),
        ([Outcome.OK, Outcome.DRIFT], 0),
        ([Outcome.UNREACHABLE, Outcome.OK], 4),
        ([Outcome.UNREACHABLE, Outcome.REFUSED], 6),
        ([Outcome.BUSY, Outcome.UNREACHABLE], 4),
        ([Outcome.BUSY, Outcome.WAITING], 75),
        ([Outcome.FAILED, Outcome.REFUSED, Outcome.UNREACHABLE, Outcome.BUSY, Outcome.WAITING], 1),
        ([Outcome.UNKNOWN, Outcome.OK], 1),
        ([Outcome.INTERRUPTED, Outcome.FAILED], 130),
        ([Outcome.WAITING, Outcome.DRIFT], 7),
    ],
)
def test_the_first_that_applies(outcomes: list[Outcome], status: int) -> None:
    assert exit_status(outcomes) == status


def test_drift_counts_only_when_asked_for() -> None:
    assert exit_status([Outcome.DRIFT, Outcome.OK], drift=2) == 2
    assert exit_status([Outcome.OK], drift=2) == 0


def test_every_status_has_words() -> None:
    assert {exit_status([outcome], drift=2) for outcome in Outcome} <= set(MEANING)


def test_every_error_has_words() -> None:
    def branches(kind: type[DeskprovError]) -> set[int]:
        return {kind.exit_status}.union(*(branches(below) for below in kind.__subclasses__()))

    assert InvalidInput.exit_status in branches(DeskprovError)
    assert branches(DeskprovError) | {BUG} <= set(MEANING)
