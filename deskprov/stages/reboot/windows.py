"""Lives of a Windows machine: the counter that its registry has of them, and what Windows and deskprov left to do."""

from collections.abc import Sequence

from deskprov.formats.windows_reboot import LOOK, is_life, windows_life
from deskprov.model.facts import Answer
from deskprov.model.probe import Probe, script_beside
from deskprov.stages.reboot.standing import Lives, Standing, texts

_OURS = Probe(script_beside(__package__, "probe_windows.ps1"))
_REBOOT = script_beside(__package__, "reboot_windows.ps1")
_NOTE = script_beside(__package__, "note_windows.ps1")


UNSAID = "what it could not tell"
"""A PC that cannot say whether it waits for a reboot gets one where a change may want it: it might not be in force."""


def read(answers: Sequence[Answer]) -> Standing:
    """How it stands; nothing of it when the answers are not of the agreed form. A note of another life is stale."""
    match answers:
        case [of_windows, ours]:
            life = windows_life(of_windows)
            about = ours if isinstance(ours, dict) else {}
            left = texts(about.get("noted")) if life.boot and about.get("noted_in") == life.boot else ()
            busy = ", and ".join(life.busy)
            wanted = life.wanted or ((UNSAID,) if life.failed else ())
            taken_back = texts(about.get("taken_back"))
            return Standing(life.boot, busy, wanted, left, about.get("unconfirmed") is True, taken_back)
        case _:
            return Standing()


LIVES = Lives(
    look=(LOOK, _OURS),
    back=(LOOK, _OURS),
    read=read,
    reboot=lambda why: Probe(_REBOOT, why),
    note=lambda reasons: Probe(_NOTE, tuple(reasons)),
    ends=lambda answer: answer if isinstance(answer, str) and is_life(answer) else "",
    starts=lambda before, now: int(now) - int(before),
    patience=180.0,
)
