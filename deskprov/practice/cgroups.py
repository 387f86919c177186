"""One control group per practice machine: it holds every process of the machine, so none can be overlooked.

Only a control group of version 2 is needed. Where the controller also mounts the older hierarchy of systemd,
systemd-nspawn makes a group of the same name there, which is removed as well.
"""

import os
from contextlib import suppress
from pathlib import Path

from deskprov.practice.waiting import wait_until

ROOT = Path("/sys/fs/cgroup")


def hierarchies(root: Path = ROOT) -> list[Path]:
    """Where groups are made: version 2 first. Empty when the controller has none."""
    if (root / "cgroup.controllers").exists():
        return [root]
    if (root / "unified" / "cgroup.controllers").exists():
        return [place for place in (root / "unified", root / "systemd") if place.is_dir()]
    return []


def usable() -> bool:
    """True when this process may make groups."""
    return any(os.access(place, os.W_OK) for place in hierarchies()[:1])


def path_of(name: str) -> Path:
    """The group's folder in version 2."""
    return hierarchies()[0] / name


def members(name: str) -> set[int]:
    """The process ids in the group and all groups below it."""
    found: set[int] = set()
    for place in hierarchies():
        for procs in [place / name / "cgroup.procs", *(place / name).rglob("cgroup.procs")]:
            with suppress(OSError):  # groups come and go while a machine shuts down
                found.update(int(pid) for pid in procs.read_text().split())
    return found - {0}


def kill(name: str) -> None:
    """Ends every process in the group at once; they are gone a moment later. Needs Linux 5.14."""
    for place in hierarchies()[:1]:
        with suppress(FileNotFoundError):
            (place / name / "cgroup.kill").write_text("1")


def remove(name: str) -> None:
    """Removes the empty group and those below it. Raises `OSError` when the kernel still has a process in it."""
    wait_until(lambda: _remove_once(name), 2.0)
    for place in hierarchies():
        if (place / name).exists():
            (place / name).rmdir()


def _remove_once(name: str) -> bool:
    for place in hierarchies():
        for folder, _, _ in os.walk(place / name, topdown=False):
            with suppress(OSError):  # a process that has just been killed keeps its group busy for a moment
                Path(folder).rmdir()
    return not any((place / name).exists() for place in hierarchies())
