"""Whether a machine can stand being changed now: it must not go out in the middle, and needs room to write to.

What a machine does not say stands in nobody's way; a disk that fills up later fails the step that finds no room.
"""

from msgspec import Struct

from deskprov.formats.sizes import size
from deskprov.model.facts import Facts
from deskprov.model.result import Outcome
from deskprov.model.settings import Settings

SMALL_DISK_PERCENT = 5


class Hindrance(Struct, frozen=True):
    """Why a machine is not changed now, what to do about it, and what that makes of a run there."""

    outcome: Outcome
    why: str
    fix: str

    @property
    def message(self) -> str:
        """What a run says."""
        return f"Nothing was changed: {self.why}."

    @property
    def hint(self) -> str:
        """What a person does who has run it."""
        return f"{self.fix[:1].upper()}{self.fix[1:]}, then run this again."

    @property
    def foretold(self) -> str:
        """What a plan says, which tries nothing."""
        return f"setup and apply change nothing on it as it is now: {self.why}; {self.fix} first"


def hindrance(facts: Facts, settings: Settings) -> Hindrance | None:
    """All that stands in the way: a full disk is a failure, a low battery alone waits for a person; else None."""
    found = [each for each in (_disk(facts, settings), _battery(facts, settings)) if each]
    if not found:
        return None
    told = "; ".join(each.why for each in found)
    return Hindrance(found[0].outcome, told, " and ".join(each.fix for each in found))


def _disk(facts: Facts, settings: Settings) -> Hindrance | None:
    disk = next((disk for disk in facts.disks if disk.mount == facts.system_disk), None)
    if disk is None:
        return None
    least = min(settings.system_disk_mib * 2**20, disk.size * SMALL_DISK_PERCENT // 100)
    if disk.free >= least:
        return None
    message = f"its system disk {disk.mount} has {size(disk.free)} free of {size(disk.size)}, and needs {size(least)}"
    return Hindrance(Outcome.FAILED, message, "make room there")


def _battery(facts: Facts, settings: Settings) -> Hindrance | None:
    charge = facts.battery_percent
    if not facts.on_battery or charge is None or charge >= settings.battery_percent:
        return None
    message = f"it runs on battery, {charge} % charged, and {settings.battery_percent} % are needed"
    return Hindrance(Outcome.WAITING, message, "plug it in")
