"""Judges this computer: can deskprov work from here, and if not, what is to be done."""

from collections.abc import Sequence

from deskprov.formats.sizes import size
from deskprov.model.check import Check, failed, not_looked_at, ok, warning
from deskprov.model.room import Room
from deskprov.model.workplace import AnsibleHealth, RecordHealth, Sync, Workplace

OLDEST, NEWEST = (3, 11), (3, 13)
"""Releases of Python that deskprov is tested with."""

REMOTE = ("nfs", "nfs4", "cifs", "smb3", "smbfs", "9p", "drvfs", "afs", "ceph", "fuse.sshfs", "fuse.rclone")
WINDOWS_DISK = ("9p", "drvfs")
MEMORY = ("tmpfs", "ramfs")


def python(here: Workplace) -> Check:
    """The Python that runs this."""
    release = ".".join(map(str, here.python))
    if OLDEST <= here.python[:2] <= NEWEST:
        return ok("python", f"Python {release}")
    tested = f"{OLDEST[0]}.{OLDEST[1]} to {NEWEST[0]}.{NEWEST[1]}"
    return failed("python", f"Python {release}; deskprov is tested with {tested}", "Install one of these beside it.")


def system(here: Workplace) -> Check:
    """Linux, macOS, or WSL2 on Windows, with the site on a disk of its own."""
    if here.wsl and here.site.kind in WINDOWS_DISK:
        found = f"the site is on a Windows disk ({here.site.folder}), where file permissions and locks do not hold"
        return failed("system", found, "Move it into the Linux home: mv the folder to ~ and work there.")
    if here.wsl == 1:
        return failed("system", "WSL 1 lacks what deskprov needs", "Convert it, in Windows: wsl --set-version NAME 2")
    if here.wsl and here.wsl_network == "nat":
        found = "WSL 2 with a network of its own (nat): machines cannot reach back to this computer"
        fix = "Setting machines up works. If you need the way back, in .wslconfig of Windows: networkingMode=mirrored"
        return warning("system", found, fix)
    if here.wsl:
        return ok("system", f"WSL 2, network: {here.wsl_network or 'unknown'}")
    if here.system == "Darwin":
        return ok("system", "macOS: everything but practice machines")
    if here.system == "Linux":
        return ok("system", "Linux")
    return failed("system", f"{here.system} is no controller", "Use Linux, macOS, or WSL 2 on Windows.")


def record(here: Workplace, health: RecordHealth | None, own_name: str) -> Check:
    """The record is sound, of this release, on a local disk, and the only one."""
    if here.record and here.record.kind in REMOTE:
        found = f"{here.record.folder} is on a network share ({here.record.kind}), which damages databases"
        return failed(
            "record", found, "Keep the site on a local disk, or name a PostgreSQL server: `database` in deskprov.yml"
        )
    if here.record and not here.record.writable:
        found = f"{here.record.folder} cannot be written to"
        if health is not None:
            found = f"{health.where} can be read, not written: lists and backups work, no run begins"
        return failed("record", found, f"See whose it is: ls -ld {here.record.folder}")
    if health is None:
        return ok("record", "none yet; the first run makes it")
    if health.damage:
        fix = f"Do not write to {health.where} any more: put a copy of it aside, and restore the last backup."
        return failed("record", f"it is damaged: {health.damage}", fix)
    shared = here.record is None
    others = [name for name in health.controllers if name != own_name]
    if others and not shared:
        found = f"this file also has runs of {', '.join(others)}: two computers with a record each have half of it each"
        return warning("record", found, "Work from one computer, or share one: `database` in deskprov.yml (PostgreSQL)")
    if here.committers > 1 and not shared:
        found = f"{here.committers} people commit to this site, and its record is on this computer alone"
        fix = "Let all work from one computer, or share one record: `database` in deskprov.yml (PostgreSQL)"
        return warning("record", found, fix)
    state = {"old": "of an earlier release; the next run brings it up to date", "none": "empty"}
    return ok("record", f"{health.where}, {state.get(health.schema, 'sound and of this release')}")


def disk(rooms: Sequence[Room]) -> Check:
    """Whether a run would begin: there is room wherever it writes to."""
    figures = ", ".join(f"{room.folder} has {size(room.free)} free" for room in rooms)
    if short := [room for room in rooms if room.is_scarce]:
        least = ", ".join(f"{room.folder} needs {size(room.reserve)} for {room.what}" for room in short)
        return failed("disk", f"too little room, so no run begins: {figures}; {least}", "Make room there: df -h")
    return ok("disk", figures or "this system does not say how full it is")


def run_folder(here: Workplace) -> Check:
    """Where the files of a run are while it lasts."""
    if not here.runs.kind or here.runs.kind in MEMORY:
        return ok("run_folder", f"{here.runs.folder}" + (", in memory" if here.runs.kind else ""))
    found = f"{here.runs.folder} is on a disk ({here.runs.kind}), not in memory"
    return warning("run_folder", found, "Give this computer a /dev/shm that programs may run from: mount | grep shm")


def ansible(health: AnsibleHealth) -> Check:
    """What runs playbooks."""
    found = f"ansible-core {health.version} ({health.program})"
    if health.missing:
        fix = f"Install them: ansible-galaxy collection install {' '.join(health.missing)}"
        return failed("ansible", f"{found} lacks collections that profiles need: {', '.join(health.missing)}", fix)
    return ok("ansible", found)


def ssh(here: Workplace) -> Check:
    """The program that Ansible logs in with."""
    if here.ssh_program:
        return ok("ssh", "the ssh program is here")
    return failed(
        "ssh", "there is no ssh program, which Ansible logs in with", "Install it: apt-get install openssh-client"
    )


def keys(here: Workplace) -> Check:
    """Private keys: those that the inventory and the settings name, ssh-agent, and the person's own."""
    missing = [key.name for key in here.key_files if not key.there]
    open_ = [key.name for key in here.key_files if key.open_to_others]
    if missing:
        found = f"no such file: {', '.join(missing)}"
        return failed("keys", found, "Put it there, or correct its name in the inventory or in deskprov.yml.")
    if open_:
        return failed(
            "keys", f"others on this computer can read {', '.join(open_)}", f"Close it: chmod 600 {' '.join(open_)}"
        )
    if here.agent_keys == -1:
        return warning("keys", "ssh-agent does not answer", "Try: ssh-add -l; or start a new one: eval $(ssh-agent)")
    parts = [f"{len(here.key_files)} named, there and closed"] if here.key_files else []
    parts += [f"ssh-agent holds {here.agent_keys}"] if here.agent_keys else []
    parts += [f"~/.ssh has {', '.join(here.own_keys)}"] if here.own_keys else []
    if parts:
        return ok("keys", "; ".join(parts))
    return warning(
        "keys", "no private key to log in with, neither named nor in ssh-agent nor in ~/.ssh", "Make one: ssh-keygen"
    )


def secrets(here: Workplace, declared: int) -> Check:
    """Whether secrets could be had; none is asked for."""
    if here.secrets_missing:
        found = f"not to be had now: {', '.join(here.secrets_missing)}"
        return warning(
            "secrets", found, "Only what needs them fails. `secrets` in deskprov.yml says where they come from."
        )
    return ok("secrets", f"{declared} declared; none was asked for" if declared else "none declared")


def clock(here: Workplace) -> Check:
    """The time of everything that is recorded. Being offline is no error."""
    if here.clock is Sync.SYNCHRONISED:
        return ok("clock", "in step with network time")
    if here.clock is Sync.UNKNOWN:
        return not_looked_at("clock", "this system does not say whether it is in step with network time")
    fix = "Unless this computer has no network: timedatectl set-ntp true"
    return warning("clock", "not in step with network time", fix)


def leftovers(here: Workplace) -> Check:
    """What runs that died have left."""
    if not here.leftovers:
        return ok("leftovers", "nothing of dead runs")
    found = f"{_count(len(here.leftovers), 'run')} died and left {', '.join(here.leftovers[:3])}"
    return warning("leftovers", found, "The next run sweeps it. What was under way: deskprov run list")


def _count(number: int, thing: str) -> str:
    return f"{number} {thing}{'s' if number != 1 else ''}"
