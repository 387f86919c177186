"""Whether Windows wants a reboot, for what, and what it is still at after one: asked by all who care."""

from collections.abc import Mapping, Sequence
from typing import Any

from msgspec import Struct

from deskprov.formats.endpoint_text import one_line
from deskprov.model.facts import Answer
from deskprov.model.probe import Probe, script_beside

LOOK = Probe(script_beside(__package__, "probe_windows.ps1"))

WANTED = {
    "components": "parts of Windows",
    "updates": "updates of Windows",
    "files": "files that are in use",
    "name": "its new name",
    "domain": "joining or leaving a domain",
}
"""What a reboot is wanted for, in words, by the words of the probe."""

ABOUT_REBOOTS = "whether it waits for a reboot: "
"""How what is said of a check that could not be made begins."""

_MOST_FAILURES = 10
_LONGEST_FAILURE = 200
_DIGITS = 10
"""Of the largest number that Windows can count its starts to: a registry value of 32 bits."""

BUSY = {"components": "it is still installing updates", "setup": "Windows is still being set up"}


class WindowsLife(Struct, frozen=True):
    """The life it is in, a number that grows with each start and is empty when not known; `wanted` and `busy` in words.

    `failed` are the checks that could not be made, so that they say nothing, and why.
    """

    boot: str = ""
    wanted: Sequence[str] = ()
    busy: Sequence[str] = ()
    failed: Sequence[str] = ()


def windows_life(answer: Answer) -> WindowsLife:
    """What the answer to `LOOK` says; whatever a machine sends, this raises nothing."""
    match answer:
        case {"boot": str(boot), "wanted": list(), "busy": list()} if is_life(boot):
            wanted, busy = _in_words(WANTED, answer, "wanted"), _in_words(BUSY, answer, "busy")
            return WindowsLife(boot, wanted, busy, _failures(answer.get("failed")))
        case _:
            return WindowsLife(failed=(f"{ABOUT_REBOOTS}no answer",))


def _failures(failed: object) -> tuple[str, ...]:
    checks = list(failed.items())[:_MOST_FAILURES] if isinstance(failed, dict) else ()
    return tuple(one_line(f"{ABOUT_REBOOTS}{check}: {why}", _LONGEST_FAILURE) for check, why in checks)


def is_life(text: object) -> bool:
    """Whether it is a number of a life: digits, and no more of them than Windows can count to."""
    return isinstance(text, str) and len(text) <= _DIGITS and text.isascii() and text.isdecimal()


def _in_words(words: Mapping[str, str], answer: Mapping[str, Any], name: str) -> tuple[str, ...]:
    return tuple(words[each] for each in answer[name] if isinstance(each, str) and each in words)
