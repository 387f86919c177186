"""What protects a Windows computer and its data: TPM, Secure Boot, BitLocker, and whether Windows is activated."""

from collections.abc import Mapping
from typing import Any

from deskprov.model.facts import EncryptedVolume, VolumeState
from deskprov.stages.facts.raw import number, rows, text

_NOT_ENCRYPTED, _ENCRYPTED = 0, 1
_UNPROTECTED, _PROTECTED, _LOCKED = 0, 1, 2
"""ConversionStatus and ProtectionStatus of Win32_EncryptableVolume, learn.microsoft.com/windows/win32/secprov/."""

_LICENSED = 1
"""LicenseStatus of SoftwareLicensingProduct, learn.microsoft.com/previous-versions/windows/desktop/sppwmi/."""


def tpm(machine: Mapping[str, Any]) -> str:
    """The version of the specification, `none` when Windows sees no TPM, empty when it could not be asked.

    SpecVersion of Win32_Tpm is a list of numbers, of which the first is that of the main specification.
    """
    found = rows(machine, "tpm")
    if not found:
        failed = machine.get("failed")
        return "" if not isinstance(failed, dict) or "Win32_Tpm" in failed or "tpm" not in machine else "none"
    return text(found[0], "SpecVersion").partition(",")[0]


def secure_boot(machine: Mapping[str, Any]) -> bool | None:
    """Whether it is on; None when the firmware does not say, as that of a BIOS."""
    known = number(machine.get("secure_boot"))
    return None if known is None else known == 1


def activated(machine: Mapping[str, Any]) -> bool | None:
    """Whether a licence of Windows is in force; None when none has a key, or nobody answered."""
    states = [number(row.get("LicenseStatus")) for row in rows(machine, "licences")]
    return _LICENSED in states if states else None


def encryption(machine: Mapping[str, Any]) -> list[EncryptedVolume]:
    """Every volume with a letter. Whole and unprotected is what a fresh installation leaves: nobody holds the key."""
    volumes = []
    for row in rows(machine, "volumes"):
        mount, state = text(row, "DriveLetter"), _state(row)
        if mount and state:
            volumes.append(EncryptedVolume(f"{mount}\\", state))
    return volumes


def _state(row: Mapping[str, Any]) -> VolumeState | None:
    protection, conversion = number(row.get("ProtectionStatus")), number(row.get("ConversionStatus"))
    if protection == _LOCKED:
        return VolumeState.LOCKED
    if conversion == _NOT_ENCRYPTED:
        return VolumeState.OFF
    if conversion == _ENCRYPTED and protection in (_UNPROTECTED, _PROTECTED):
        return VolumeState.ON if protection == _PROTECTED else VolumeState.NOT_ARMED
    return VolumeState.WORKING if conversion is not None else None
