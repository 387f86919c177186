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
    0: "done, or nothing to do",
    1: "at least one machine or step failed",
    2: "only with --detailed-exitcode: something is not as the profile says",
    3: "profile, inventory or settings invalid",
    4: "not reachable",
    5: "no machine matches, or none is left to do",
    6: "login or secret refused, or identity not trusted",
    7: "waiting for a person, or for a reboot",
    64: "wrong usage",
    70: "a bug in deskprov",
    75: "busy with another run",
    130: "interrupted; what was done is recorded",
}
"""Every status that a command ends with; `deskprov --help` and docs/concepts.md show it."""


def exit_status(outcomes: Iterable[Outcome], *, drift: int = DONE) -> int:
    """The first that applies of 130, 1, 6, 4, 75, 7; then `drift` if a machine is not as wanted; else 0."""
    present = set(outcomes)
    statuses = {_STATUS[outcome] for outcome in present}
    for status in _ORDER:
        if status in statuses:
            return status
    return drift if Outcome.DRIFT in present else DONE
