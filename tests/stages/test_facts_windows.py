"""What is taken from the answer of a Windows machine, whatever it sent."""

import json
from collections.abc import Iterator
from typing import Any

import pytest
from msgspec import to_builtins

from deskprov.model.facts import Facts, LocalUser, ProbeError
from deskprov.model.platform import Platform
from deskprov.stages.facts import facts

ANSWER: dict[str, Any] = {
    "system": [{"Name": "PC-1", "Manufacturer": "Example", "Model": "Notebook", "TotalPhysicalMemory": 2**34}],
    "product": [{"UUID": "4C4C4544-0031-3010-8039-B4C04F4E3532", "Version": "To be filled by O.E.M."}],
    "bios": [{"SerialNumber": "System Serial Number"}],
    "windows": [{"Caption": "Microsoft Windows 11 Education", "Version": "10.0.26100"}],
    "release": {"DisplayVersion": "24H2", "CurrentBuild": "26100", "UBR": 4061},
    "machine_guid": "5c4e8f2a-0d3b-4f6c-9a1e-7b2d8c5f0e34",
    "boot_id": 7,
    "architecture": "ARM64",
    "processors": [{"Name": "Example", "NumberOfLogicalProcessors": 4}, {"NumberOfLogicalProcessors": 4}],
    "disks": [{"DeviceID": "C:", "FileSystem": "NTFS", "Size": 10, "FreeSpace": 5}],
    "adapters": [{"MACAddress": "00:00:5E:00:53:01", "PNPDeviceID": "USB\\VID_0BDA&PID_8153\\01"}],
    "batteries": [{"EstimatedChargeRemaining": 104}, {"EstimatedChargeRemaining": 50}],
    "battery_designed": [{"DesignedCapacity": 100}, {"DesignedCapacity": 100}],
    "battery_full": [{"FullChargedCapacity": 80}, {"FullChargedCapacity": 40}],
    "software": [["7-Zip", "25.01", "", ""], ["Part", "1", "1", ""], ["Update", "1", "", "7-Zip"], [" ", "1", "", ""]],
    "users": [["Ana", "Ana", "S-1-5-21-1-2-3-1001", True], ["Guest", "", "S-1-5-21-1-2-3-501", True]],
    "computer": "PC-1",
    "administrators": [["pc-1", "ANA"], ["EXAMPLE", "Domain Admins"]],
    "tpm": [{"SpecVersion": "2.0, 0, 1.38"}],
    "volumes": [
        {"DriveLetter": "C:", "ProtectionStatus": 1, "ConversionStatus": 1},
        {"DriveLetter": "D:", "ProtectionStatus": 0, "ConversionStatus": 2},
        {"DriveLetter": "E:", "ProtectionStatus": 2, "ConversionStatus": None},
        {"DriveLetter": "F:", "ProtectionStatus": 0, "ConversionStatus": 0},
        {"DriveLetter": "G:", "ProtectionStatus": None, "ConversionStatus": None},
    ],
    "licences": [{"LicenseStatus": 5}],
    "secure_boot": 0,
    "directories": [["0a1b", ""]],
    "printers": ["Room 12"],
    "store": ["Example.App_1.2.3.4_neutral_~_8wekyb3d8bbwe", "strange"],
    "wifi": ["A &lt;b&gt;", "A &lt;b&gt;"],
    "failed": {"Win32_Thing": "Access denied"},
}


LIFE = {
    "boot": "7",
    "wanted": ["updates", "name", "a word of a later release"],
    "busy": [],
    "failed": {"HKLM:\\Some\\Key Name": "Access denied\nat line 1"},
}
"""In the form of formats/windows_reboot/probe_windows.ps1."""


def of(**changes: Any) -> Facts:
    return facts(Platform.WINDOWS, [{**ANSWER, **changes}, LIFE])


@pytest.mark.parametrize(
    ("states", "said"),
    [([2], False), ([1], True), ([6, 4], True), ([5], True), ([11], False), ([None], None), ([], None)],
)
def test_on_battery_is_what_a_battery_says_of_itself(states: list[int | None], said: bool | None) -> None:
    batteries = [{"EstimatedChargeRemaining": 50, "BatteryStatus": state} for state in states]
    assert of(batteries=batteries).on_battery is said


def test_the_system_disk_is_one_of_the_disks() -> None:
    seen = of(windows=[{"SystemDrive": "C:"}])
    assert seen.system_disk == seen.disks[0].mount == "C:\\"
    assert of().system_disk == ""


def test_what_it_waits_for_a_reboot_for_and_what_it_could_not_say_of_that() -> None:
    seen = of()
    assert seen.reboot_wanted == ("updates of Windows", "its new name")
    assert seen.unanswered[-1] == "whether it waits for a reboot: HKLM:\\Some\\Key Name: Access denied at line 1"
    silent = facts(Platform.WINDOWS, [ANSWER, ProbeError("no")])
    assert silent.unanswered[-1] == "whether it waits for a reboot: no answer"


def test_what_is_known() -> None:
    seen = of()
    assert (seen.os, seen.os_version, seen.architecture) == ("Windows 11 Education", "24H2 (26100.4061)", "aarch64")
    assert (seen.serial, seen.model, seen.cpu_count, seen.boot_id) == ("", "Notebook", 8, "7")
    assert (seen.battery_percent, seen.battery_health_percent) == (77, 60)
    assert [program.name for program in seen.software] == ["7-Zip", "Example.App"]
    assert seen.users == [LocalUser("Ana", "Ana", administrator=True)]


def test_what_protects_it() -> None:
    seen = of()
    assert (seen.tpm, seen.secure_boot, seen.activated) == ("2.0", False, False)
    assert [f"{volume.mount} {volume.state}" for volume in seen.encryption] == [
        "C:\\ on",
        "D:\\ being encrypted or decrypted",
        "E:\\ locked",
        "F:\\ off",
    ]
    assert (of(tpm=[]).tpm, of(tpm=[], failed={"Win32_Tpm": "no"}).tpm) == ("none", "")
    assert (of(secure_boot=None).secure_boot, of(licences=[]).activated) == (None, None)


def test_whom_it_belongs_to_and_who_rules_there() -> None:
    seen = of()
    assert (seen.joined, seen.administrators) == ("Entra 0a1b", ["ANA", "EXAMPLE\\Domain Admins"])
    assert of(system=[{"PartOfDomain": False, "Workgroup": "LAB"}], directories=[]).joined == "workgroup LAB"
    assert (seen.wifi_networks, seen.unanswered[0]) == (["A <b>"], "Win32_Thing: Access denied")


def test_the_built_in_administrator_counts_when_somebody_can_log_in_as_it() -> None:
    built_in = ["Administrador", "", "S-1-5-21-1-2-3-500"]
    assert [of(users=[[*built_in, enabled]]).users for enabled in (True, False)] == [
        [LocalUser("Administrador", "", administrator=False)],
        [],
    ]


STRANGE: list[Any] = [None, True, -5, 1.5, 2**63 - 1, "", "x" * 10_000, [], [[]], [None, 1, {}], {}, ProbeError("no")]


def _spoiled(value: Any) -> Iterator[Any]:
    yield from STRANGE
    if isinstance(value, dict):
        for name, part in value.items():
            yield {other: kept for other, kept in value.items() if other != name}
            yield from ({**value, name: spoiled} for spoiled in _spoiled(part))
    if isinstance(value, list):
        for place, part in enumerate(value):
            yield from ([*value[:place], spoiled, *value[place + 1 :]] for spoiled in _spoiled(part))


def test_strange_answers_never_raise_and_stay_small() -> None:
    for answers in _spoiled([ANSWER, LIFE]):
        seen = facts(Platform.WINDOWS, answers if isinstance(answers, list) else [answers])
        assert len(json.dumps(to_builtins(seen))) < 10_000
        assert (seen.memory or 0) < 2**63


def test_a_machine_cannot_flood_the_record() -> None:
    seen = of(
        software=[[f"Program {number}", "1", "", ""] for number in range(20_000)],
        users=[[f"u{number}", "", f"S-1-5-21-1-2-3-{1000 + number}", True] for number in range(5000)],
    )
    assert len(seen.software) <= 5000
    assert len(seen.users) <= 100
