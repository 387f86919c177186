"""What deskprov keeps sealed: passwords of machines' own and secrets of the site. No value is in these objects."""

from collections.abc import Sequence
from datetime import datetime
from enum import StrEnum

from msgspec import Struct

from deskprov.model.discreet import Discreet
from deskprov.model.secret import SecretRef, Value

ACCOUNT = "users/"
"""What the key of an account begins with."""


class EscrowState(StrEnum):
    """How far a kept value is. Of each owner one at most is current."""

    PENDING = "pending"  # sealed before it is used anywhere; whether it is in force is not known yet
    GIVEN = "given"  # a person says that it is in force; no machine has shown it yet
    CURRENT = "current"
    REPLACED = "replaced"  # burned: the row tells that there was one, and holds it no more


class EscrowAct(StrEnum):
    """What people do with what is kept, as the log has it."""

    SET = "set"
    MADE = "made"
    PROVED = "proved"
    REVEALED = "revealed"
    RESEALED = "resealed"


class Owner(Struct, frozen=True):
    """Whose it is: `users/tech` on a machine; a secret of the site by its name when `host` is empty."""

    host: str
    key: str

    @property
    def label(self) -> str:
        """As people name it: `pc-1/tech`, or the name of the secret."""
        return f"{self.host}/{self.key.removeprefix(ACCOUNT)}" if self.host else self.key

    @property
    def is_account(self) -> bool:
        """True for a password of an account on a machine; what else is kept for a machine was given by a person."""
        return bool(self.host) and self.key.startswith(ACCOUNT)


def owner_of(secret: SecretRef) -> Owner:
    """The owner under which the value of this secret is kept, if deskprov keeps it."""
    return Owner(secret.host, secret.owner) if secret.owner else Owner("", secret.name)


class Kept(Struct, frozen=True):
    """One sealed value: `keys` are the public keys that it is sealed to, `ended` is when it was burned."""

    id: int
    owner: Owner
    state: EscrowState
    mark: str
    keys: Sequence[str]
    at: datetime
    by: str
    ended: datetime | None = None


class NewSecret(Discreet, frozen=True):
    """A value that shall be kept."""

    hidden = frozenset({"value"})

    owner: Owner
    value: Value
    state: EscrowState = EscrowState.PENDING
    act: EscrowAct = EscrowAct.MADE


class EscrowEvent(Struct, frozen=True):
    """Who did what with a kept secret, when and why."""

    at: datetime
    by: str
    act: EscrowAct
    owner: Owner
    reason: str = ""
