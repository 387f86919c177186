"""Judges the answer of a Windows PC: could it be set up now, and if not, what is to be done."""

from collections.abc import Mapping, Sequence
from typing import Any

from deskprov.formats.endpoint_text import one_line
from deskprov.formats.sizes import size
from deskprov.formats.windows_accounts import NO_RIGHTS_FIX
from deskprov.formats.windows_battery import DISCHARGING
from deskprov.formats.windows_reboot import ABOUT_REBOOTS
from deskprov.formats.windows_registry import LEFT_LOADED
from deskprov.model.check import Check, failed, not_looked_at, ok, warning
from deskprov.model.facts import Facts
from deskprov.model.inventory import OVER_TLS
from deskprov.stages.examine.anywhere import CHARGE, FULL, SCARCE, Asked, Mending, clock, identity, listed, text

_SYSTEM = "HKLM\\SOFTWARE\\Microsoft\\Windows\\CurrentVersion\\Policies\\System"

TICKS_1970 = 621_355_968_000_000_000
TICKS = 10_000_000
"""A tick of .NET's DateTime is 100 nanoseconds, counted from the year 1."""


def checks(asked: Asked, told: Mapping[str, Any], facts: Facts) -> list[Check]:
    """All checks, in order, of what it told."""
    return [
        _rights(asked, told, facts),
        _powershell(told),
        identity(asked.asset, facts),
        _disk(listed(told, "disks"), text(told, "system_drive")),
        _clock(asked, told),
        _installing(told),
        _reboot(facts),
        _power(told),
    ]


def _rights(asked: Asked, told: Mapping[str, Any], facts: Facts) -> Check:
    """Over SSH whoever has an account is let in; over TLS only an administrator, and whether that will last stands in
    the registry.
    """
    user = asked.connection.user
    if facts.elevated is False:
        return failed("sudo", f"{user} is let in, but has no administrator's rights there", NO_RIGHTS_FIX)
    if asked.connection.transport not in OVER_TLS:
        if facts.elevated is None:
            return not_looked_at("sudo", f"the machine does not say whether {user} is an administrator, as it must be")
        return ok("sudo", f"not needed: {user} has an administrator's rights from the start")
    has = "not needed: a log-on over the network has an administrator's rights from the start"
    if _is_of_a_domain(user, facts.hostname) or told.get("token_filter") == 1:
        return ok("sudo", has)
    if _is_unknown(told, "token_filter"):
        return not_looked_at("sudo", "LocalAccountTokenFilterPolicy cannot be read there")
    return warning(
        "sudo",
        "LocalAccountTokenFilterPolicy is not 1: Windows takes an administrator's rights from accounts of the PC "
        "itself when they come over the network, all but the built-in Administrator's. A security baseline may have "
        "set it back",
        f"There: reg add {_SYSTEM} /v LocalAccountTokenFilterPolicy /t REG_DWORD /d 1 /f, and in the baseline, too.",
    )


def _is_of_a_domain(login: str, computer: str) -> bool:
    """False for `tech`, and on PC-1 for `.\\tech`, `PC-1\\tech` and `tech@pc-1`: accounts of the PC itself."""
    domain = login.rpartition("\\")[0] or login.partition("@")[2]
    return domain.casefold() not in ("", ".", computer.casefold())


def _is_unknown(told: Mapping[str, Any], name: str) -> bool:
    """Whether the machine says that it could not find this out, or not all of it."""
    match told.get("failed"):
        case dict() as failures:
            return name in failures
        case _:
            return False


def _powershell(told: Mapping[str, Any]) -> Check:
    version = one_line(text(told, "powershell"), 20)
    if not version:
        return not_looked_at("python", "not needed: PowerShell is there")
    if text(told, "language_mode") == "FullLanguage":
        return ok("python", f"not needed: PowerShell {version} is there")
    return warning(
        "python",
        f"PowerShell {version} is constrained on it ({one_line(text(told, 'language_mode'), 30)}): deskprov can look, "
        "but Ansible cannot change anything",
        "Application Control (WDAC or AppLocker) decides that: let the scripts of Ansible be trusted there.",
    )


def _disk(disks: Sequence[Any], system_drive: str) -> Check:
    figures, full, scarce = [], [], []
    for disk in disks:
        match disk:
            case {"DeviceID": str(name), "Size": int(total), "FreeSpace": int(free)} if total > 0:
                drive = one_line(name, 4)
            case _:
                continue
        figures.append(f"{drive} has {size(free)} free of {size(total)}")
        if drive == system_drive:
            full += [drive] if free < FULL else []
            scarce += [drive] if FULL <= free < min(SCARCE, total // 10) else []
    if not figures:
        return not_looked_at("disk", "the machine does not say how full it is")
    found = ", ".join(figures)
    if full:
        return failed("disk", f"{full[0]} is full: {found}", "Make room there: cleanmgr /d C, or Settings, Storage.")
    if scarce:
        fix = "Enough for a small change, maybe not for programs or updates. There: Settings, Storage."
        return warning("disk", f"little room on {scarce[0]}: {found}", fix)
    return ok("disk", found)


def _clock(asked: Asked, told: Mapping[str, Any]) -> Check:
    match told.get("ticks"):
        case int() as ticks if TICKS_1970 < ticks < TICKS_1970 + 10**11 * TICKS:
            pass
        case _:
            return not_looked_at("clock", "the machine does not say what time it has")
    mending = Mending(
        "If this computer is right (date -u here), there: w32tm /resync /force. Until then log-ons to a domain fail.",
        hours_fix=" And see the zone: tzutil /g",
    )
    return clock(asked, (ticks - TICKS_1970) / TICKS, one_line(text(told, "zone"), 40), mending)


def _installing(told: Mapping[str, Any]) -> Check:
    if _is_unknown(told, "installing"):
        return not_looked_at("package_lock", "the machine does not say whether Windows Installer is at work")
    if told.get("installing") is not True:
        return ok("package_lock", "free: Windows Installer installs nothing")
    found = "Windows Installer is at work, or was broken off in the middle"
    return warning("package_lock", found, "Wait until it is done. If nobody installs anything, restart the PC.")


def _reboot(facts: Facts) -> Check:
    if facts.reboot_wanted:
        found = f"waits for a restart for {', '.join(facts.reboot_wanted)}"
        return warning("reboot", found, "Restart it when nobody works on it: shutdown /r /t 60")
    if held := next((check for check in facts.unanswered if check.startswith(LEFT_LOADED)), ""):
        return warning("reboot", held, "Restart it before its people log on: shutdown /r /t 60")
    if any(check.startswith(ABOUT_REBOOTS) for check in facts.unanswered):
        return not_looked_at("reboot", "the machine does not say all that may wait for a restart")
    return ok("reboot", "not needed")


def _power(told: Mapping[str, Any]) -> Check:
    if _is_unknown(told, "batteries"):
        return not_looked_at("power", "the machine does not say whether it has a battery")
    known = [
        (charge, status)
        for battery in listed(told, "batteries")
        if isinstance(battery, dict)
        and isinstance(charge := battery.get("EstimatedChargeRemaining"), int)
        and isinstance(status := battery.get("BatteryStatus"), int)
    ]
    if not known:
        return ok("power", "no battery")
    percent = min(charge for charge, _ in known)
    if not any(status in DISCHARGING for _, status in known):
        return ok("power", f"plugged in, {percent} % charged")
    if percent >= CHARGE:
        return ok("power", f"on battery, {percent} % charged")
    return warning("power", f"on battery, {percent} % charged", "Plug it in before setting it up.")
