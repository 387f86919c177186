"""Is a machine ready to be set up? What it is asked, on each platform, and who judges the answer."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from deskprov.formats.endpoint_text import one_line
from deskprov.model.check import Check, not_looked_at, ok
from deskprov.model.facts import Answer, Facts
from deskprov.model.platform import Platform
from deskprov.model.probe import Probe, script_beside
from deskprov.stages.examine import linux, windows
from deskprov.stages.examine.anywhere import NAMES, Asked

_PROBES = {Platform.LINUX: "probe_linux.py", Platform.WINDOWS: "probe_windows.ps1"}

Judge = Callable[[Asked, Mapping[str, Any], Facts], list[Check]]
_JUDGES: Mapping[Platform, Judge] = {Platform.LINUX: linux.checks, Platform.WINDOWS: windows.checks}


def questions(platform: Platform, user: str) -> Sequence[Probe]:
    """What a machine is asked beside its facts; `user` is who logs in."""
    return (Probe(script_beside(__package__, _PROBES[platform]), user),)


def checks(asked: Asked, answer: Answer, facts: Facts) -> list[Check]:
    """All checks of `NAMES`, in that order. Whatever a machine sends, this raises nothing."""
    if not isinstance(answer, dict) or not answer:
        why = one_line(str(getattr(answer, "message", "it gave no answer")), 120)
        rights = ok("sudo", "what was run there had all rights, or nobody would have asked anything")
        return [rights, *(not_looked_at(name, f"the machine could not look: {why}") for name in NAMES[1:])]
    return _JUDGES[asked.connection.platform](asked, answer, facts)
