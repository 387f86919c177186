"""Facts of a Linux machine out of the raw texts of its kernel and files."""

import re
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from deskprov.formats.dpkg import Package
from deskprov.model.facts import Disk, Facts, InstalledSoftware, LocalUser
from deskprov.stages.facts.raw import MOST, entries, line, macs, model, named, number, raw, text

_RELEASE_LINE = re.compile(r"""^([A-Z_]+)=(["']?)(.*)\2$""", re.MULTILINE)
_NO_LOG_IN = ("/nologin", "/false", "/sync")
_PEOPLE = range(1000, 60000)
"""Numbers of people's accounts: UID_MIN to UID_MAX in Debian's /etc/login.defs."""


def facts(machine: Mapping[str, Any], software: Iterable[Package], reboot_wanted: Sequence[str]) -> Facts:
    """The facts; what is missing, a placeholder, or not of the expected form is unknown."""
    dmi = machine.get("dmi")
    firmware = dmi if isinstance(dmi, dict) else {}
    release = {name: value for name, _, value in _RELEASE_LINE.findall(raw(machine, "os_release"))}
    percent, health = _battery(entries(machine, "batteries"))
    memory = number(machine.get("memory_kib"))
    return Facts(
        hostname=text(machine, "hostname"),
        maker=named(firmware, "sys_vendor"),
        model=model(text(firmware, "sys_vendor"), named(firmware, "product_name"), named(firmware, "product_version")),
        serial=named(firmware, "product_serial") or named(machine, "device_tree_serial"),
        uuid=named(firmware, "product_uuid").lower(),
        machine_id=text(machine, "machine_id"),
        macs=macs(entries(machine, "macs")),
        cpu=text(machine, "cpu"),
        cpu_count=number(machine.get("cpu_count")),
        memory=None if memory is None else memory * 1024,
        disks=[disk for entry in entries(machine, "disks") for disk in _disk(entry)],
        system_disk="/",
        battery_percent=percent,
        battery_health_percent=health,
        on_battery=_on_battery(entries(machine, "batteries"), entries(machine, "mains")),
        os=line(release.get("NAME", "")),
        os_version=_os_version(release, text(machine, "debian_version")),
        kernel=text(machine, "kernel"),
        architecture=text(machine, "architecture"),
        boot_id=text(machine, "boot_id"),
        reboot_wanted=reboot_wanted,
        software=[InstalledSoftware(line(package.name), line(package.version)) for package in software],
        users=_users(raw(machine, "passwd"), entries(machine, "sudo_group")),
    )


def _disk(entry: Any) -> list[Disk]:
    match entry:
        case [str(device), str(mount), str(kind), int(size), int(free)] if size > 0 and free >= 0:
            return [Disk(line(device), line(mount), line(kind), size, free)]
        case _:
            return []


def _battery(batteries: Sequence[Any]) -> tuple[int | None, int | None]:
    """Charge and health in percent; several batteries count by their capacity when new."""
    whole = [battery for battery in batteries if isinstance(battery, dict)]
    charges = [charge for charge in (number(battery.get("capacity")) for battery in whole) if charge is not None]
    full = design = 0
    for battery in whole:
        for unit in ("energy", "charge"):
            now, new = number(battery.get(f"{unit}_full")), number(battery.get(f"{unit}_full_design"))
            if now and new:
                full, design = full + now, design + new
                break
    percent = min(100, sum(charges) // len(charges)) if charges else None
    return percent, min(100, round(100 * full / design)) if design else None


def _on_battery(batteries: Sequence[Any], mains: Sequence[Any]) -> bool | None:
    """None without a battery, and where the kernel knows of nothing else that could feed the machine."""
    return "1" not in mains if batteries and mains else None


def _os_version(release: Mapping[str, str], debian_version: str) -> str:
    """VERSION_ID; on Debian with the point release, which only /etc/debian_version has."""
    version = line(release.get("VERSION_ID", ""))
    if release.get("ID") == "debian" and debian_version.startswith(f"{version}."):
        return debian_version
    return version


def _users(passwd: str, sudo_group: Sequence[Any]) -> list[LocalUser]:
    sudo = next((group.split(":") for group in sudo_group if isinstance(group, str) and group.count(":") == 3), None)
    members = frozenset(sudo[3].split(",")) if sudo else frozenset()
    users: list[LocalUser] = []
    for account in passwd.splitlines():
        match account.split(":"):
            case [name, _, uid, gid, gecos, _, shell] if _is_person(uid, shell) and len(users) < MOST:
                administrator = name in members or (sudo is not None and gid == sudo[2])
                users.append(LocalUser(line(name), line(gecos.partition(",")[0]), administrator))
    return users


def _is_person(uid: str, shell: str) -> bool:
    return number(uid) in _PEOPLE and not shell.endswith(_NO_LOG_IN)
