"""Gives a machine a password of its own in place of the one-time one of its enrolment file, and others later; and its
own sleep back, in which the script that made it reachable has kept it from falling.
"""

from deskprov.formats.windows_seal import opening
from deskprov.model.facts import Answer
from deskprov.model.probe import Probe, script_beside


def hand_over(user: str, thumbprint: str, sealed: str) -> Probe:
    """Puts in force for this account the password that is sealed to the machine's own certificate."""
    return Probe(opening(__package__, "hand_over_windows.ps1"), (user, thumbprint, sealed))


def replace_password(user: str, thumbprint: str, sealed: str) -> Probe:
    """Puts another one in force for this account, sealed to a key of the machine, and does nothing else."""
    return Probe(opening(__package__, "replace_windows.ps1"), (user, thumbprint, sealed))


def is_in_force(answer: Answer) -> bool:
    """True when the machine says that it is done."""
    return isinstance(answer, dict) and answer.get("in_force") is True


def release() -> Probe:
    """Lets the machine sleep as it did before."""
    return Probe(script_beside(__package__, "release_windows.ps1"))
