"""The exit status of a run over many machines (DESIGN section 6)."""

from collections.abc import Iterable

from deskprov.model.result import Outcome

DONE = 0
CHANGES_PENDING = 2

_STATUS = {
    Outcome.INTERRUPTED: 130,
    Outcome.FAILED: 1,
    Outcome.UNKNOWN: 1,
    Outcome.REFUSED: 6,
    Outcome.UNREACHABLE: 4,
    Outcome.BUSY: 75,
    Outcome.WAITING: 7,
    Outcome.DRIFT: DONE,
    Outcome.OK: DONE,
}
_ORDER = (130, 1, 6, 4, 75, 7)

MEANING = {
    0: "done",
    1: "at least one machine or step failed",
    2: "something is not as the profile says",
    4: "not reachable",
    6: "login or secret refused, or identity not trusted",
    7: "waiting for a person",
    75: "busy with another run",
    130: "interrupted; what was done is recorded",
}


def exit_status(outcomes: Iterable[Outcome], *, drift: int = DONE) -> int:
    """The first that applies of 130, 1, 6, 4, 75, 7; then `drift` if a machine is not as wanted; else 0."""
    present = set(outcomes)
    statuses = {_STATUS[outcome] for outcome in present}
    for status in _ORDER:
        if status in statuses:
            return status
    return drift if Outcome.DRIFT in present else DONE
