"""The timed undo: a machine takes back a change of our own way in, unless a fresh log-in of ours confirms it.

What it was before is saved on the machine itself, and a timer of the machine brings it back: neither needs us, nor the
network. The programs are constant; what they save and restore is data, which only root can read and which goes away.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from importlib import resources

from deskprov.model.facts import Answer, ProbeError
from deskprov.model.platform import Platform
from deskprov.model.probe import Probe, script_beside

PLATFORMS = frozenset({Platform.LINUX})
"""Where there is a timed undo."""

LONGEST = 200

_ARM = script_beside(__package__, "arm_linux.py")
_SETTLE = script_beside(__package__, "settle_linux.py")
_EFFECT = script_beside(__package__, "effect_linux.py")


@dataclass(frozen=True, slots=True)
class Settled:
    """How a change of the way in ended: `kept`, or taken back; `problems` are what could not be restored."""

    kept: bool
    problems: Sequence[str] = ()


def arm(token: str, seconds: int, login: str, places: Sequence[str], paths: Sequence[str], *, reboots: bool) -> Probe:
    """Saves the places with all that is below them, the paths, and the account `login`, and sets the timer.

    `token` names this undo. `reboots`: what is taken back has its effect only after a reboot.
    """
    undo = resources.files(__package__).joinpath("undo_linux.py").read_text("utf-8")
    return Probe(_ARM, (token, seconds, undo, login, tuple(places), tuple(paths), reboots))


def settle(token: str, *, keep: bool) -> Probe:
    """Asks whether it is still to be undone, and ends that: with `keep` the change stays, else it is undone now.

    An empty token means any.
    """
    return Probe(_SETTLE, (token, keep))


def settled(answer: Answer) -> Settled | None:
    """What the answer to `settle` says; None while nothing is certain."""
    match answer:
        case {"kept": bool(kept), "problems": list(problems)}:
            return Settled(kept, [_line(problem) for problem in problems])
        case _:
            return None


def effect(touched: Sequence[str]) -> Probe:
    """Checks what was written and has the services take it in; `touched` are words of `stages.way_in`."""
    return Probe(_EFFECT, tuple(touched))


def objection(answer: Answer) -> str:
    """What the answer to `effect` or `arm` says against going on; empty when there is nothing."""
    match answer:
        case {"problem": str(problem)}:
            return _line(problem)
        case ProbeError(message):
            return _line(message)
        case _:
            return "the machine gave no answer of the agreed form"


def _line(text: object) -> str:
    return " ".join(str(text).split())[:LONGEST]
