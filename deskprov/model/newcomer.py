"""What becomes of an enrolment file: a new machine with its name and its asset, one that is there, or none of ours."""

from enum import StrEnum

from msgspec import Struct

from deskprov.model.asset import Asset
from deskprov.model.enrolment import Enrolment
from deskprov.model.inventory import WINRM, Host
from deskprov.model.result import HostResult


class NameFrom(StrEnum):
    """What a machine is called; where it has none of this, the next in this order."""

    TAG = "tag"
    SERIAL = "serial"
    HOST = "host"


class Standing(StrEnum):
    """What a file means for the site."""

    NEW = "new"
    THERE = "there"  # taken in before, or stated by another file of the same call
    REFUSED = "refused"


class Paper(Struct, frozen=True):
    """An enrolment and the file it comes from. `refusal` says why its signatures do not count, and what to do."""

    file: str
    enrolment: Enrolment
    refusal: tuple[str, str] = ("", "")


class Rules(Struct, frozen=True):
    """How new machines are called, what they shall be, and with which key file they are reached (empty: ssh-agent).

    `over_tls` is what is spoken to those that are reached with a certificate (one of `OVER_TLS`). `bare` are the host
    keys of practice machines that are to be enrolled: what becomes of those is practice.
    """

    name_from: NameFrom = NameFrom.TAG
    profile: str = ""
    key_file: str = ""
    over_tls: str = WINRM
    bare: frozenset[str] = frozenset()


class Newcomer(Struct, frozen=True):
    """What becomes of one file: `host` is the machine, with the first of its addresses, `asset` its record."""

    file: str
    enrolment: Enrolment
    standing: Standing
    host: Host | None = None
    asset: Asset | None = None
    message: str = ""
    hint: str = ""

    @property
    def practised(self) -> bool:
        """True for a practice machine: the line of the packing list it is enrolled for stays in stock."""
        return self.standing is not Standing.REFUSED and self.host is not None and self.host.practice

    @property
    def name(self) -> str:
        """What to call it in a message."""
        return self.host.name if self.host else self.enrolment.name


class Enrolled(Struct, frozen=True):
    """What became of one file in the end."""

    newcomer: Newcomer
    result: HostResult
