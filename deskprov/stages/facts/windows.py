"""Facts of a Windows machine out of what CIM and the registry say."""

import html
from collections.abc import Mapping, Sequence
from typing import Any

from deskprov.formats.windows_battery import DISCHARGING
from deskprov.formats.windows_reboot import WindowsLife
from deskprov.model.facts import Disk, Facts, InstalledSoftware, LocalUser
from deskprov.stages.facts import protection
from deskprov.stages.facts.raw import LARGEST, MOST, entries, first, line, macs, model, named, number, rows, text, texts

_SOFTWARE = 5000
_NO_ADAPTERS = ("ROOT\\", "BTH\\", "SWD\\")
"""Buses of adapters that are programs, or a telephone's: System-Defined Device Setup, and Bluetooth."""

_ARCHITECTURES = {"amd64": "x86_64", "arm64": "aarch64"}
"""The words of PROCESSOR_ARCHITECTURE, and those that Linux has for the same."""

_BUILT_IN_ADMINISTRATOR = 500
_FIRST_OF_PEOPLE = 1000
"""The last part of a SID: Well-known SIDs, learn.microsoft.com/windows-server/identity/ad-ds/manage/
understand-security-identifiers; 501 to 504 are for guests and for Windows itself."""


def facts(machine: Mapping[str, Any], life: WindowsLife) -> Facts:
    """The facts; what is missing, a placeholder, or not of the expected form is unknown."""
    system, product, windows = (first(machine, name) for name in ("system", "product", "windows"))
    administrators = _members(entries(machine, "administrators"), text(machine, "computer"))
    return Facts(
        hostname=text(system, "Name"),
        maker=named(system, "Manufacturer"),
        model=model(text(system, "Manufacturer"), named(system, "Model"), named(product, "Version")),
        serial=named(first(machine, "bios"), "SerialNumber"),
        uuid=named(product, "UUID").lower(),
        machine_id=text(machine, "machine_guid"),
        macs=macs([row.get("MACAddress") for row in rows(machine, "adapters") if _is_hardware(row)]),
        cpu=text(first(machine, "processors"), "Name"),
        cpu_count=_sum(rows(machine, "processors"), "NumberOfLogicalProcessors"),
        memory=number(system.get("TotalPhysicalMemory")),
        disks=[disk for row in rows(machine, "disks") for disk in _disk(row)],
        system_disk=_root(text(windows, "SystemDrive")),
        battery_percent=_charge(rows(machine, "batteries")),
        battery_health_percent=_health(machine),
        on_battery=_on_battery(rows(machine, "batteries")),
        kept_awake=machine.get("kept_awake") is True,
        elevated=elevated if isinstance(elevated := machine.get("elevated"), bool) else None,
        os=text(windows, "Caption").removeprefix("Microsoft "),
        os_version=_os_version(machine),
        kernel=text(windows, "Version"),
        architecture=_architecture(text(machine, "architecture")),
        boot_id=_boot_id(machine.get("boot_id")),
        reboot_wanted=life.wanted,
        tpm=protection.tpm(machine),
        secure_boot=protection.secure_boot(machine),
        activated=protection.activated(machine),
        encryption=protection.encryption(machine),
        joined=_joined(system, entries(machine, "directories")),
        administrators=[whole for _, _, whole in administrators],
        printers=texts(machine, "printers"),
        wifi_networks=list(dict.fromkeys(html.unescape(name) for name in texts(machine, "wifi"))),
        unanswered=[*_unanswered(machine.get("failed")), *life.failed],
        software=[*_software(machine.get("software")), *_store(machine.get("store"))][:_SOFTWARE],
        users=_users(entries(machine, "users"), [name for own, name, _ in administrators if own]),
    )


def _sum(rows: Sequence[Mapping[str, Any]], name: str) -> int | None:
    numbers = [value for row in rows if (value := number(row.get(name)))]
    return min(sum(numbers), LARGEST) if numbers else None


def _is_hardware(adapter: Mapping[str, Any]) -> bool:
    bus = text(adapter, "PNPDeviceID").upper()
    return bool(bus) and not bus.startswith(_NO_ADAPTERS)


def _disk(row: Mapping[str, Any]) -> list[Disk]:
    size, free = number(row.get("Size")), number(row.get("FreeSpace"))
    device = text(row, "DeviceID")
    return (
        [Disk(device, _root(device), text(row, "FileSystem"), size, free)]
        if device and size and free is not None
        else []
    )


def _root(drive: str) -> str:
    return f"{drive}\\" if drive else ""


def _charge(batteries: Sequence[Mapping[str, Any]]) -> int | None:
    charges = [charge for row in batteries if (charge := number(row.get("EstimatedChargeRemaining"))) is not None]
    return min(100, sum(charges) // len(charges)) if charges else None


def _on_battery(batteries: Sequence[Mapping[str, Any]]) -> bool | None:
    states = [state for row in batteries if (state := number(row.get("BatteryStatus"))) is not None]
    return any(state in DISCHARGING for state in states) if states else None


def _health(machine: Mapping[str, Any]) -> int | None:
    designed = _sum(rows(machine, "battery_designed"), "DesignedCapacity")
    full = _sum(rows(machine, "battery_full"), "FullChargedCapacity")
    return min(100, round(100 * full / designed)) if designed and full else None


def _os_version(machine: Mapping[str, Any]) -> str:
    """As `winver` says it: `24H2 (26100.4061)`."""
    about = machine.get("release")
    release = about if isinstance(about, dict) else {}
    update = number(release.get("UBR"))
    build = text(release, "CurrentBuild")
    whole = build if update is None else f"{build}.{update}"
    return " ".join(part for part in (text(release, "DisplayVersion"), f"({whole})" if build else "") if part)


def _architecture(word: str) -> str:
    return _ARCHITECTURES.get(word.lower(), word)


def _boot_id(counter: Any) -> str:
    known = number(counter)
    return "" if known is None else str(known)


def _software(found: Any) -> list[InstalledSoftware]:
    """What Settings shows: no parts of Windows, no updates of other entries; what both views have is one."""
    installed: dict[InstalledSoftware, None] = {}
    for entry in found[:_SOFTWARE] if isinstance(found, list) else ():
        match entry:
            case [str(name), str(version), str(component), str(parent)] if (
                component != "1" and not parent and line(name)
            ):
                installed[InstalledSoftware(line(name), line(version))] = None
    return list(installed)


def _store(packages: Any) -> list[InstalledSoftware]:
    """What every account gets from the Store: full names of packages, learn.microsoft.com/windows/apps/desktop/
    modernize/package-identity-overview: name, version, architecture, resource id and publisher id.
    """
    installed: dict[InstalledSoftware, None] = {}
    for package in packages[:_SOFTWARE] if isinstance(packages, list) else ():
        match package.split("_") if isinstance(package, str) else ():
            case [name, version, _, _, _]:
                installed[InstalledSoftware(line(name), line(version))] = None
    return list(installed)


def _joined(system: Mapping[str, Any], directories: Sequence[Any]) -> str:
    """In words: a computer may belong to a domain and to an Entra directory at once."""
    words = []
    if system.get("PartOfDomain") is True:
        words.append(f"domain {text(system, 'Domain')}")
    elif workgroup := text(system, "Workgroup"):
        words.append(f"workgroup {workgroup}")
    for directory in directories:
        match directory:
            case [str(tenant), str(name)]:
                words.append(f"Entra {line(name) or line(tenant)}")
    return ", ".join(words)


def _members(found: Sequence[Any], computer: str) -> list[tuple[bool, str, str]]:
    """Whether it is an account of this computer, its name, and its name with its domain if it has another."""
    members = []
    for member in found:
        match member:
            case [str(domain), str(name)]:
                own = domain.casefold() == computer.casefold()
                members.append((own, line(name), line(name if own or not domain else f"{domain}\\{name}")))
    return members


def _unanswered(failed: Any) -> list[str]:
    problems = failed.items() if isinstance(failed, dict) else ()
    return [line(f"{check}: {why}") for check, why in problems if isinstance(why, str)][:MOST]


def _users(accounts: Sequence[Any], administrators: Sequence[Any]) -> list[LocalUser]:
    members = {name.casefold() for name in administrators if isinstance(name, str)}
    users: list[LocalUser] = []
    for account in accounts:
        match account:
            case [str(name), str(full_name), str(sid), bool(enabled)] if _is_person(sid, enabled):
                users.append(LocalUser(line(name), line(full_name), name.casefold() in members))
    return users


def _is_person(sid: str, enabled: bool) -> bool:
    relative = number(sid.rpartition("-")[2]) or 0
    return relative >= _FIRST_OF_PEOPLE or (relative == _BUILT_IN_ADMINISTRATOR and enabled)
