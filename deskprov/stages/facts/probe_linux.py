"""Runs on the machine: what it is and what it has, as raw as the kernel and the system's files say it."""

import os

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

FILE_SYSTEMS = (
    *("ext2", "ext3", "ext4", "xfs", "btrfs", "f2fs", "jfs", "zfs", "bcachefs"),
    *("vfat", "exfat", "ntfs", "ntfs3", "fuseblk"),
)
ETHERNET = "1"
GIVEN_BY_MAKER = "0"
DMI = "/sys/class/dmi/id"
NETWORK = "/sys/class/net"
POWER = "/sys/class/power_supply"


def look(argument: None) -> "dict[str, Any]":
    name = os.uname()
    return {
        "hostname": name.nodename,
        "kernel": name.release,
        "architecture": name.machine,
        "dmi": {field: _text(f"{DMI}/{field}") for field in _entries(DMI) if field.startswith(("sys_", "product_"))},
        "device_tree_serial": _text("/proc/device-tree/serial-number").replace("\0", ""),
        "machine_id": _text("/etc/machine-id"),
        "boot_id": _text("/proc/sys/kernel/random/boot_id"),
        "macs": [_text(f"{NETWORK}/{port}/address") for port in _entries(NETWORK) if _is_physical(port)],
        "cpu": _first_value("/proc/cpuinfo", "model name"),
        "cpu_count": os.cpu_count(),
        "memory_kib": _first_value("/proc/meminfo", "MemTotal").split(" ")[0],
        "disks": _disks(),
        "batteries": [_battery(f"{POWER}/{supply}") for supply in _entries(POWER) if _is_battery(f"{POWER}/{supply}")],
        "mains": [_text(f"{POWER}/{supply}/online") for supply in _entries(POWER) if _is_mains(f"{POWER}/{supply}")],
        "os_release": _text("/etc/os-release") or _text("/usr/lib/os-release"),
        "debian_version": _text("/etc/debian_version"),
        "passwd": _text("/etc/passwd"),
        "sudo_group": [line for line in _text("/etc/group").splitlines() if line.startswith("sudo:")],
    }


def _text(path: str) -> str:
    try:
        with open(path, encoding="utf-8", errors="replace") as file:
            return file.read(1000000).strip()
    except OSError:
        return ""


def _entries(folder: str) -> "list[str]":
    try:
        return sorted(os.listdir(folder))
    except OSError:
        return []


def _first_value(path: str, key: str) -> str:
    for line in _text(path).splitlines():
        name, _, value = line.partition(":")
        if name.strip() == key:
            return value.strip()
    return ""


def _is_physical(port: str) -> bool:
    """A device behind it, and an address that no program has made up."""
    about = f"{NETWORK}/{port}"
    assigned = _text(f"{about}/addr_assign_type")
    return os.path.exists(f"{about}/device") and _text(f"{about}/type") == ETHERNET and assigned == GIVEN_BY_MAKER


def _is_battery(supply: str) -> bool:
    """The machine's own battery, not that of a mouse."""
    return _text(f"{supply}/type") == "Battery" and _text(f"{supply}/scope") != "Device"


def _is_mains(supply: str) -> bool:
    """What can feed the machine; of USB it is its sockets that do."""
    return _text(f"{supply}/type") in ("Mains", "USB") and _text(f"{supply}/scope") != "Device"


def _battery(supply: str) -> "dict[str, str]":
    names = ("capacity", "energy_full", "energy_full_design", "charge_full", "charge_full_design")
    return {name: _text(f"{supply}/{name}") for name in names}


def _disks() -> "list[list[Any]]":
    seen = {}
    for line in _text("/proc/self/mounts").splitlines():
        device, escaped, kind = line.split(" ")[:3]
        mount = escaped.replace("\\040", " ")
        if mount == "/" or (kind in FILE_SYSTEMS and device not in seen and os.path.isdir(mount)):
            seen[device] = [device, mount, kind]
    return [disk + _sizes(disk[1]) for disk in seen.values()]


def _sizes(mount: str) -> "list[int]":
    try:
        space = os.statvfs(mount)
    except OSError:
        return [0, 0]
    return [space.f_blocks * space.f_frsize, space.f_bavail * space.f_frsize]
