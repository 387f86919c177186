"""Who has which place on this controller: addresses, folders and names of all practice machines of all sites.

One folder per machine under `/run/deskprov-practice`, one lock around every change, so that two sites or two test
runs never take the same address. A controller that was restarted has no machines, whatever is written here: each
record carries the boot id it belongs to.
"""

import fcntl
import json
import os
import shutil
import uuid
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from msgspec import Struct
from msgspec.structs import asdict

from deskprov.errors import PracticeError
from deskprov.practice.base_tree import USER
from deskprov.practice.network import isolated_addresses, shared_address

RUN_DIR = Path("/run/deskprov-practice")
BOOT_ID = Path("/proc/sys/kernel/random/boot_id")
RECORD = "machine.json"
MOST_MACHINES = 1000
SSH_PORT = 22


class Slot(Struct, frozen=True):
    """The place of one machine, as written in its folder. `number` is unique on the controller, `name` in the site."""

    number: int
    name: str
    site: str
    suite: str
    tree: str
    address: str
    port: int
    user: str
    key_file: str
    host_key: str
    isolated: bool
    machine_id: str
    boot: str

    @property
    def folder(self) -> Path:
        """Where the machine's files and mount points are."""
        return RUN_DIR / str(self.number)

    @property
    def life_lock(self) -> Path:
        """Locked by the supervisor as long as it lives; its content is the supervisor's process id."""
        return self.folder / "alive"

    @property
    def ended(self) -> Path:
        """The status with which the machine ended; absent while it runs."""
        return self.folder / "ended"

    @property
    def console_log(self) -> Path:
        """All that the supervisor and the machine's console said."""
        return self.folder / "console.log"

    @property
    def cgroup(self) -> str:
        """The name of the machine's control group."""
        return f"deskprov-practice-{self.number}"

    @property
    def link(self) -> str:
        """The controller's end of the network link of an isolated machine."""
        return f"dpp-{self.number}"


class Registry:
    """The machines of all sites on this controller. Changes only inside `locked()`."""

    def exists(self) -> bool:
        """False when no machine of any site is registered here. Raises `PracticeError` for all but root when one is."""
        try:
            owner = RUN_DIR.stat().st_uid
        except FileNotFoundError:
            return False
        if owner != os.geteuid():
            raise PracticeError("Practice machines are root's to see and to stop.", hint="Put sudo before the command.")
        return True

    @contextmanager
    def locked(self) -> Iterator[None]:
        """Keeps every other process out of the registry; makes the registry when needed, removes it when empty."""
        descriptor = self._lock()
        try:
            yield
        finally:
            if not self._folders():
                (RUN_DIR / "lock").unlink()
                with suppress(OSError):
                    RUN_DIR.rmdir()
            os.close(descriptor)

    def slots(self) -> list[Slot]:
        """The machines of this boot of the controller, by number."""
        found = [_read(folder) for folder in self._folders()]
        return sorted((slot for slot in found if slot), key=lambda slot: slot.number)

    def reserve(self, *, site: str, suite: str, tree: str, key_file: str, host_key: str, isolated: bool) -> Slot:
        """Takes the lowest free number and the site's next free name, and writes the record."""
        taken = {int(folder.name) for folder in self._folders()}
        number = next((n for n in range(1, MOST_MACHINES + 1) if n not in taken), None)
        if number is None:
            raise PracticeError(f"There are already {MOST_MACHINES} practice machines on this controller.")
        address, port = (isolated_addresses(number)[1], SSH_PORT) if isolated else shared_address(number)
        slot = Slot(
            number=number,
            name=self._free_name(site),
            site=site,
            suite=suite,
            tree=tree,
            address=address,
            port=port,
            user=USER,
            key_file=key_file,
            host_key=host_key,
            isolated=isolated,
            machine_id=uuid.uuid4().hex,
            boot=_boot_id(),
        )
        _write(slot)
        return slot

    def sweep(self) -> None:
        """Removes what an earlier boot of the controller or a start that was cut off has left in the registry."""
        for folder in self._folders():
            if _read(folder) is None:
                _remove(folder)
        _remove(RUN_DIR / "unfinished")

    def release(self, slot: Slot) -> None:
        """Gives the place back."""
        _remove(slot.folder)

    def _free_name(self, site: str) -> str:
        taken = {slot.name for slot in self.slots() if slot.site == site}
        return next(name for n in range(1, MOST_MACHINES + 2) if (name := f"practice-{n}") not in taken)

    def _folders(self) -> list[Path]:
        return [folder for folder in RUN_DIR.iterdir() if folder.name.isdecimal()] if RUN_DIR.exists() else []

    def _lock(self) -> int:
        path = RUN_DIR / "lock"
        while True:
            with suppress(FileExistsError):
                RUN_DIR.mkdir(mode=0o700)
            with suppress(FileNotFoundError):  # it was removed in this very moment: make it again
                descriptor = os.open(path, os.O_RDWR | os.O_CREAT, 0o600)
                fcntl.flock(descriptor, fcntl.LOCK_EX)
                # whoever held it before us may have removed the registry: then we hold the lock of nothing
                if _same(path, descriptor):
                    return descriptor
                os.close(descriptor)


def _same(path: Path, descriptor: int) -> bool:
    try:
        return os.path.samestat(path.stat(), os.fstat(descriptor))
    except FileNotFoundError:
        return False


def _read(folder: Path) -> Slot | None:
    """The record in a folder, or None when it belongs to an earlier boot of the controller or is not whole."""
    try:
        slot = Slot(**json.loads((folder / RECORD).read_text()))
    except (FileNotFoundError, ValueError, TypeError):
        return None
    return slot if slot.boot == _boot_id() else None


def _write(slot: Slot) -> None:
    """Makes the machine's folder; it appears under its number only when the record in it is whole."""
    unfinished = RUN_DIR / "unfinished"
    _remove(unfinished)
    unfinished.mkdir(mode=0o700)
    (unfinished / RECORD).write_text(json.dumps(asdict(slot), indent=1))
    unfinished.rename(slot.folder)


def _remove(folder: Path) -> None:
    mounted = [place for place in (folder / "root", folder / "disk") if place.is_mount()]
    if mounted:  # never delete through a mount: below it may be something that is not ours
        raise PracticeError(f"{mounted[0]} is still mounted.", hint=f"Unmount it: umount {mounted[0]}")
    if folder.exists():
        shutil.rmtree(folder)


def _boot_id() -> str:
    return BOOT_ID.read_text().strip()
