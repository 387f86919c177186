"""The timed undo: a machine takes back a change of our own way in, unless a fresh log-in of ours confirms it.

What it was before is saved on the machine itself, and the machine brings it back at a time: neither needs us, nor the
network. The programs are constant; what they save and restore is data, which only root, or the system and
administrators, can read and which goes away.
"""

from collections.abc import Sequence

from msgspec import Struct

from deskprov.model.facts import Answer, ProbeError
from deskprov.model.platform import Platform
from deskprov.model.probe import JsonKey, Probe, ProbeScript, script_beside

LONGEST = 200

_PROGRAMS = {Platform.LINUX: "linux.py", Platform.WINDOWS: "windows.ps1"}
"""How the names of a platform's programs end."""


class Settled(Struct, frozen=True):
    """How a change of the way in ended: `kept`, or taken back; `problems` are what could not be restored."""

    kept: bool
    problems: Sequence[str] = ()


class Order(Struct, frozen=True):
    """What is to be taken back, and when.

    `token` names this undo; `login` is the account whose rights are saved. `changes` are keys of what is changed under
    it, for whoever looks after it was taken back. `reboots`: what is taken back has its effect only after a reboot.
    `saved` is what else is saved, in the form that the platform's program takes.
    """

    token: str
    seconds: int
    login: str
    changes: Sequence[str]
    reboots: bool
    saved: tuple[JsonKey, ...]


def arm(platform: Platform, order: Order) -> Probe:
    """Saves what the way in is made of, and sets the time."""
    undo = _script("undo", platform).text
    about = (order.token, order.seconds, undo, order.login, order.reboots, tuple(order.changes))
    return Probe(_script("arm", platform), (*about, *order.saved))


def settle(platform: Platform, token: str, *, keep: bool) -> Probe:
    """Asks whether it is still to be undone, and ends that: with `keep` the change stays, else it is undone now.

    An empty token means any.
    """
    return Probe(_script("settle", platform), (token, keep))


def settled(answer: Answer) -> Settled | None:
    """What the answer to `settle` says; None while nothing is certain."""
    match answer:
        case {"kept": bool(kept), "problems": list(problems)}:
            return Settled(kept, [_line(problem) for problem in problems])
        case _:
            return None


def effect(platform: Platform, touched: Sequence[str]) -> Probe:
    """Checks what was written and has the machine take it in; `touched` are words of the platform's way in."""
    return Probe(_script("effect", platform), tuple(touched))


def objection(answer: Answer) -> str:
    """What the answer to `effect` or `arm` says against going on; empty when there is nothing."""
    match answer:
        case {"problem": str(problem)}:
            return _line(problem)
        case ProbeError(message):
            return _line(message)
        case _:
            return "the machine gave no answer of the agreed form"


def _script(verb: str, platform: Platform) -> ProbeScript:
    return script_beside(__package__, f"{verb}_{_PROGRAMS[platform]}")


def _line(text: object) -> str:
    return " ".join(str(text).split())[:LONGEST]
