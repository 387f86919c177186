"""Judges the answer of a machine: could it be set up now, and if not, what is to be done."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from deskprov.formats.durations import took
from deskprov.formats.endpoint_text import one_line
from deskprov.formats.sizes import size
from deskprov.model.asset import Asset
from deskprov.model.check import Check, failed, not_looked_at, ok, warning
from deskprov.model.facts import Answer, Facts
from deskprov.model.identity import contradictions, is_another
from deskprov.model.inventory import Connection
from deskprov.model.platform import Platform
from deskprov.model.probe import Probe, script_beside

NAMES = ("python", "identity", "disk", "clock", "package_lock", "reboot", "power")
"""What is judged here, in order."""

OLDEST_PYTHON = (3, 9)
"""What our probes are written for; ansible-core 2.19 wants 3.8 on machines, 2.20 and later 3.9."""

FULL = 200 * 2**20
SCARCE = 2 * 2**30
"""Bytes free. Below `FULL` not even a small package can be installed; below `SCARCE` a desktop's packages may not."""

CLOCK_SECONDS = 60.0
CLOCK_WRONG_SECONDS = 300.0
"""Kerberos allows five minutes (RFC 4120, 1.6); apt refuses lists, and browsers certificates, of the future."""

LOCK_PATIENCE = 300.0
"""Seconds that a run waits for a package lock (`lock_timeout` of our tasks)."""

CHARGE = 30

_FREE = re.compile(r"NOPASSWD:[A-Z: ]*\bALL\b")
"""As `sudo -l` lists a rule for every command without a password (sudoers(5), Tag_Spec)."""


@dataclass(frozen=True, slots=True)
class Asked:
    """Whom we asked, between which two moments of our own clock (UTC), and what the record knows of the machine."""

    connection: Connection
    began: datetime
    ended: datetime
    asset: Asset | None


def questions(platform: Platform, user: str) -> Sequence[Probe]:
    """What a machine is asked beside its facts; `user` is who logs in. Nothing on a platform without such a probe."""
    return (Probe(script_beside(__package__, "probe_linux.py"), user),) if platform is Platform.LINUX else ()


def by_answer(asked: Asked, answer: Answer, facts: Facts) -> list[Check]:
    """What the answer to `questions` and the facts tell, of `sudo` and `NAMES`."""
    return [sudo(asked, answer), *checks(asked, answer, facts)]


def by_facts(asset: Asset | None, facts: Facts) -> list[Check]:
    """What the facts alone tell, of `sudo` and `NAMES`, for a machine that was asked nothing else."""
    return [
        not_looked_at("sudo", "not needed: a log-on over WinRM has an administrator's rights from the start"),
        not_looked_at("python", "not needed: PowerShell is there"),
        _identity(asset, facts),
        *(not_looked_at(name, "not asked over WinRM yet") for name in NAMES[NAMES.index("disk") :]),
    ]


def sudo(asked: Asked, answer: Answer) -> Check:
    """How `user` becomes root. That it works is proved: the answer came from a program that ran as root."""
    user = asked.connection.user
    if user == "root":
        return ok("sudo", "not needed: root logs in")
    told = answer if isinstance(answer, dict) else {}
    named = asked.connection.become_password or asked.connection.password
    free = not named or bool(_FREE.search(_text(told, "sudo_rules")))  # it worked, so without a name it was not asked
    how = "without a password" if free else f"with the password {named}"
    version = one_line(_text(told, "sudo"), 60)
    if "sudo-rs" in version and not free:
        return failed(
            "sudo",
            f"{user} may use sudo {how}, but this is {version}: Ansible cannot answer its question",
            f"Let {user} use sudo without a password there (NOPASSWD), or: apt-get install sudo.ws",
        )
    return ok("sudo", f"{user} may use sudo {how}" + (f" ({version})" if version else ""))


def checks(asked: Asked, answer: Answer, facts: Facts) -> list[Check]:
    """All checks of `NAMES`, in that order. Whatever a machine sends, this raises nothing."""
    told = answer if isinstance(answer, dict) else {}
    if not told:
        why = one_line(str(getattr(answer, "message", "it gave no answer")), 120)
        return [not_looked_at(name, f"the machine could not look: {why}") for name in NAMES]
    return [
        _python(told),
        _identity(asked.asset, facts),
        _disk(_list(told, "places")),
        _clock(asked, told),
        _package_lock(told),
        _reboot(told),
        _power(told),
    ]


def _python(told: Mapping[str, Any]) -> Check:
    match _list(told, "python"):
        case [int(major), int(minor), int(patch)] if (major, minor) >= OLDEST_PYTHON:
            return ok("python", f"Python {major}.{minor}.{patch}")
        case [int(major), int(minor), int(patch)]:
            least = ".".join(map(str, OLDEST_PYTHON))
            found = f"Python {major}.{minor}.{patch} is too old: deskprov and Ansible need {least} or newer"
            return failed("python", found, "Install a supported release of Debian or Ubuntu on it.")
        case _:
            return not_looked_at("python", "the machine does not say")


def _identity(asset: Asset | None, facts: Facts) -> Check:
    serial = f"serial number {one_line(facts.serial, 40)}" if facts.serial else "a machine without a serial number"
    if asset is None:
        return ok("identity", f"{serial}; not in the asset record yet")
    contradicted = contradictions(asset, facts)
    if not contradicted:
        return ok("identity", f"{serial}; nothing in the asset record says otherwise")
    told = "; ".join(
        f"{name}: the record says {one_line(ours, 40)}, the machine {one_line(its, 40)}"
        for name, (ours, its) in contradicted.items()
    )
    fix = f"Look at the label. If the record is wrong: deskprov asset edit {asset.host}; if the machine was swapped, "
    fix += "correct its address in the inventory."
    if is_another(asset, facts):
        return failed("identity", f"this is another machine than the record's. {told}", fix)
    return warning("identity", f"not all is as recorded. {told}", fix)


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
    zone = one_line(_text(told, "zone"), 40)
    its_zone = f"; its time zone is {zone}" if zone else ""
    match told.get("time"):
        case int() | float() as seconds if 0 < seconds < 10**11:
            pass
        case _:
            return not_looked_at("clock", "the machine does not say what time it has")
    off = _off(datetime.fromtimestamp(seconds, UTC), asked)
    apart = took(abs(off)) if abs(off) < 2 * 86400 else f"{abs(off) / 86400:.0f} days"
    found = f"{apart} {'ahead of' if off > 0 else 'behind'} this computer{its_zone}"
    if abs(off) < CLOCK_SECONDS:
        return ok("clock", found if abs(off) > 1 else f"right to the second{its_zone}")
    fix = "If this computer is right (date -u on both), there: timedatectl set-ntp true"
    if abs(off) < CLOCK_WRONG_SECONDS:
        return warning("clock", found, fix)
    if hours := _whole_hours(off):
        found += f". A difference of {hours} looks like a clock that was set to local time in the wrong time zone"
        if "LOCAL" in _text(told, "hardware_clock").splitlines():  # adjtime_config(5), third line
            found += ", and its hardware clock counts local time, as Windows does"
            fix += "; timedatectl set-local-rtc 0"
        fix += "; and see the zone: timedatectl"
    return failed("clock", found, fix)


def _off(its: datetime, asked: Asked) -> float:
    """Seconds that the machine's clock is ahead (positive) or behind, at least; it was read while we waited."""
    if its < asked.began:
        return (its - asked.began).total_seconds()
    return max(0.0, (its - asked.ended).total_seconds())


def _whole_hours(off: float) -> str:
    """A whole number of half hours, as time zones are apart, in words; empty when it is not near one."""
    halves = round(abs(off) / 1800)
    if not 1 <= halves <= 28 or abs(abs(off) - halves * 1800) > 120:
        return ""
    return f"{halves / 2:g} hour{'s' if halves != 2 else ''}"


def _package_lock(told: Mapping[str, Any]) -> Check:
    if half_done := _list(told, "half_done"):
        found = f"an installation was broken off in the middle ({len(half_done)} steps of dpkg are not done)"
        return failed("package_lock", found, "Finish it there: sudo dpkg --configure -a")
    for entry in _list(told, "locks"):
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


def _reboot(told: Mapping[str, Any]) -> Check:
    going = dict(line.partition("=")[::2] for line in _text(told, "going_down").splitlines())
    if usec := re.fullmatch(r"[0-9]{10,17}", going.get("USEC", "")):
        at = datetime.fromtimestamp(0, UTC) + timedelta(microseconds=int(usec[0]))
        found = f"it will go down at {at:%Y-%m-%d %H:%M} UTC ({one_line(going.get('MODE', 'shutdown'), 20)})"
        return warning("reboot", found, "Wait until it is back, or call it off there: sudo shutdown -c")
    if told.get("reboot") is not True:
        return ok("reboot", "not needed")
    packages = [one_line(name, 40) for name in _text(told, "reboot_for").splitlines() if name.strip()]
    names = list(dict.fromkeys(packages))
    because = f" for {', '.join(names[:5])}{' …' if len(names) > 5 else ''}" if names else ""
    since = told.get("reboot_since")
    known = isinstance(since, int | float) and 0 <= since < 10**9
    waiting = f", since {took(since)}" if known and isinstance(since, int | float) else ""
    found = f"waits for a restart{because}{waiting}"
    return warning("reboot", found, "Restart it when nobody works on it: sudo systemctl reboot")


def _power(told: Mapping[str, Any]) -> Check:
    charges = [
        int(text) for text in _list(told, "charge") if isinstance(text, str) and re.fullmatch("[0-9]{1,3}", text)
    ]
    if not charges:
        return ok("power", "no battery")
    percent = min(charges)
    if "1" in _list(told, "mains"):
        return ok("power", f"plugged in, {percent} % charged")
    if percent >= CHARGE:
        return ok("power", f"on battery, {percent} % charged")
    return warning("power", f"on battery, {percent} % charged", "Plug it in before setting it up.")


def _text(told: Mapping[str, Any], name: str) -> str:
    value = told.get(name)
    return value if isinstance(value, str) else ""


def _list(told: Mapping[str, Any], name: str) -> list[Any]:
    value = told.get(name)
    return value[:20] if isinstance(value, list) else []
