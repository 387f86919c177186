"""Ports to what is kept sealed, and to the keys that it is sealed to."""

from collections.abc import Sequence
from datetime import datetime
from typing import Protocol

from deskprov.model.discreet import Discreet
from deskprov.model.escrow import EscrowEvent, Kept, NewSecret, Owner
from deskprov.model.secret import Value


class Escrow(Protocol):
    """Values in the record, sealed to the site's public keys.

    Anyone can seal; only who has a private key can open. Changes are durable when they return. All raise `RecordError`.
    """

    def kept(self) -> Sequence[Kept]:
        """All that is not burned, by machine and key, the newest of an owner first."""

    def of(self, owner: Owner) -> Sequence[Kept]:
        """What is not burned of this owner, newest first."""

    def keep(self, new: NewSecret, at: datetime, by: str) -> Kept:
        """Seals a value and stores it. One that is current from the start burns what was kept of its owner before.

        Raises `SecretUnavailable` when the site has no keys or one of them is no good, and when the record does not
        know the machine yet.
        """

    def keep_all(self, new: Sequence[NewSecret], at: datetime, by: str) -> Sequence[Kept]:
        """The same for several, all or none. Raises the same."""

    def open(self, kept: Kept) -> Value:
        """The value. Raises `SecretUnavailable` when the private key is missing, cannot be used or does not fit."""

    def prove(self, kept: Kept, at: datetime, by: str) -> None:
        """It is in force: makes it current and burns all else of its owner, at once.

        Raises `SecretUnavailable`, and burns nothing, when it has been burned itself meanwhile: it would be current and
        empty. Who still has its value keeps it again.
        """

    def reseal(self, at: datetime, by: str) -> int:
        """Seals everything anew, to the site's present keys, all or nothing, and returns how much it was.

        Raises `SecretUnavailable` as `open` does.
        """

    def log(self, event: EscrowEvent) -> None:
        """Writes down what a person did; that of a machine also among the events of its asset."""

    def events(self, owner: Owner) -> Sequence[EscrowEvent]:
        """What was done with the secrets of this owner, newest first."""


class KeyPair(Discreet, frozen=True):
    """A new pair of keys of age."""

    hidden = frozenset({"private"})

    public: str
    private: str


class KeyStore(Protocol):
    """Keys of people, in their own folder and never in a site's."""

    def new_pair(self) -> KeyPair:
        """A new pair. Nothing is written."""

    def save(self, pair: KeyPair, name: str) -> str:
        """Writes the private key into a new file that only this user can read, and returns its path, `~` for home.

        Raises `SiteNotWritable`.
        """
