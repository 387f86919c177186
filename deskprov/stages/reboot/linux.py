"""Lives of a Linux machine: the boot id of its kernel, and what packages and our own notes in /run say."""

from collections.abc import Sequence

from deskprov.formats.linux_reboot import WANTED, wanted
from deskprov.model.facts import Answer
from deskprov.model.probe import Probe, script_beside
from deskprov.stages.reboot.standing import Lives, Standing, texts

_LOOK = script_beside(__package__, "probe_linux.py")
_REBOOT = script_beside(__package__, "reboot_linux.py")
_NOTE = script_beside(__package__, "note_linux.py")


def read(answers: Sequence[Answer]) -> Standing:
    """How it stands; nothing of it when the answer is not of the agreed form."""
    match answers:
        case [{"boot": str(boot), "state": str(state), **more}, packages]:
            busy = "it is shutting down" if state == "stopping" else ""
            unconfirmed = more.get("unconfirmed") is True
            left_to_do, taken_back = texts(more.get("left_to_do")), texts(more.get("taken_back"))
            return Standing(boot, busy, wanted(packages), left_to_do, unconfirmed, taken_back)
        case _:
            return Standing()


LIVES = Lives(
    look=(Probe(_LOOK, False), WANTED),
    back=(Probe(_LOOK, True), WANTED),
    read=read,
    reboot=lambda why: Probe(_REBOOT),
    note=lambda reasons: Probe(_NOTE, tuple(reasons)),
    ends=lambda answer: answer if isinstance(answer, str) else "",
    starts=lambda before, now: 1,
    patience=60.0,
)
