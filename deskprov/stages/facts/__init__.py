"""What a machine says about itself, for its asset record: asked in the same round trip as the profile's questions."""

from collections.abc import Callable, Sequence

from deskprov.formats import dpkg, linux_reboot, windows_reboot
from deskprov.model.facts import Answer, Facts
from deskprov.model.platform import Platform
from deskprov.model.probe import Probe, script_beside
from deskprov.stages.facts import linux, windows

_QUESTIONS: dict[Platform, Sequence[Probe]] = {
    Platform.LINUX: (Probe(script_beside(__package__, "probe_linux.py")), dpkg.INSTALLED, linux_reboot.WANTED),
    Platform.WINDOWS: (Probe(script_beside(__package__, "probe_windows.ps1")), windows_reboot.LOOK),
}


def facts_probes(platform: Platform) -> Sequence[Probe]:
    """The questions about the machine itself; none for a platform that deskprov does not look at yet."""
    return _QUESTIONS.get(platform, ())


def facts(platform: Platform, answers: Sequence[Answer]) -> Facts:
    """The facts in the answers to `facts_probes`. Whatever a machine sends, this raises nothing: it stays unknown."""
    read = _READERS.get(platform)
    return read(answers) if read else Facts()


def _on_linux(answers: Sequence[Answer]) -> Facts:
    match answers:
        case [machine, software, waits_for]:
            known = machine if isinstance(machine, dict) else {}
            return linux.facts(known, dpkg.packages(software) or (), linux_reboot.wanted(waits_for))
        case _:
            return Facts()


def _on_windows(answers: Sequence[Answer]) -> Facts:
    match answers:
        case [dict(machine), life]:
            return windows.facts(machine, windows_reboot.windows_life(life))
        case _:
            return Facts()


_READERS: dict[Platform, Callable[[Sequence[Answer]], Facts]] = {
    Platform.LINUX: _on_linux,
    Platform.WINDOWS: _on_windows,
}
