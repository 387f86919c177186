"""What a machine says about itself, for its asset record: asked in the same round trip as the profile's questions."""

from collections.abc import Sequence

from deskprov.formats import dpkg
from deskprov.model.facts import Answer, Facts
from deskprov.model.platform import Platform
from deskprov.model.probe import Probe, script_beside
from deskprov.stages.facts import linux

_MACHINE = Probe(script_beside(__package__, "probe_linux.py"))

_QUESTIONS = {Platform.LINUX: (_MACHINE, dpkg.INSTALLED)}


def facts_probes(platform: Platform) -> Sequence[Probe]:
    """The questions about the machine itself; none for a platform that deskprov does not look at yet."""
    return _QUESTIONS.get(platform, ())


def facts(answers: Sequence[Answer]) -> Facts:
    """The facts in the answers to `facts_probes`. Whatever a machine sends, this raises nothing: it stays unknown."""
    match answers:
        case [dict(machine), software]:
            return linux.facts(machine, dpkg.packages(software) or ())
        case [_, software]:
            return linux.facts({}, dpkg.packages(software) or ())
        case _:
            return Facts()
