"""How a machine stands between two lives, and how one is asked: what each platform has to offer."""

from collections.abc import Callable, Sequence

from msgspec import Struct

from deskprov.model.facts import Answer
from deskprov.model.probe import Probe

LONGEST = 80
MOST = 20


class Standing(Struct, frozen=True):
    """How a machine stands between two lives.

    `boot` is new after every boot, and empty when the machine did not say it. `busy` says what it is still at, so that
    it does not count as back: it is shutting down, or at updates. `wanted` says what wants a reboot, `left_to_do` what
    an earlier run of ours did not come to reboot for. `unconfirmed`: a timed undo is armed. `taken_back` are keys of
    what it has taken back since, of which nobody has heard yet.
    """

    boot: str = ""
    busy: str = ""
    wanted: Sequence[str] = ()
    left_to_do: Sequence[str] = ()
    unconfirmed: bool = False
    taken_back: Sequence[str] = ()


class Lives(Struct, frozen=True):
    """How the machines of a platform are asked about their lives.

    `back` is asked while one waits for a reboot. `read` reads the answers to either list of questions and never raises.
    `reboot` makes it reboot a moment later, for a reason, and answers with the life that this ends. `note` writes down
    what it must reboot for, so that it is gone, or stale, in the next life.
    """

    look: Sequence[Probe]
    back: Sequence[Probe]
    read: Callable[[Sequence[Answer]], Standing]
    reboot: Callable[[str], Probe]
    note: Callable[[Sequence[str]], Probe]
    ends: Callable[[Answer], str]
    """The life that the answer to `reboot` says it ends, empty when the answer is not of the agreed form."""
    starts: Callable[[str, str], int]
    """How often it has started from one life to another, 1 where lives are not counted."""
    patience: float
    """Seconds for which it may answer out of its old life once it was told to go."""


def texts(value: object) -> tuple[str, ...]:
    """Lines of a machine, each cut to what a page can show; none of another form."""
    found = value[:MOST] if isinstance(value, list) else []
    return tuple(" ".join(text.split())[:LONGEST] for text in found if isinstance(text, str))
