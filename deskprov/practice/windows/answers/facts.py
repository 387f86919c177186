"""What a practice PC says of itself. Maker and model say what it is: nothing here is a real computer's."""

from typing import Any

from deskprov.model.practice_models import State
from deskprov.practice.windows.local_accounts import ADMINISTRATORS, group

MIB = 1024 * 1024


def look(state: State, argument: Any) -> Any:
    """In the form of stages/facts/probe_windows.ps1."""
    machine = state["machine"]
    free = machine.get("free", 96 * 1024 * MIB)
    members = group(state, ADMINISTRATORS)["members"]
    return {
        "system": [
            {
                "Name": state["name"].upper(),
                "Manufacturer": "deskprov",
                "Model": "Practice PC (no Windows)",
                "TotalPhysicalMemory": 8192 * MIB,
                "PartOfDomain": False,
                "Domain": "WORKGROUP",
                "Workgroup": "WORKGROUP",
            }
        ],
        "product": [{"UUID": machine["uuid"], "Version": ""}],
        "bios": [{"SerialNumber": machine["serial"]}],
        "windows": [
            {"Caption": "Microsoft Windows 11 Pro (practice PC)", "Version": "10.0.26100", "SystemDrive": "C:"}
        ],
        "release": {"DisplayVersion": "24H2", "CurrentBuild": "26100", "UBR": 4061, "EditionID": "Professional"},
        "machine_guid": machine["guid"],
        "boot_id": machine["boot_id"],
        "architecture": "AMD64",
        "processors": [{"Name": "None: a double", "NumberOfLogicalProcessors": 2}],
        "disks": [{"DeviceID": "C:", "FileSystem": "NTFS", "Size": 128 * 1024 * MIB, "FreeSpace": free}],
        "adapters": [],
        "kept_awake": state.get("kept_awake", False),
        "elevated": machine.get("elevated", True),
        "batteries": machine.get("batteries", []),
        "battery_designed": [],
        "battery_full": [],
        "tpm": [{"SpecVersion": "2.0, 0, 1.59"}],
        "volumes": [{"DriveLetter": "C:", "ProtectionStatus": 0, "ConversionStatus": 1}],
        "licences": [{"LicenseStatus": 5}],
        "secure_boot": 1,
        "directories": [],
        "printers": [],
        "store": [],
        "wifi": [],
        "software": [],
        "users": [
            [user["name"], user["fullname"], user["sid"], not user["account_disabled"]]
            for user in state["users"].values()
        ],
        "computer": state["name"].upper(),
        "administrators": [
            [state["name"].upper(), user["name"]] for user in state["users"].values() if user["sid"] in members
        ],
        "failed": {},
    }
