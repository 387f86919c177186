"""What stands in the way of changing a machine, out of what it says of itself and the site's limits."""

from typing import Any

import pytest

from deskprov.model.facts import Disk, Facts
from deskprov.model.result import Outcome
from deskprov.model.settings import Settings
from deskprov.stages.fitness import Hindrance, hindrance

MIB = 2**20


def of(free: int = 2**40, size: int = 2**40, at: str = "C:\\", **other: Any) -> Facts:
    return Facts(
        disks=[Disk("D:", "D:\\", "NTFS", 2**40, 0), Disk("C:", at, "NTFS", size, free)], system_disk=at, **other
    )


def found(facts: Facts, **limits: Any) -> Hindrance | None:
    return hindrance(facts, Settings(format=1, name="Example", **limits))


@pytest.mark.parametrize(
    "facts",
    [
        of(),
        of(battery_percent=29, on_battery=False),
        of(battery_percent=29),
        of(battery_percent=30, on_battery=True),
        of(on_battery=True),
        of(free=200 * MIB),
        of(free=5 * MIB, size=100 * MIB),
        Facts(disks=[Disk("C:", "C:\\", "NTFS", 2**40, 0)]),
        Facts(),
    ],
)
def test_nothing_stands_in_the_way(facts: Facts) -> None:
    assert found(facts) is None


def test_a_low_battery_waits_for_a_person() -> None:
    assert found(of(battery_percent=29, on_battery=True)) == Hindrance(
        Outcome.WAITING,
        "it runs on battery, 29 % charged, and 30 % are needed",
        "plug it in",
    )


@pytest.mark.parametrize("at", ["/", "C:\\"])
def test_a_full_system_disk_is_a_failure(at: str) -> None:
    assert found(of(free=200 * MIB - 1, at=at)) == Hindrance(
        Outcome.FAILED,
        f"its system disk {at} has 200.0 MiB free of 1.0 TiB, and needs 200.0 MiB",
        "make room there",
    )
    assert found(of(free=5 * MIB - 1, size=100 * MIB, at=at)) is not None


def test_all_that_stands_in_the_way_is_told_at_once() -> None:
    both = found(of(free=MIB, battery_percent=9, on_battery=True))
    assert both is not None
    assert both.outcome is Outcome.FAILED
    assert both.message.count("Nothing was changed") == 1
    assert "9 % charged" in both.message
    assert "1.0 MiB free" in both.message
    assert both.hint == "Make room there and plug it in, then run this again."
    assert both.foretold.startswith(
        "setup and apply change nothing on it as it is now: its system disk C:\\ has 1.0 MiB"
    )
    assert both.foretold.endswith("are needed; make room there and plug it in first")


def test_the_site_sets_the_limits() -> None:
    poor = of(free=MIB, battery_percent=9, on_battery=True)
    assert found(poor, battery_percent=0, system_disk_mib=0) is None
    rich = of(free=900 * MIB, battery_percent=90, on_battery=True)
    told = found(rich, battery_percent=95, system_disk_mib=1024)
    assert told is not None
    assert "needs 1.0 GiB; it runs on battery" in told.message
