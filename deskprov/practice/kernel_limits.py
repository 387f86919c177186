"""Room in the kernel for many machines: each booted systemd takes about ten inotify instances, and the usual limit
per user is 128. The limit is raised while machines run and put back when the last one is stopped."""

from pathlib import Path

from deskprov.practice.registry import RUN_DIR

LIMIT = Path("/proc/sys/fs/inotify/max_user_instances")
MEMORY = RUN_DIR / "inotify-limit"
PER_MACHINE = 16
FOR_OTHERS = 64


def make_room_for(machines: int) -> None:
    """Raises the limit if that many machines need it, and remembers what it was."""
    needed = FOR_OTHERS + PER_MACHINE * machines
    current = int(LIMIT.read_text())
    if current >= needed:
        return
    before = int(MEMORY.read_text().split()[0]) if MEMORY.exists() else current
    MEMORY.write_text(f"{before} {needed}")
    LIMIT.write_text(str(needed))


def restore() -> None:
    """Puts back the limit that was there before the first machine, unless someone has changed it since."""
    if not MEMORY.exists():
        return
    before, raised = MEMORY.read_text().split()
    if LIMIT.read_text().strip() == raised:
        LIMIT.write_text(before)
    MEMORY.unlink()
