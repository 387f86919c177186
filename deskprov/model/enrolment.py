"""How a bare machine comes in: the script that prepares it, the batch the script belongs to, and the file it writes."""

from collections.abc import Sequence
from datetime import datetime

from msgspec import Struct

from deskprov.model.discreet import Discreet
from deskprov.model.inventory import SSH
from deskprov.model.platform import Platform

NAMESPACE = "deskprov-enrolment"
"""What the signatures below an enrolment are for, as in ssh-keygen(1), -n; no log-in takes such a signature."""

SIGNERS_FILE = "inventory_hosts/enrolment_signers.txt"
"""The public keys of batches, from the site's folder: beside the pinned keys, in git, nothing secret in it."""

FILE_PREFIX = "deskprov-enrol-"

WINDOWS_SCRIPT = "deskprov-windows.ps1"
"""What the script for Windows is called on a stick."""


class Batch(Struct, frozen=True):
    """One printed script: its name, the public key of its signatures, and from when until when they count (UTC)."""

    name: str
    public_key: str
    begins: datetime
    ends: datetime


class BootstrapOrder(Discreet, frozen=True):
    """Everything that a bootstrap script is told. `batch_key` is the private half that signs enrolments of this batch.

    `login_from`: the only addresses that the log-in key works from, as in sshd(8), `from=`; none means any.
    """

    hidden = frozenset({"batch_key"})

    site: str
    user: str
    login_key: str
    batch: Batch
    batch_key: str
    login_from: Sequence[str] = ()
    language: str = "en"


class SealingPair(Discreet, frozen=True):
    """The key that one-time passwords of a batch are sealed to: a certificate and its private key, DER in base64."""

    hidden = frozenset({"private"})

    certificate: str
    private: str


class WindowsOrder(Discreet, frozen=True):
    """Everything that the script for Windows is told; see `BootstrapOrder` for what both have.

    `batch_key` are the numbers D, X and Y of a P-256 key in base64, with blanks between. One-time passwords are sealed
    to `seal_certificate` (DER in base64); it is empty when machines are reached over SSH, where there are none.
    """

    hidden = frozenset({"batch_key"})

    site: str
    user: str
    batch: Batch
    batch_key: str
    login_from: Sequence[str]
    transport: str
    login_key: str = ""
    seal_certificate: str = ""
    language: str = "en"


class Enrolment(Discreet, frozen=True):
    """What the script saw on a machine. `serial` and `uuid` are empty when the firmware has none or a placeholder.

    `host_key` is what will be pinned: a public key without comment, or a certificate's digest; `addresses` are IP
    addresses, the likeliest first; `made` is the time by the machine's own clock, which may be wrong. `shell` is that
    of `Connection`. `certificate` (DER in base64) and `one_time`, a password sealed for the site, are empty for a
    machine that takes the site's key.
    """

    hidden = frozenset({"certificate", "one_time"})

    name: str
    addresses: Sequence[str]
    port: int
    user: str
    host_key: str
    serial: str
    uuid: str
    machine_id: str
    macs: Sequence[str]
    os: str
    made: datetime
    site: str
    batch: str
    platform: Platform = Platform.LINUX
    transport: str = SSH
    shell: str = ""
    certificate: str = ""
    one_time: str = ""


class CarriedFile(Struct, frozen=True):
    """A file that somebody carried here: where it lies, and what is in it."""

    name: str
    content: bytes
