"""Gives a new machine a password of its own in place of the one-time one that its enrolment file carries."""

from deskprov.model.facts import Answer
from deskprov.model.probe import Probe, script_beside


def hand_over(user: str, thumbprint: str, sealed: str) -> Probe:
    """Puts in force for this account the password that is sealed to the machine's own certificate."""
    return Probe(script_beside(__package__, "hand_over_windows.ps1"), (user, thumbprint, sealed))


def is_in_force(answer: Answer) -> bool:
    """True when the machine says that it is done."""
    return isinstance(answer, dict) and answer.get("in_force") is True
