"""Keys that are no keys, the log-in key and the batches of a site in memory."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from deskprov.errors import WrongUsage
from deskprov.model.enrolment import Batch
from deskprov.model.ssh_key import LOGIN_KEY_FILE, KeyPair


class FixedKeys:
    """Pairs that look like keys and open nothing."""

    def __init__(self) -> None:
        self.made = 0

    def new_pair(self, comment: str) -> KeyPair:
        """Counts up."""
        self.made += 1
        return KeyPair(f"ssh-ed25519 {self.made:0>68} {comment}", f"private {self.made}")


@dataclass
class MemoryLoginKey:
    """No key is kept here until `keep` is called."""

    kept: list[KeyPair] = field(default_factory=list)

    def file(self) -> str:
        """The file's usual name, once there is one."""
        return LOGIN_KEY_FILE if self.kept else ""

    def keep(self, pair: KeyPair) -> None:
        """Raises `WrongUsage` when there is one already."""
        if self.kept:
            raise WrongUsage("There is a log-in key already.")
        self.kept.append(pair)


class MemoryBatches:
    """Batches by name."""

    def __init__(self) -> None:
        self.added: dict[str, Batch] = {}

    def add(self, batch: Batch) -> None:
        """Remembers it."""
        self.added[batch.name] = batch

    def read(self) -> Mapping[str, Batch]:
        """All."""
        return self.added
