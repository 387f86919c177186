"""What is told about secrets. A value is in one of these only: in what is revealed."""

from collections.abc import Sequence
from datetime import datetime

from msgspec import Struct, field

from deskprov.model.discreet import Discreet
from deskprov.model.escrow import Kept, Owner
from deskprov.model.result import Outcome, RunResult, Status


class Listed(Struct, frozen=True):
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


class Tested(Struct, frozen=True):
    """Whether a secret gives a usable value; `skipped` says why it was not tried."""

    name: str
    problem: str = ""
    hint: str = ""
    skipped: str = ""


class WayToMachines(Struct, frozen=True):
    """How a new value of a secret of the site gets to machines.

    By keys of resources: `accounts`, whose passwords are rotated; `written` on these machines when they are reset; and
    what `only_used` it while it is made, such as joining a domain.
    """

    accounts: list[str] = field(default_factory=list)
    written: dict[str, list[str]] = field(default_factory=dict)
    only_used: list[str] = field(default_factory=list)

    def __bool__(self) -> bool:
        return bool(self.accounts or self.written or self.only_used)

    def words(self, name: str) -> list[str]:
        """What to do, a sentence for each kind of use."""
        told = [f"To write it on the machines that use it: deskprov secret rotate {name}"] if self.accounts else []
        for key, hosts in self.written.items():
            told.append(f"To write it on the machines: deskprov setup {' '.join(hosts)} --reset '{key}'")
        if self.only_used:
            used = ", ".join(dict.fromkeys(self.only_used))
            told.append(
                f"It is used while {used} is set up and kept on no machine: change it where it is valid (the domain)."
            )
        return told or ["What uses it: deskprov secret list"]


class Revealed(Discreet, frozen=True):
    """A value to show once. More than one, newest first, when it is not proved yet which is in force."""

    hidden = frozenset({"values"})

    owner: Owner
    values: Sequence[tuple[Kept, str]]
    way: WayToMachines = field(default_factory=WayToMachines)


class Keys(Struct, frozen=True):
    """The site's public keys, how many kept values each opens, and why none can be opened here, if so."""

    keys: Sequence[tuple[str, int]]
    kept: int
    problem: str = ""
    hint: str = ""


class NewKeys(Struct, frozen=True):
    """A new pair: the lines for `deskprov.yml`, and the file with the private key."""

    settings: str
    public: str
    file: str
    further: bool


_BEGUN = frozenset({Status.CHANGED, Status.FAILED, Status.SKIPPED})
"""Of results that are there only when a run did something."""


class Rotation(Struct, frozen=True):
    """What became of it: the runs, and whose password is proved to be the new one and whose is not, in words.

    `provider` is a word such as `env`: only of `escrow` does deskprov keep anything. `troubles` are sentences: what was
    in the way of a password that deskprov itself logs in with, which is written without a run; `declined` are those of
    them for which nobody said yes.
    """

    runs: Sequence[RunResult]
    proved: Sequence[str]
    open: Sequence[str]
    provider: str = "escrow"
    troubles: Sequence[str] = ()
    declined: Sequence[str] = ()

    @property
    def not_begun(self) -> bool:
        """True when no run was let begin, because its plan was not confirmed or its machines have to wait."""
        hosts = [host for run in self.runs for host in run.hosts]
        waited = all(host.outcome is Outcome.WAITING for host in hosts)
        made = any(each.status in _BEGUN for host in hosts for each in host.results)
        return bool(hosts) and waited and not made and not self.troubles


class LeftOut(Struct, frozen=True):
    """What a rotation will not write, told before the question: accounts that are not there, and silent machines."""

    missing: Sequence[str]
    silent: Sequence[str]
