"""What a practice PC says of itself. Maker and model say what it is: nothing here is a real computer's."""

from typing import Any

from deskprov.model.practice_models import State
from deskprov.practice.windows.local_accounts import ADMINISTRATORS, group

MIB = 1024 * 1024


def look(state: State, argument: Any) -> Any:
    """In the form of stages/facts/probe_windows.ps1."""
    return {
        **_computer(state),
        **_windows(state),
        **_accounts(state),
        "kept_awake": state.get("kept_awake", False),
        "directories": [],
        "printers": [],
        "store": [],
        "wifi": [],
        "software": [],
        "failed": {},
    }


def _computer(state: State) -> dict[str, Any]:
    machine = state["machine"]
    free = machine.get("free", 96 * 1024 * MIB)
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
        "architecture": "AMD64",
        "processors": [{"Name": "None: a double", "NumberOfLogicalProcessors": 2}],
        "disks": [{"DeviceID": "C:", "FileSystem": "NTFS", "Size": 128 * 1024 * MIB, "FreeSpace": free}],
        "adapters": [],
        "batteries": machine.get("batteries", []),
        "battery_designed": [],
        "battery_full": [],
        "tpm": [{"SpecVersion": "2.0, 0, 1.59"}],
        "secure_boot": 1,
    }


def _windows(state: State) -> dict[str, Any]:
    machine = state["machine"]
    caption = "Microsoft Windows 11 Pro (practice PC)"
    return {
        "windows": [{"Caption": caption, "Version": "10.0.26100", "SystemDrive": "C:"}],
        "release": {"DisplayVersion": "24H2", "CurrentBuild": "26100", "UBR": 4061, "EditionID": "Professional"},
        "machine_guid": machine["guid"],
        "boot_id": machine["boot_id"],
        "volumes": [{"DriveLetter": "C:", "ProtectionStatus": 0, "ConversionStatus": 1}],
        "licences": [{"LicenseStatus": 5}],
    }


def _accounts(state: State) -> dict[str, Any]:
    computer, users = state["name"].upper(), state["users"].values()
    members = group(state, ADMINISTRATORS)["members"]
    return {
        "computer": computer,
        "elevated": state["machine"].get("elevated", True),
        "users": [[user["name"], user["fullname"], user["sid"], not user["account_disabled"]] for user in users],
        "administrators": [[computer, user["name"]] for user in users if user["sid"] in members],
    }
