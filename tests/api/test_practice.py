"""Practice machines of several platforms in one site, of which one may not be to be had."""

import pytest
from msgspec.structs import replace

from deskprov.api import practice
from deskprov.errors import PracticeError, WrongUsage
from deskprov.model.inventory import Inventory
from deskprov.model.ports.practice import PRACTICE_PASSWORD
from deskprov.model.problem import InvalidInput, Problem
from deskprov.model.source import Source
from deskprov.testing import FakeSite, MemoryFiles, MemoryInventory, MemoryPractice, ScriptedRunner, ScriptedTransport


def site(**machines: MemoryPractice) -> FakeSite:
    return FakeSite(
        MemoryFiles({}),
        MemoryInventory(),
        ScriptedTransport(lambda host, program: pytest.fail("a machine was asked")),
        ScriptedRunner(lambda *_: pytest.fail("Ansible was run")),
        practice=machines,
    )


def start(here: FakeSite, platform: str, count: int = 1) -> list[str]:
    started = practice.start(here, platform, count=count, isolated=False, profile="", report=lambda line: None)
    return [machine.name for machine in started]


def test_each_platform_starts_its_own_and_all_are_listed() -> None:
    here = site(linux=MemoryPractice("linux"), windows=MemoryPractice("windows", ["winrm", "psrp"]))
    assert start(here, "windows", 2) == ["windows-1", "windows-2"]
    assert start(here, "linux") == ["linux-1"]
    assert [machine.name for machine in practice.machines(here)] == ["linux-1", "windows-1", "windows-2"]


def test_practice_machines_stand_where_they_are_said_to_stand_and_stay_there() -> None:
    here = site(windows=MemoryPractice("windows", ["winrm", "psrp"]))

    def begin(place: str) -> None:
        practice.start(here, "windows", count=1, isolated=False, profile="", place=place, report=lambda line: None)

    begin("room-12")
    start(here, "windows")
    assert {host.name: host.place for host in here.inventory.practice()} == {"windows-1": "room-12", "windows-2": ""}
    here.files.files["places.yml"] = b"places:\n  - name: room-12\n    kind: room\n"
    for place, hint in (("room-21", "Did you mean room-12?"), ("gym", "places.yml says which places there are.")):
        with pytest.raises(WrongUsage, match="There is no place") as refused:
            begin(place)
        assert refused.value.hint == hint
    assert len(here.inventory.practice()) == 2


def test_names_go_to_the_platform_that_has_them() -> None:
    here = site(linux=MemoryPractice("linux"), windows=MemoryPractice("windows", ["winrm", "psrp"]))
    start(here, "windows", 2)
    start(here, "linux", 2)
    assert practice.stop(here, ["windows-2", "linux-1"]) == ["linux-1", "windows-2"]
    with pytest.raises(PracticeError) as refused:
        practice.stop(here, ["linux-2", "linux-9"])
    assert refused.value.message == "There is no practice machine called linux-9."
    assert [machine.name for machine in practice.machines(here)] == ["linux-2", "windows-1"]
    assert practice.stop(here, []) == ["linux-2", "windows-1"]


def test_where_one_platform_cannot_be_had_the_other_can() -> None:
    here = site(
        linux=MemoryPractice("linux", obstacle="It needs root."), windows=MemoryPractice("windows", ["winrm", "psrp"])
    )
    assert start(here, "windows") == ["windows-1"]
    assert practice.stop(here, []) == ["windows-1"]
    with pytest.raises(PracticeError, match=r"It needs root\."):
        start(here, "linux")


def test_an_unknown_platform_names_those_that_there_are() -> None:
    with pytest.raises(WrongUsage) as refused:
        start(site(linux=MemoryPractice("linux")), "macos")
    assert refused.value.hint == "There are some for: linux"


def test_the_way_to_reach_them_can_be_chosen_among_those_that_they_have() -> None:
    here = site(linux=MemoryPractice("linux"), windows=MemoryPractice("windows", ["winrm", "psrp"]))

    def begin(platform: str, transport: str) -> None:
        practice.start(
            here, platform, count=1, isolated=False, profile="", report=lambda line: None, transport=transport
        )

    begin("windows", "psrp")
    assert here.inventory.hosts["windows-1"].connection.transport == "psrp"
    with pytest.raises(WrongUsage) as refused:
        begin("linux", "psrp")
    assert refused.value.message == "Practice machines for linux are not reached by psrp."
    assert set(here.inventory.hosts) == {"windows-1"}


def test_nobody_can_log_in_to_a_double() -> None:
    here = site(windows=MemoryPractice("windows", ["winrm", "psrp"]))
    start(here, "windows")
    with pytest.raises(PracticeError) as refused:
        practice.shell_command(here, "windows-1")
    assert "there is nobody to log in to" in refused.value.message


def test_a_double_is_known_to_the_site_with_its_pin_and_the_name_of_its_password() -> None:
    here = site(windows=MemoryPractice("windows", ["winrm", "psrp"]))
    start(here, "windows")
    host = here.inventory.hosts["windows-1"]
    assert host.practice
    assert host.known_host
    assert (host.connection.transport, host.connection.login_secret) == ("winrm", PRACTICE_PASSWORD)


def test_machines_that_only_root_can_see_stay_in_the_inventory() -> None:
    linux = MemoryPractice("linux")
    here = site(linux=linux, windows=MemoryPractice("windows", ["winrm", "psrp"]))
    start(here, "linux")
    linux.obstacle = "It needs root."
    start(here, "windows")
    assert set(here.inventory.hosts) == {"linux-1", "windows-1"}
    practice.stop(here, [])
    assert set(here.inventory.hosts) == {"linux-1"}


def test_machines_stop_and_are_forgotten_when_the_inventory_has_errors() -> None:
    class Wrong(MemoryInventory):
        def read(self) -> Inventory:
            raise InvalidInput([Problem(Source("inventory_hosts/batch.yml", 2), "inventory-name", "no", "")])

    here = site(linux=MemoryPractice("linux"))
    here.inventory = Wrong()
    start(here, "linux", 2)
    assert [machine.name for machine in practice.machines(here)] == ["linux-1", "linux-2"]
    assert practice.stop(here, ["linux-1"]) == ["linux-1"]
    assert [host.name for host in here.inventory.practice()] == ["linux-2"]
    assert practice.stop(here, []) == ["linux-2"]
    assert here.inventory.practice() == []


def test_one_that_was_enrolled_stays_known_while_it_is_there_and_stops_by_either_name() -> None:
    doubles = MemoryPractice("windows", ["winrm", "psrp"])
    here = site(windows=doubles)
    start(here, "windows")
    [double] = doubles.machines.values()
    doubles.machines["windows-1"] = replace(double, bare=True)
    assert practice.bare_keys(here) == {double.host_key}
    enrolled = replace(here.inventory.hosts.pop("windows-1"), name="GV-0001")
    here.inventory.write_practice([enrolled])
    assert practice.enrolled_names(here) == {"windows-1": "GV-0001"}
    practice.stop(here, ["GV-0001"])
    assert not doubles.machines
    assert not here.inventory.hosts
    doubles.machines["windows-1"] = replace(double, bare=True)
    here.inventory.write_practice([enrolled])
    doubles.machines["windows-2"] = replace(double, name="windows-2", host_key=f"x509-sha256 {'1' * 64}")
    practice.stop(here, ["windows-2"])
    assert set(here.inventory.hosts) == {"GV-0001"}
