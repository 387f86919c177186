"""Ports to the site's folder, its version control, and time."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Protocol

from msgspec import Struct

from deskprov.model.inventory import Host, Inventory
from deskprov.model.problem import Problem
from deskprov.model.room import Room


class Digest(Struct, frozen=True):
    """What is known of a file without holding it: SHA-256 as hex, size in bytes, and as many bytes of its beginning as
    were asked for.
    """

    sha256: str
    size: int
    beginning: bytes


class SiteFiles(Protocol):
    """The files of a site. Paths are relative to its folder, with `/`, and never leave it."""

    def read_bytes(self, path: str) -> bytes:
        """The content. Raises `OSError` as open() does, and `ValueError` for a path that leaves the site."""

    def digest(self, path: str, beginning: int) -> Digest:
        """What is in a file of any size, read piece by piece. Raises as `read_bytes`."""

    def exists(self, path: str) -> bool:
        """True for a file inside the site."""

    def list_yaml(self, folder: str) -> Sequence[str]:
        """Paths of all `.yml` files below a folder, sorted; `.yaml` too. Empty when there is no such folder.

        Raises `InvalidInput` for a folder that cannot be read.
        """


class NewSite(Protocol):
    """A folder that shall become a site."""

    def check(self) -> None:
        """Raises `WrongUsage` when there is something already, `SiteNotWritable`."""

    def write(self, files: Mapping[str, str], private: Mapping[str, str]) -> None:
        """Writes every file, text by path; those that are `private` first, and for their owner only.

        Raises `WrongUsage` when there is something already, `SiteNotWritable`.
        """


class InventoryFile(Protocol):
    """The inventory on disk; edits keep comments and order."""

    def read(self) -> Inventory:
        """All machines, practice machines too. Raises `InvalidInput` with every problem."""

    def problems(self) -> Sequence[Problem]:
        """Everything that is wrong with the inventory and the pinned keys, warnings too."""

    def add(self, host: Host, group: str | None) -> None:
        """Adds a machine. Raises `WrongUsage` when the name is taken, and `SiteNotWritable`."""

    def retire(self, host_name: str) -> None:
        """Takes a machine out of the inventory; its record stays. Raises `NoHostMatched`, `SiteNotWritable`."""

    def set_batch(self, host_names: Sequence[str]) -> None:
        """Makes these the machines of the group `batch`, instead of those that were. Raises `SiteNotWritable`."""

    def practice(self) -> Sequence[Host]:
        """The practice machines as they were last stated, whatever is wrong with the rest of the inventory."""

    def write_practice(self, hosts: Sequence[Host]) -> None:
        """States which practice machines there are now, with their keys; kept out of git. Raises `SiteNotWritable`."""


class Revision(Struct, frozen=True):
    """The state of the site in version control; `commit` is empty outside of git."""

    commit: str
    dirty: bool


class VersionControl(Protocol):
    """What git says about the site."""

    def revision(self) -> Revision:
        """The current commit and whether files differ from it."""


class Rooms(Protocol):
    """The file systems of the controller that a run writes to."""

    def rooms(self) -> Sequence[Room]:
        """How full each is now."""


class Clock(Protocol):
    """The only source of time."""

    def now(self) -> datetime:
        """The time of day, in UTC, with its zone."""

    def monotonic(self) -> float:
        """Seconds that never go back."""

    def sleep(self, seconds: float) -> None:
        """Comes back when so many seconds have passed."""
