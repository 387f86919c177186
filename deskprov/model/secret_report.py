"""What is told about secrets. A value is in one of these only: in what is revealed."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime

from deskprov.model.escrow import Kept, Owner
from deskprov.model.result import RunResult


@dataclass(frozen=True, slots=True)
class Listed:
    """One secret, without its value: `used` are machines, profiles' resources on them, or ways in, in words.

    `provider` is a word such as `env`. `kept` says how it is in escrow, None when nothing is or need be there.
    """

    name: str
    provider: str
    used: Sequence[str]
    kept: Sequence[Kept] = ()

    @property
    def since(self) -> datetime | None:
        """When the value was set, as far as deskprov knows."""
        return self.kept[0].at if self.kept else None


@dataclass(frozen=True, slots=True)
class Tested:
    """Whether a secret gives a usable value; `skipped` says why it was not tried."""

    name: str
    problem: str = ""
    hint: str = ""
    skipped: str = ""


@dataclass(frozen=True, slots=True)
class Revealed:
    """A value to show once. More than one, newest first, when it is not proved yet which is in force."""

    owner: Owner
    values: Sequence[tuple[Kept, str]] = field(repr=False)


@dataclass(frozen=True, slots=True)
class Keys:
    """The site's public keys, how many kept values each opens, and why none can be opened here, if so."""

    keys: Sequence[tuple[str, int]]
    kept: int
    problem: str = ""
    hint: str = ""


@dataclass(frozen=True, slots=True)
class NewKeys:
    """A new pair: the lines for `deskprov.yml`, and the file with the private key."""

    settings: str
    public: str
    file: str
    further: bool


@dataclass(frozen=True, slots=True)
class Rotation:
    """What became of it: the runs, and whose password is proved to be the new one and whose is not, in words.

    `provider` is a word such as `env`: only of `escrow` does deskprov keep anything. `troubles` are sentences: what was
    in the way of a password that deskprov itself logs in with, which is written without a run.
    """

    runs: Sequence[RunResult]
    proved: Sequence[str]
    open: Sequence[str]
    provider: str = "escrow"
    troubles: Sequence[str] = ()


@dataclass(frozen=True, slots=True)
class LeftOut:
    """What a rotation will not write, told before the question: accounts that are not there, and silent machines."""

    missing: Sequence[str]
    silent: Sequence[str]
