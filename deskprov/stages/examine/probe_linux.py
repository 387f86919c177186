"""Runs on the machine: what could stand in the way of setting it up. Only looks; the argument is who logs in."""

import os
import struct
import subprocess
import sys
import time

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

LOCKS = (
    "/var/lib/dpkg/lock-frontend",
    "/var/lib/dpkg/lock",
    "/var/lib/apt/lists/lock",
    "/var/cache/apt/archives/lock",
)
PLACES = ("/", "/var", "/tmp", "/boot")
POWER = "/sys/class/power_supply"
READ_ONLY = 1


def look(argument: str) -> "dict[str, Any]":
    return {
        "time": time.time(),
        "python": list(sys.version_info[:3]),
        "sudo": _said("sudo", "--version").partition("\n")[0],
        "sudo_rules": _said("sudo", "-n", "-l", "-U", argument),
        "zone": os.path.realpath("/etc/localtime").partition("/zoneinfo/")[2],
        "hardware_clock": _text("/etc/adjtime"),
        "places": _places(),
        "locks": [found for found in map(_lock, LOCKS) if found],
        "half_done": [name for name in _entries("/var/lib/dpkg/updates") if name.isdigit()],
        "reboot_since": _age("/run/reboot-required"),
        "going_down": _text("/run/systemd/shutdown/scheduled"),
        "mains": [_text(f"{POWER}/{name}/online") for name in _entries(POWER) if _kind(name) in ("Mains", "USB")],
        "charge": [_text(f"{POWER}/{name}/capacity") for name in _entries(POWER) if _is_battery(name)],
    }


def _said(*command: str) -> str:
    environment = {"PATH": "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin", "LC_ALL": "C"}
    try:
        done = subprocess.run(
            command,
            env=environment,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            timeout=4,
            check=False,
        )
    except (OSError, subprocess.TimeoutExpired):
        return ""
    return done.stdout.decode("utf-8", "replace")[:4000]


def _text(path: str) -> str:
    try:
        with open(path, encoding="utf-8", errors="replace") as file:
            return file.read(4000).strip()
    except OSError:
        return ""


def _entries(folder: str) -> "list[str]":
    try:
        return sorted(os.listdir(folder))
    except OSError:
        return []


def _age(path: str) -> "float | None":
    try:
        return max(0.0, time.time() - os.stat(path).st_mtime)
    except OSError:
        return None


def _places() -> "list[list[Any]]":
    """Each file system once: where, bytes, bytes free, whether it has files left, whether it can be written."""
    seen: dict[int, list[Any]] = {}
    for place in PLACES:
        try:
            device, space = os.stat(place).st_dev, os.statvfs(place)
        except OSError:
            continue
        inodes = [space.f_files, space.f_favail]
        sizes = [space.f_blocks * space.f_frsize, space.f_bavail * space.f_frsize]
        seen.setdefault(device, [place, *sizes, *inodes, bool(space.f_flag & READ_ONLY)])
    return list(seen.values())


def _lock(path: str) -> "list[Any] | None":
    """Who holds a lock of dpkg or apt, as the kernel says (fcntl(2), F_GETLK): asking takes nothing."""
    import fcntl

    layout = "hhqqi4x"
    try:
        with open(path, "rb") as file:
            question = struct.pack(layout, fcntl.F_WRLCK, os.SEEK_SET, 0, 0, 0)
            kind, _, _, _, process = struct.unpack(layout, fcntl.fcntl(file, fcntl.F_GETLK, question))
    except OSError:
        return None
    if kind == fcntl.F_UNLCK:
        return None
    return [path, process, _text(f"/proc/{process}/comm"), _running(process)]


def _running(process: int) -> "float | None":
    """Seconds since the process began (proc(5): field 22 of stat, in clock ticks since boot)."""
    try:
        began = int(_text(f"/proc/{process}/stat").rpartition(")")[2].split()[19])
        return float(_text("/proc/uptime").split()[0]) - began / os.sysconf("SC_CLK_TCK")
    except (IndexError, ValueError):
        return None


def _kind(supply: str) -> str:
    return _text(f"{POWER}/{supply}/type")


def _is_battery(supply: str) -> bool:
    """The machine's own battery, not that of a mouse."""
    return _kind(supply) == "Battery" and _text(f"{POWER}/{supply}/scope") != "Device"
