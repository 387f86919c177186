"""Asks a machine whether it waits for a reboot, to reboot, and whether it is back."""

from collections.abc import Sequence

from deskprov.model.platform import Platform
from deskprov.model.probe import Probe
from deskprov.stages.reboot import linux, windows
from deskprov.stages.reboot.standing import Lives, Standing

__all__ = ["MOST_REBOOTS", "Lives", "Standing", "lives", "standing_probes"]

MOST_REBOOTS = 3
"""Of one machine in one run: a machine that wants more does not become right by rebooting."""

_OF = {Platform.LINUX: linux.LIVES, Platform.WINDOWS: windows.LIVES}


def lives(platform: Platform) -> Lives:
    """How machines of a platform are asked. Raises KeyError for one that deskprov does not reboot yet."""
    return _OF[platform]


def standing_probes(platform: Platform) -> Sequence[Probe]:
    """The questions how a machine stands; none for a platform that deskprov does not reboot yet."""
    return _OF[platform].look if platform in _OF else ()
