"""Keys that are no keys, the log-in key and the batches of a site in memory."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from deskprov.errors import WrongUsage
from deskprov.model.enrolment import Batch, SealingPair
from deskprov.model.inventory import Host
from deskprov.model.ports.machine import HostKey
from deskprov.model.ssh_key import LOGIN_KEY_FILE, KeyPair


class FixedKeys:
    """Pairs that look like keys and open nothing."""

    def __init__(self) -> None:
        self.made = 0

    def new_pair(self, comment: str) -> KeyPair:
        """Counts up."""
        self.made += 1
        return KeyPair(f"ssh-ed25519 {self.made:0>68} {comment}", f"private {self.made}")

    def new_p256_pair(self, comment: str) -> KeyPair:
        """Counts up likewise."""
        self.made += 1
        return KeyPair(f"ecdsa-sha2-nistp256 {self.made:0>68} {comment}", f"private numbers {self.made}")

    def signed_by(self, public_key: str, text: str, signature: str, namespace: str) -> bool:
        """True for what `signature` gives, and for nothing else."""
        return signature == self.signature(public_key, text, namespace)

    @staticmethod
    def signature(public_key: str, text: str, namespace: str) -> str:
        """What counts here as a signature."""
        return f"{namespace} by {public_key}: {text}"


class FixedSeals:
    """Seals that anybody could open, but are opened only with the key that belongs to the certificate."""

    def __init__(self) -> None:
        self.made = 0

    def new_pair(self, name: str) -> SealingPair:
        """Counts up."""
        self.made += 1
        return SealingPair(f"certificate {self.made}", f"key of certificate {self.made}")

    def sealed(self, text: str, certificate: str) -> str:
        """Says for whom it is."""
        return f"sealed to {certificate}: {text}"

    def opened(self, sealed: str, private: str) -> str:
        """Raises `ValueError` for what is sealed to another."""
        begin = f"sealed to {private.removeprefix('key of ')}: "
        if not sealed.startswith(begin):
            raise ValueError("this key does not open it")
        return sealed.removeprefix(begin)


class MemoryHostKeys:
    """Pins by host name. There is no network to show a key."""

    def __init__(self) -> None:
        self.pinned: dict[str, str] = {}

    def offered(self, host: Host) -> HostKey:
        """Fails: a test that needs this needs a network."""
        raise AssertionError("a FakeSite has no network")

    def pin(self, host: Host, key: HostKey) -> None:
        """Remembers it."""
        self.pinned[host.name] = key.line

    def forget(self, host_name: str) -> None:
        """Forgets it."""
        self.pinned.pop(host_name, None)


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
