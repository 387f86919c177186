"""Asks a machine whether it waits for a reboot, to reboot, and whether it is back."""

from collections.abc import Sequence
from dataclasses import dataclass

from deskprov.model.facts import Answer
from deskprov.model.platform import Platform
from deskprov.model.probe import Probe, script_beside

MOST_REBOOTS = 3
"""Of one machine in one run: a machine that wants more does not become right by rebooting."""

LONGEST = 80
MOST = 20

_LOOK = script_beside(__package__, "probe_linux.py")

BACK = Probe(_LOOK, True)
"""How the machine stands, and whether it is still going down; `standing` reads the answer."""

REBOOT = Probe(script_beside(__package__, "reboot_linux.py"))
"""Makes the machine reboot a second later."""

_NOTE = script_beside(__package__, "note_linux.py")


@dataclass(frozen=True, slots=True)
class Standing:
    """How a machine stands between two lives.

    `boot` is new after every boot. `leaving`: it is still shutting down. `wanted` says what packages want a reboot,
    `left_to_do` what an earlier run of ours did not come to reboot for. `unconfirmed`: a timed undo is armed.
    """

    boot: str
    leaving: bool
    wanted: Sequence[str] = ()
    left_to_do: Sequence[str] = ()
    unconfirmed: bool = False


def standing_probes(platform: Platform) -> Sequence[Probe]:
    """The question how the machine stands; none for a platform that deskprov does not reboot yet."""
    return (Probe(_LOOK, False),) if platform is Platform.LINUX else ()


def standing(answers: Sequence[Answer]) -> Standing:
    """What the answer to `standing_probes`, or to `BACK`, says; whatever a machine sends, this raises nothing."""
    match answers:
        case [{"boot": str(boot), "state": str(state), **more}]:
            wanted, left = _texts(more.get("wanted")), _texts(more.get("left_to_do"))
            return Standing(boot, state == "stopping", wanted, left, more.get("unconfirmed") is True)
        case _:
            return Standing("", leaving=False)


def note(reasons: Sequence[str]) -> Probe:
    """Writes down on the machine, until it reboots, what it must reboot for; nothing takes the note away."""
    return Probe(_NOTE, tuple(reasons))


def _texts(value: object) -> list[str]:
    texts = value[:MOST] if isinstance(value, list) else []
    return [" ".join(text.split())[:LONGEST] for text in texts if isinstance(text, str)]
