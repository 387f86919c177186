"""Judges the answer of a Linux machine: could it be set up now, and if not, what is to be done."""

import re
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

from deskprov.formats.durations import took
from deskprov.formats.endpoint_text import one_line
from deskprov.formats.sizes import size
from deskprov.model.check import Check, failed, not_looked_at, ok, warning
from deskprov.model.facts import Facts
from deskprov.stages.examine.anywhere import CHARGE, FULL, SCARCE, Asked, Mending, clock, identity, listed, text

OLDEST_PYTHON = (3, 9)
"""What our probes are written for; ansible-core 2.19 wants 3.8 on machines, 2.20 and later 3.9."""

LOCK_PATIENCE = 300.0
"""Seconds that a run waits for a package lock (`lock_timeout` of our tasks)."""

_FREE = re.compile(r"NOPASSWD:[A-Z: ]*\bALL\b")
"""As `sudo -l` lists a rule for every command without a password (sudoers(5), Tag_Spec)."""


def checks(asked: Asked, told: Mapping[str, Any], facts: Facts) -> list[Check]:
    """All checks, in order, of what it told."""
    return [
        _sudo(asked, told),
        _python(told),
        identity(asked.asset, facts),
        _disk(listed(told, "places")),
        _clock(asked, told),
        _package_lock(told),
        _reboot(told, facts.reboot_wanted),
        _power(told),
    ]


def _sudo(asked: Asked, told: Mapping[str, Any]) -> Check:
    """How `user` becomes root. That it works is proved: the answer came from a program that ran as root."""
    user = asked.connection.user
    if user == "root":
        return ok("sudo", "not needed: root logs in")
    named = asked.connection.become_password or asked.connection.password
    free = not named or bool(_FREE.search(text(told, "sudo_rules")))  # it worked, so without a name it was not asked
    how = "without a password" if free else f"with the password {named}"
    version = one_line(text(told, "sudo"), 60)
    if "sudo-rs" in version and not free:
        return failed(
            "sudo",
            f"{user} may use sudo {how}, but this is {version}: Ansible cannot answer its question",
            f"Let {user} use sudo without a password there (NOPASSWD), or: apt-get install sudo.ws",
        )
    return ok("sudo", f"{user} may use sudo {how}" + (f" ({version})" if version else ""))


def _python(told: Mapping[str, Any]) -> Check:
    match listed(told, "python"):
        case [int(major), int(minor), int(patch)] if (major, minor) >= OLDEST_PYTHON:
            return ok("python", f"Python {major}.{minor}.{patch}")
        case [int(major), int(minor), int(patch)]:
            least = ".".join(map(str, OLDEST_PYTHON))
            found = f"Python {major}.{minor}.{patch} is too old: deskprov and Ansible need {least} or newer"
            return failed("python", found, "Install a supported release of Debian or Ubuntu on it.")
        case _:
            return not_looked_at("python", "the machine does not say")


def _disk(places: Sequence[Any]) -> Check:
    figures, full, scarce, locked = [], [], [], []
    for entry in places:
        match entry:
            case [str(where), int(total), int(free), int(inodes), int(inodes_free), bool(read_only)] if total > 0:
                pass
            case _:
                continue
        if where == "/boot" and free > FULL:
            continue
        figures.append(f"{where} has {size(free)} free of {size(total)}")
        least = min(SCARCE, total // 10)
        if read_only:
            locked.append(where)
        elif free < min(FULL, total // 20) or (inodes and not inodes_free):
            full.append(where)
        elif free < least:
            scarce.append(where)
    found = ", ".join(figures)
    if not figures:
        return not_looked_at("disk", "the machine does not say how full it is")
    if locked:
        fix = (
            "The kernel may have stopped writing because the disk fails. There: dmesg | grep -i error; then back it up."
        )
        return failed("disk", f"{' and '.join(locked)} cannot be written to: it is mounted read-only. {found}", fix)
    if full:
        fix = "Make room there: apt-get clean; journalctl --vacuum-size=100M; du -xh / | sort -h | tail"
        return failed("disk", f"{' and '.join(full)} is full: {found}", fix)
    if scarce:
        fix = "Enough for a small change, maybe not for a desktop's software. There: apt-get clean"
        return warning("disk", f"little room on {' and '.join(scarce)}: {found}", fix)
    return ok("disk", found)


def _clock(asked: Asked, told: Mapping[str, Any]) -> Check:
    match told.get("time"):
        case int() | float() as seconds if 0 < seconds < 10**11:
            pass
        case _:
            return not_looked_at("clock", "the machine does not say what time it has")
    local = "LOCAL" in text(told, "hardware_clock").splitlines()  # adjtime_config(5), third line
    mending = Mending(
        "If this computer is right (date -u on both), there: timedatectl set-ntp true",
        ", and its hardware clock counts local time, as Windows does" if local else "",
        ("; timedatectl set-local-rtc 0" if local else "") + "; and see the zone: timedatectl",
    )
    return clock(asked, seconds, one_line(text(told, "zone"), 40), mending)


def _package_lock(told: Mapping[str, Any]) -> Check:
    if half_done := listed(told, "half_done"):
        found = f"an installation was broken off in the middle ({len(half_done)} steps of dpkg are not done)"
        return failed("package_lock", found, "Finish it there: sudo dpkg --configure -a")
    for entry in listed(told, "locks"):
        match entry:
            case [str(path), int(process), str(program), (None | int() | float()) as age]:
                return _held(one_line(path, 60), process, one_line(program, 40) or "a program", age)
    return ok("package_lock", "free: nothing is being installed")


def _held(path: str, process: int, program: str, age: float | None) -> Check:
    since = f", which has run for {took(age)}" if age is not None else ""
    found = f"{program} (process {process}{since}) is installing or updating: it holds {path}"
    if age is None or age < 12 * LOCK_PATIENCE:
        fix = f"Wait until it is done, or run setup all the same: it waits up to {LOCK_PATIENCE / 60:.0f} minutes."
        return warning("package_lock", found, fix)
    fix = f"It may hang. See what it does: ps -fp {process}; if it must be ended: sudo kill {process}; "
    return failed("package_lock", found, fix + "sudo dpkg --configure -a")


def _reboot(told: Mapping[str, Any], names: Sequence[str]) -> Check:
    going = dict(line.partition("=")[::2] for line in text(told, "going_down").splitlines())
    if usec := re.fullmatch(r"[0-9]{10,17}", going.get("USEC", "")):
        at = datetime.fromtimestamp(0, UTC) + timedelta(microseconds=int(usec[0]))
        found = f"it will go down at {at:%Y-%m-%d %H:%M} UTC ({one_line(going.get('MODE', 'shutdown'), 20)})"
        return warning("reboot", found, "Wait until it is back, or call it off there: sudo shutdown -c")
    if not names:
        return ok("reboot", "not needed")
    because = f" for {', '.join(names[:5])}{' …' if len(names) > 5 else ''}"
    since = told.get("reboot_since")
    known = isinstance(since, int | float) and 0 <= since < 10**9
    waiting = f", since {took(since)}" if known and isinstance(since, int | float) else ""
    found = f"waits for a restart{because}{waiting}"
    return warning("reboot", found, "Restart it when nobody works on it: sudo systemctl reboot")


def _power(told: Mapping[str, Any]) -> Check:
    charges = [
        int(text) for text in listed(told, "charge") if isinstance(text, str) and re.fullmatch("[0-9]{1,3}", text)
    ]
    if not charges:
        return ok("power", "no battery")
    percent = min(charges)
    if "1" in listed(told, "mains"):
        return ok("power", f"plugged in, {percent} % charged")
    if percent >= CHARGE:
        return ok("power", f"on battery, {percent} % charged")
    return warning("power", f"on battery, {percent} % charged", "Plug it in before setting it up.")
