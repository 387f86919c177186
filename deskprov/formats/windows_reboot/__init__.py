"""Whether Windows wants a reboot, for what, and what it is still at after one: asked by all who care."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

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

_DIGITS = 10
"""Of the largest number that Windows can count its starts to: a registry value of 32 bits."""

BUSY = {"components": "it is still installing updates", "setup": "Windows is still being set up"}


@dataclass(frozen=True, slots=True)
class WindowsLife:
    """The life it is in, a number that grows with each start and is empty when not known; `wanted` and `busy` in words.

    `failed` are the checks that could not be made, so that they say nothing.
    """

    boot: str = ""
    wanted: Sequence[str] = ()
    busy: Sequence[str] = ()
    failed: Sequence[str] = ()


def windows_life(answer: Answer) -> WindowsLife:
    """What the answer to `LOOK` says; whatever a machine sends, this raises nothing."""
    match answer:
        case {"boot": str(boot), "wanted": list(), "busy": list()} if is_life(boot):
            failed = answer.get("failed")
            checks = tuple(failed) if isinstance(failed, dict) else ()
            return WindowsLife(boot, _in_words(WANTED, answer, "wanted"), _in_words(BUSY, answer, "busy"), checks)
        case _:
            return WindowsLife()


def is_life(text: object) -> bool:
    """Whether it is a number of a life: digits, and no more of them than Windows can count to."""
    return isinstance(text, str) and len(text) <= _DIGITS and text.isascii() and text.isdecimal()


def _in_words(words: Mapping[str, str], answer: Mapping[str, Any], name: str) -> tuple[str, ...]:
    return tuple(words[each] for each in answer[name] if isinstance(each, str) and each in words)
