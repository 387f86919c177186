"""Facts of a Linux machine out of the raw texts of its kernel and files."""

import re
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from deskprov.formats.dpkg import Package
from deskprov.model.facts import Disk, Facts, InstalledSoftware, LocalUser
from deskprov.model.placeholder import is_placeholder

LONGEST = 200
MOST = 100
LARGEST = 10**15
"""Characters of a text, entries of a list, and numbers, that are taken from a machine; software has its own limit."""

_MAC = re.compile(r"[0-9a-f]{2}(:[0-9a-f]{2}){5}\Z")
_NO_MAC = frozenset({"00:00:00:00:00:00", "ff:ff:ff:ff:ff:ff"})
_DIGITS = re.compile(r"[0-9]{1,15}\Z")
_RELEASE_LINE = re.compile(r"""^([A-Z_]+)=(["']?)(.*)\2$""", re.MULTILINE)
_NO_LOG_IN = ("/nologin", "/false", "/sync")
_PEOPLE = range(1000, 60000)
"""Numbers of people's accounts: UID_MIN to UID_MAX in Debian's /etc/login.defs."""


def facts(machine: Mapping[str, Any], software: Iterable[Package]) -> Facts:
    """The facts; what is missing, a placeholder, or not of the expected form is unknown."""
    dmi = machine.get("dmi")
    firmware = dmi if isinstance(dmi, dict) else {}
    release = {name: value for name, _, value in _RELEASE_LINE.findall(_raw(machine, "os_release"))}
    percent, health = _battery(_list(machine, "batteries"))
    memory = _number(machine.get("memory_kib"))
    return Facts(
        hostname=_text(machine, "hostname"),
        maker=_named(firmware, "sys_vendor"),
        model=_model(firmware),
        serial=_named(firmware, "product_serial") or _named(machine, "device_tree_serial"),
        uuid=_named(firmware, "product_uuid").lower(),
        machine_id=_text(machine, "machine_id"),
        macs=_macs(_list(machine, "macs")),
        cpu=_text(machine, "cpu"),
        cpu_count=_number(machine.get("cpu_count")),
        memory=None if memory is None else memory * 1024,
        disks=[disk for entry in _list(machine, "disks") for disk in _disk(entry)],
        battery_percent=percent,
        battery_health_percent=health,
        os=_line(release.get("NAME", "")),
        os_version=_os_version(release, _text(machine, "debian_version")),
        kernel=_text(machine, "kernel"),
        architecture=_text(machine, "architecture"),
        boot_id=_text(machine, "boot_id"),
        software=[InstalledSoftware(_line(package.name), _line(package.version)) for package in software],
        users=_users(_raw(machine, "passwd"), _list(machine, "sudo_group")),
    )


def _raw(source: Mapping[str, Any], name: str) -> str:
    value = source.get(name)
    return value if isinstance(value, str) else ""


def _line(text: str) -> str:
    return " ".join(text.split())[:LONGEST]


def _text(source: Mapping[str, Any], name: str) -> str:
    return _line(_raw(source, name))


def _named(firmware: Mapping[str, Any], name: str) -> str:
    text = _text(firmware, name)
    return "" if is_placeholder(text) else text


def _list(source: Mapping[str, Any], name: str) -> list[Any]:
    value = source.get(name)
    return value[:MOST] if isinstance(value, list) else []


def _number(value: Any) -> int | None:
    if isinstance(value, str) and _DIGITS.match(value):
        return int(value)
    known = isinstance(value, int) and not isinstance(value, bool) and 0 <= value < LARGEST
    return value if known else None


def _model(firmware: Mapping[str, Any]) -> str:
    """Lenovo gives the name people know ("ThinkPad T14 Gen 4") as the version, and a machine type as the name."""
    if _text(firmware, "sys_vendor").casefold() == "lenovo" and (name := _named(firmware, "product_version")):
        return name
    return _named(firmware, "product_name")


def _macs(addresses: Sequence[Any]) -> list[str]:
    macs = [address.lower() for address in addresses if isinstance(address, str)]
    return sorted({mac for mac in macs if _MAC.match(mac) and mac not in _NO_MAC})


def _disk(entry: Any) -> list[Disk]:
    match entry:
        case [str(device), str(mount), str(kind), int(size), int(free)] if size > 0 and free >= 0:
            return [Disk(_line(device), _line(mount), _line(kind), size, free)]
        case _:
            return []


def _battery(batteries: Sequence[Any]) -> tuple[int | None, int | None]:
    """Charge and health in percent; several batteries count by their capacity when new."""
    whole = [battery for battery in batteries if isinstance(battery, dict)]
    charges = [charge for charge in (_number(battery.get("capacity")) for battery in whole) if charge is not None]
    full = design = 0
    for battery in whole:
        for unit in ("energy", "charge"):
            now, new = _number(battery.get(f"{unit}_full")), _number(battery.get(f"{unit}_full_design"))
            if now and new:
                full, design = full + now, design + new
                break
    percent = min(100, sum(charges) // len(charges)) if charges else None
    return percent, min(100, round(100 * full / design)) if design else None


def _os_version(release: Mapping[str, str], debian_version: str) -> str:
    """VERSION_ID; on Debian with the point release, which only /etc/debian_version has."""
    version = _line(release.get("VERSION_ID", ""))
    if release.get("ID") == "debian" and debian_version.startswith(f"{version}."):
        return debian_version
    return version


def _users(passwd: str, sudo_group: Sequence[Any]) -> list[LocalUser]:
    sudo = next((line.split(":") for line in sudo_group if isinstance(line, str) and line.count(":") == 3), None)
    members = frozenset(sudo[3].split(",")) if sudo else frozenset()
    users: list[LocalUser] = []
    for line in passwd.splitlines():
        match line.split(":"):
            case [name, _, uid, gid, gecos, _, shell] if _is_person(uid, shell) and len(users) < MOST:
                administrator = name in members or (sudo is not None and gid == sudo[2])
                users.append(LocalUser(_line(name), _line(gecos.partition(",")[0]), administrator))
    return users


def _is_person(uid: str, shell: str) -> bool:
    return _number(uid) in _PEOPLE and not shell.endswith(_NO_LOG_IN)
