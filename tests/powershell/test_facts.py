"""What a Windows machine says about itself, asked by the real program on the real engine, with stand-ins for Windows.

The laptop's answers have the form of Microsoft's pages of each class (learn.microsoft.com/windows/win32/cimwin32prov/
and .../windows/win32/wmicoreprov/ for batteries); texts of firmware are examples.
"""

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest
from msgspec.structs import replace

from deskprov.model.facts import Disk, EncryptedVolume, Facts, InstalledSoftware, LocalUser, VolumeState
from deskprov.model.platform import Platform
from deskprov.stages.facts import facts, facts_probes
from tests.powershell import CONSTRAINED, FULL, ask, key

pytestmark = pytest.mark.powershell

SID = "S-1-5-21-1004336348-1177238915-682003330"  # the example of Microsoft's page on security identifiers
IN_ADMINISTRATORS = 'GroupComponent="Win32_Group.Domain=\\"PC-1\\",Name=\\"{}\\""'


def member(name: str, group: str = "Administrators", domain: str = "PC-1") -> dict[str, Any]:
    """An instance of Win32_GroupUser, which only its own group's question gets."""
    return {"PartComponent": {"Domain": domain, "Name": name}, "only_if": IN_ADMINISTRATORS.format(group)}


def user(name: str, relative: int, *, enabled: bool = True, full_name: str = "") -> dict[str, Any]:
    return {"Name": name, "FullName": full_name, "SID": f"{SID}-{relative}", "Enabled": enabled}


def program(name: Any, version: Any = "1.0", **more: tuple[str, Any]) -> dict[str, Any]:
    return key(values={"DisplayName": ("String", name), "DisplayVersion": ("String", version), **more})


def registry(
    programs: dict[str, Any] | None = None,
    programs_32: dict[str, Any] | None = None,
    own: dict[str, Any] | None = None,
    store: Sequence[str] = (),
) -> dict[str, Any]:
    """As Windows 11 24H2 has it; ProductName still says 10 there, so nobody reads it."""
    release = {
        "ProductName": ("String", "Windows 10 Pro"),
        "DisplayVersion": ("String", "24H2"),
        "CurrentBuild": ("String", "26100"),
        "UBR": ("DWord", 4061),
    }
    version = {
        "Appx": key(AppxAllUserStore=key(Applications=key(**{name: key() for name in store}))),
        **({"Uninstall": key(**programs)} if programs is not None else {}),
    }
    wow = {"Microsoft": key(Windows=key(CurrentVersion=key(Uninstall=key(**(programs_32 or {})))))}
    session = {
        "Memory Management": key(PrefetchParameters=key(values={"BootId": ("DWord", 212)})),
        "Environment": key(values={"PROCESSOR_ARCHITECTURE": ("String", "AMD64")}),
    }
    microsoft = {
        "Windows NT": key(CurrentVersion=key(values=release)),
        "Windows": key(CurrentVersion=key(**version)),
        "Cryptography": key(values={"MachineGuid": ("String", "5c4e8f2a-0d3b-4f6c-9a1e-7b2d8c5f0e34")}),
    }
    tenant = {"0a1b2c3d-0000-4000-8000-000000000001": key(values={"DisplayName": ("String", "Example District")})}
    control = key(
        Control=key(
            **{"Session Manager": key(**session)},
            SecureBoot=key(State=key(values={"UEFISecureBootEnabled": ("DWord", 1)})),
            Print=key(Printers=key(**{"Room 12": key(), "Ñandú \u20ac": key()})),
            CloudDomainJoin=key(TenantInfo=key(**tenant)),
        )
    )
    software = key(Microsoft=key(**microsoft), **({"WOW6432Node": key(**wow)} if programs_32 is not None else {}))
    uninstall = key(Windows=key(CurrentVersion=key(Uninstall=key(**(own or {})))))
    people = {f"{SID}-1002": key(SOFTWARE=key(Microsoft=uninstall)), "S-1-5-18": key(), f"{SID}-1002_Classes": key()}
    machine = key(SOFTWARE=software, SYSTEM=key(CurrentControlSet=control))
    return {"HKEY_LOCAL_MACHINE": machine, "HKEY_USERS": key(**people)}


STORE = ("Microsoft.WindowsCalculator_11.2405.2.0_neutral_~_8wekyb3d8bbwe", "no package")

PROFILE = """<?xml version="1.0"?>
<WLANProfile xmlns="http://www.microsoft.com/networking/WLAN/profile/v1">
\t<name>{}</name>
\t<SSIDConfig>
\t\t<SSID>
\t\t\t<name>other</name>
\t\t</SSID>
\t</SSIDConfig>
\t<MSM><security><sharedKey><protected>true</protected><keyMaterial>CANARY</keyMaterial></sharedKey></security></MSM>
</WLANProfile>
"""
"""The form of learn.microsoft.com/windows/win32/nativewifi/wlan-profileschema-schema, as `netsh wlan` writes it."""

LAPTOP: dict[str, Any] = {
    "Win32_ComputerSystem": {
        "Name": "PC-1",
        "Manufacturer": "LENOVO",
        "Model": "21AH00EXUS",
        "TotalPhysicalMemory": 16_777_216_000,
        "PartOfDomain": True,
        "Domain": "school.example.org",
        "Workgroup": None,
    },
    "Win32_Tpm": {"SpecVersion": "2.0, 0, 1.38"},
    "Win32_EncryptableVolume": [
        {"DriveLetter": "C:", "ProtectionStatus": 0, "ConversionStatus": 1},
        {"DriveLetter": None, "ProtectionStatus": 0, "ConversionStatus": 0},
        {"DriveLetter": "D:", "ProtectionStatus": 1, "ConversionStatus": 1},
    ],
    "SoftwareLicensingProduct": [{"LicenseStatus": 1}],
    "Win32_ComputerSystemProduct": {"UUID": "4C4C4544-0031-3010-8039-B4C04F4E3532", "Version": "ThinkPad Example"},
    "Win32_BIOS": {"SerialNumber": "EX0042"},
    "Win32_OperatingSystem": {"Caption": "Microsoft Windows 11 Pro", "Version": "10.0.26100", "SystemDrive": "C:"},
    "Win32_Processor": {"Name": "Example CPU @ 2.40GHz", "NumberOfLogicalProcessors": 8},
    "Win32_LogicalDisk": [
        {"DeviceID": "C:", "FileSystem": "NTFS", "Size": 255_000_000_000, "FreeSpace": 99_000_000_000},
        {"DeviceID": "D:", "FileSystem": None, "Size": None, "FreeSpace": None},
    ],
    "Win32_NetworkAdapter": [
        {"MACAddress": "00:00:5E:00:53:01", "PNPDeviceID": "PCI\\VEN_8086&DEV_15FB\\3&11583659&0&FE"},
        {"MACAddress": "00:00:5E:00:53:77", "PNPDeviceID": "BTH\\MS_BTHPAN\\6&1EFB5A5&0&2"},
        {"MACAddress": "00:00:5E:00:53:78", "PNPDeviceID": "ROOT\\VMS_MP\\0000"},
    ],
    "Win32_Battery": {"EstimatedChargeRemaining": 80, "BatteryStatus": 1},
    "BatteryStaticData": {"DesignedCapacity": 50000},
    "BatteryFullChargedCapacity": {"FullChargedCapacity": 45000},
    "Get-LocalUser": [
        user("Administrator", 500, enabled=False),
        user("DefaultAccount", 503, enabled=False),
        user("tech", 1001, full_name="Technician"),
        user("ana", 1002, full_name="Ana Núñez"),
    ],
    "Get-LocalGroup": [{"Name": "Administrators", "SID": "S-1-5-32-544"}],
    "Win32_GroupUser": [
        member("Administrator"),
        member("tech"),
        member("ana", domain="EXAMPLE"),
        member("ana", "Users"),
    ],
}
PROGRAMS = {
    "{7-zip}": program("7-Zip 25.01 (x64)", "25.01"),
    "part": program("A part of Windows", SystemComponent=("DWord", 1)),
    "update": program("An update of 7-Zip", ParentKeyName=("String", "{7-zip}")),
    "nameless": key(values={"DisplayVersion": ("String", "1")}),
}
OWN = {"notes": program("Note Taker", "2.1")}
PROGRAMS_32 = {"old": program("Grade Book", "3.2"), "{7-zip}": program("7-Zip 25.01 (x64)", "25.01")}

RESTING = {"boot": "212", "wanted": [], "busy": [], "failed": {}}
"""The answer to formats/windows_reboot of a PC that waits for nothing."""

WHOLE = Facts(
    elevated=True,
    hostname="PC-1",
    maker="LENOVO",
    model="ThinkPad Example",
    serial="EX0042",
    uuid="4c4c4544-0031-3010-8039-b4c04f4e3532",
    machine_id="5c4e8f2a-0d3b-4f6c-9a1e-7b2d8c5f0e34",
    macs=["00:00:5e:00:53:01"],
    cpu="Example CPU @ 2.40GHz",
    cpu_count=8,
    memory=16_777_216_000,
    disks=[Disk("C:", "C:\\", "NTFS", 255_000_000_000, 99_000_000_000)],
    system_disk="C:\\",
    battery_percent=80,
    battery_health_percent=90,
    on_battery=True,
    os="Windows 11 Pro",
    os_version="24H2 (26100.4061)",
    kernel="10.0.26100",
    architecture="x86_64",
    boot_id="212",
    tpm="2.0",
    secure_boot=True,
    activated=True,
    joined="domain school.example.org, Entra Example District",
    encryption=[EncryptedVolume("C:\\", VolumeState.NOT_ARMED), EncryptedVolume("D:\\", VolumeState.ON)],
    administrators=["Administrator", "tech", "EXAMPLE\\ana"],
    printers=["Room 12", "Ñandú \u20ac"],
    wifi_networks=["Staff & guests"],
    unanswered=[],
    software=[
        InstalledSoftware("7-Zip 25.01 (x64)", "25.01"),
        InstalledSoftware("Grade Book", "3.2"),
        InstalledSoftware("Note Taker", "2.1"),
        InstalledSoftware("Microsoft.WindowsCalculator", "11.2405.2.0"),
    ],
    users=[LocalUser("tech", "Technician", administrator=True), LocalUser("ana", "Ana Núñez", administrator=False)],
)


LISTS = (
    "software",
    "users",
    "disks",
    "macs",
    "encryption",
    "administrators",
    "printers",
    "wifi_networks",
    "unanswered",
)


def answer(folder: Path, windows: dict[str, Any], kept: dict[str, Any] | None = None, mode: str = CONSTRAINED) -> Any:
    kept = registry(PROGRAMS, PROGRAMS_32, OWN, STORE) if kept is None else kept
    networks = folder / "ProgramData" / "Microsoft" / "Wlansvc" / "Profiles" / "Interfaces" / "{one}"
    networks.mkdir(parents=True, exist_ok=True)
    (networks / "{a}.xml").write_text(PROFILE.format("Staff &amp; guests"), "utf-8")
    probes = facts_probes(Platform.WINDOWS)[:1]  # what waits for a reboot has tests of its own
    [said] = ask(folder, probes, windows, mode=mode, registry=kept)
    assert isinstance(said, dict), said
    return said


def seen(folder: Path, windows: dict[str, Any], kept: dict[str, Any] | None = None) -> Facts:
    return facts(Platform.WINDOWS, [answer(folder, windows, kept), RESTING])


@pytest.mark.parametrize("mode", [FULL, CONSTRAINED])
def test_a_laptop(tmp_path: Path, mode: str) -> None:
    said = answer(tmp_path, LAPTOP, mode=mode)
    assert said["failed"] == {}
    assert "CANARY" not in str(said)
    assert facts(Platform.WINDOWS, [said, RESTING]) == WHOLE


@pytest.mark.parametrize(
    ("missing", "changed"),
    [
        ("Win32_BIOS", {"serial": ""}),
        ("BatteryStaticData", {"battery_health_percent": None}),
        (
            "Win32_ComputerSystem",
            {"hostname": "", "maker": "", "model": "", "memory": None, "joined": "Entra Example District"},
        ),
        ("Win32_Tpm", {"tpm": ""}),
        ("Win32_EncryptableVolume", {"encryption": []}),
        ("SoftwareLicensingProduct", {"activated": None}),
    ],
)
def test_a_class_that_is_missing_takes_only_its_own_facts_along(
    tmp_path: Path, missing: str, changed: dict[str, Any]
) -> None:
    said = answer(tmp_path, {name: found for name, found in LAPTOP.items() if name != missing})
    why = f'Invalid class "{missing}"'
    assert said["failed"] == {missing: why}
    assert facts(Platform.WINDOWS, [said, RESTING]) == replace(WHOLE, **changed, unanswered=[f"{missing}: {why}"])


def test_access_denied_everywhere_leaves_what_the_registry_says(tmp_path: Path) -> None:
    said = answer(tmp_path, {name: {"raises": "Access denied "} for name in LAPTOP})
    assert set(said["failed"].values()) == {"Access denied "}
    assert len(said["failed"]) == len(LAPTOP) - 1  # the group is the way to its members
    told = facts(Platform.WINDOWS, [said, RESTING])
    assert (told.boot_id, told.machine_id, told.serial, told.users) == ("212", WHOLE.machine_id, "", [])
    assert told.software == WHOLE.software


def test_nothing_at_all(tmp_path: Path) -> None:
    told = seen(tmp_path, {name: [] for name in LAPTOP}, {"HKEY_LOCAL_MACHINE": key()})
    empty: dict[str, list[Any]] = {name: [] for name in LISTS}
    assert replace(told, unanswered=[], wifi_networks=[]) == Facts(**empty, tpm="none", elevated=True)
    assert [line for line in told.unanswered if "Cryptography" in line]


def test_what_the_bootstrap_script_keeps_awake(tmp_path: Path) -> None:
    kept = registry()
    memory = {"SleepPluggedIn": ("String", "1800"), "SleepOnBattery": ("String", "600")}
    kept["HKEY_LOCAL_MACHINE"]["keys"]["SOFTWARE"]["keys"]["deskprov-bootstrap"] = key(values=memory)
    assert seen(tmp_path, {}, kept).kept_awake


def test_whether_who_asks_is_an_administrator(tmp_path: Path) -> None:
    """Forms of `whoami /groups /fo csv /nh`; a filtered token has the group for denying only, and a medium level."""
    group, high, medium = ('"x\\y","Alias","S-1-5-32-544","z"', '"l","e","S-1-16-12288",""', '"l","e","S-1-16-8192",""')
    told = {
        (group, high): True,
        (group, '"l","e","S-1-16-16384",""'): True,
        (group, medium): False,
        ('"x\\y","Alias","S-1-5-32-545","z"', high): False,
        ("nonsense",): None,
    }
    assert {lines: seen(tmp_path, {"whoami.exe": list(lines)}).elevated for lines in told} == told
    refused = seen(tmp_path, {"whoami.exe": {"raises": "blocked by group policy"}})
    assert refused.elevated is None
    assert any("blocked by group policy" in check for check in refused.unanswered)
    assert seen(tmp_path, {"whoami.exe": []}).elevated is None


def test_exactly_one_item_stays_a_list(tmp_path: Path) -> None:
    one = {**LAPTOP, "Get-LocalUser": [user("tech", 1001)], "Win32_GroupUser": [member("tech")]}
    told = seen(tmp_path, one, registry({"one": program("Only One", "1")}))
    assert told.software == [InstalledSoftware("Only One", "1")]
    assert told.users == [LocalUser("tech", "", administrator=True)]


def test_an_orphaned_sid_hides_nobody(tmp_path: Path) -> None:
    """What such a member looks like: learn.microsoft.com/troubleshoot, "Get-LocalGroupMember fails (1789)"; CIM gives
    it without a domain of this machine, or not at all.
    """
    orphan = {"PartComponent": None, "only_if": IN_ADMINISTRATORS.format("Administrators")}
    told = seen(tmp_path, {**LAPTOP, "Win32_GroupUser": [orphan, member(f"{SID}-1105", domain=""), member("tech")]})
    assert [one.administrator for one in told.users] == [True, False]


def test_spanish_names(tmp_path: Path) -> None:
    spanish = {
        "Get-LocalGroup": [{"Name": "Administradores", "SID": "S-1-5-32-544"}],
        "Get-LocalUser": [user("Administrador", 500), user("ñandú", 1001, full_name="Peña «técnica»")],
        "Win32_GroupUser": [member("Administrador", "Administradores"), member("ñandú", "Administradores")],
    }
    told = seen(tmp_path, {**LAPTOP, **spanish})
    assert told.users == [
        LocalUser("Administrador", "", administrator=True),
        LocalUser("ñandú", "Peña «técnica»", administrator=True),
    ]


def test_five_hundred_programs(tmp_path: Path) -> None:
    programs = {f"p{number:03}": program(f"Program {number:03}", f"{number}.0") for number in range(500)}
    told = seen(tmp_path, LAPTOP, registry(programs))
    assert told.software == [InstalledSoftware(f"Program {number:03}", f"{number}.0") for number in range(500)]


HOSTILE = "a\"b\\c'd`e$(f)\u20ac\u00ad\U0001f5a8 {{ 7 * 7 }} <&> \ud7ff # \u2028"


def test_characters_that_break_json_or_code_pages(tmp_path: Path) -> None:
    name = HOSTILE + "\t\x1b\r\n"
    told = seen(tmp_path, {**LAPTOP, "Win32_BIOS": {"SerialNumber": HOSTILE}}, registry({"x": program(name)}))
    assert [one.name for one in told.software] == [" ".join(name.split())]
    assert told.serial == " ".join(HOSTILE.split())


def test_a_value_of_another_kind_than_usual_hides_nothing(tmp_path: Path) -> None:
    strange = key(values={"DisplayName": ("MultiString", ["A", "B"]), "DisplayVersion": ("DWord", 7)})
    told = seen(tmp_path, LAPTOP, registry({"strange": strange, "usual": program("Usual")}))
    assert told.software == [InstalledSoftware("A B", "7"), InstalledSoftware("Usual", "1.0")]


def test_an_entry_that_cannot_be_read_hides_no_other(tmp_path: Path) -> None:
    """Values of a wrong type are met among them: "Specified cast is not valid" (PowerShell/PowerShell#9552)."""
    programs = registry({"broken": program("Broken"), "usual": program("Usual")})
    said = answer(tmp_path, {**LAPTOP, "Get-ItemProperty": {"broken": "Specified cast is not valid."}}, programs)
    assert [name for name in said["failed"] if name.endswith("\\Uninstall\\broken")]
    assert facts(Platform.WINDOWS, [said, RESTING]).software == [InstalledSoftware("Usual", "1.0")]


def test_nothing_that_is_asked_is_slow_or_fragile() -> None:
    probe = facts_probes(Platform.WINDOWS)[0]
    code = "\n".join(line for line in probe.script.text.splitlines() if not line.startswith("#"))
    assert not [w for w in ("Win32_Product'", "ComputerInfo", "LocalGroupMember", "WindowsCapability") if w in code]
    assert json.dumps(probe.argument) == "null"
