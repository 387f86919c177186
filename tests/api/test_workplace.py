"""`doctor` for the controller: what the site, the record and Ansible say goes together into one list."""

import pytest
from msgspec.structs import replace

from deskprov.api.workplace import examine_controller
from deskprov.errors import RecordError
from deskprov.model.check import Check, Verdict
from deskprov.model.inventory import Connection, Host
from deskprov.model.settings import Settings
from deskprov.model.workplace import AnsibleHealth
from deskprov.testing import (
    FakeSite,
    FixedWorkplace,
    MemoryFiles,
    MemoryInventory,
    MemoryPractice,
    ScriptedRunner,
    ScriptedTransport,
)
from tests.stages.test_examine_controller import HERE, SOUND

PROFILE = "profile: lab\nplatform: linux\ngroups: [lab]\n"
WITH_KEYS = "profile: keys\nplatform: linux\nusers:\n  - name: tech\n    authorized_keys:\n      - {key}\n"
KEY = "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIJZ8u2xkqRSP35TayGBVw4sklChxVyZjQgwHMfwpJT/8"


PRACTICE = {
    "linux": MemoryPractice("linux", obstacle="Practice machines need root."),
    "windows": MemoryPractice("windows", ["winrm", "psrp"]),
}


def site(*hosts: Host, profiles: dict[str, str] | None = None, settings: Settings | None = None) -> FakeSite:
    files = {f"profiles/{name}.yml": text for name, text in (profiles or {"lab": PROFILE}).items()}
    return FakeSite(
        MemoryFiles(files),
        MemoryInventory(*hosts),
        ScriptedTransport(lambda host, program: pytest.fail("a machine was asked")),
        ScriptedRunner(lambda *_: pytest.fail("Ansible was run")),
        workplace=FixedWorkplace(HERE, SOUND, found=AnsibleHealth("/usr/bin/ansible-playbook", "2.19.1", [])),
        settings=settings or Settings(format=1, name="Example school district"),
        controller="desk-1",
        practice=PRACTICE,
    )


def by_name(checks: list[Check]) -> dict[str, Check]:
    assert len({check.name for check in checks}) == len(checks)
    return {check.name: check for check in checks}


def test_a_site_in_order() -> None:
    desk = site(Host("pc-1", Connection("192.0.2.1", key_file="keys/fleet"), profile="lab", known_host=KEY))
    found = by_name(examine_controller(desk))
    assert {check.verdict for check in found.values()} == {Verdict.OK}
    assert desk.workplace.key_files == ["keys/fleet"]
    assert desk.secrets.asked == desk.secrets.prepared == []


def test_mistakes_are_counted_and_validate_is_named() -> None:
    found = by_name(examine_controller(site(profiles={"lab": "profile: lab\nplatform: linux\ngroup: [lab]\n"})))
    assert found["site"].verdict is Verdict.FAILED
    assert "deskprov validate" in found["site"].fix


def test_machines_that_nobody_has_confirmed_are_told() -> None:
    found = by_name(examine_controller(site(Host("pc-1", Connection("192.0.2.1"), profile="lab"))))
    assert (found["inventory"].verdict, found["inventory"].fix) == (Verdict.WARNING, "deskprov host trust pc-1")


def test_only_collections_of_profiles_in_use_are_asked_for() -> None:
    profiles = {"lab": PROFILE, "keys": WITH_KEYS.format(key=KEY)}
    desk = site(Host("pc-1", Connection("192.0.2.1"), profile="lab", known_host=KEY), profiles=profiles)
    examine_controller(desk)
    assert desk.workplace.asked_for == {"ansible.builtin"}
    desk.inventory.hosts["pc-1"] = replace(desk.inventory.hosts["pc-1"], profile="keys")
    examine_controller(desk)
    assert "ansible.posix" in desk.workplace.asked_for


def test_a_missing_ansible_and_an_unreadable_record_are_checks_and_no_errors() -> None:
    desk = site()
    desk.workplace.found = None
    desk.workplace.unreadable = RecordError("The record is damaged.", hint="Restore it.")
    found = by_name(examine_controller(desk))
    assert (found["ansible"].verdict, found["record"].verdict) == (Verdict.FAILED, Verdict.FAILED)
    assert found["record"].fix == "Restore it."


def test_escrow_without_keys_stops_work() -> None:
    settings = {"format": 1, "name": "Example school district", "secrets": {"wifi": {"escrow": True}}}
    found = by_name(examine_controller(site(settings=Settings.model_validate(settings))))
    assert found["escrow"].verdict is Verdict.FAILED
    assert "escrow" not in by_name(examine_controller(site()))


def test_that_practice_machines_cannot_be_had_stops_nothing() -> None:
    found = by_name(examine_controller(site()))
    assert found["practice"].verdict is Verdict.OK
    assert found["practice"].found == (
        "practice machines can be started: windows; linux: not here, and only learning needs it. "
        "Practice machines need root."
    )
