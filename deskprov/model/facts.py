"""What a look at a machine found: about a resource, and about the machine itself."""

from collections.abc import Mapping, Sequence
from enum import Enum, StrEnum
from typing import Any

from msgspec import Struct, field


class Sight(Enum):
    """What can be said about a thing, or one option of it, that has no observed value."""

    ABSENT = "absent"  # looked, and it is not there
    NO_PROBE = "no probe"  # this type cannot look
    NOT_REPORTED = "not reported"  # looked, and got no answer

    def __repr__(self) -> str:
        return self.name


Observed = Mapping[str, Any]
"""Observed options by name; a value may be `Sight.NOT_REPORTED`. Collections are frozensets of text."""


class Noted(Struct, frozen=True):
    """What was seen of a part of a thing, and in words what else of it was left alone: nobody knows how that is."""

    seen: Observed | Sight
    note: str


Observation = Observed | Sight | Noted


class ProbeError(Struct, frozen=True):
    """A check that raised an error on the machine; the others went on."""

    message: str


Answer = Any
"""What one probe gave: plain data out of JSON, or a `ProbeError`."""


class Disk(Struct, frozen=True):
    """A mounted file system of the machine; sizes in bytes."""

    device: str
    mount: str
    filesystem: str
    size: int
    free: int


class InstalledSoftware(Struct, frozen=True):
    """One installed package or application."""

    name: str
    version: str


class LocalUser(Struct, frozen=True):
    """An account of a person on the machine (no system accounts)."""

    name: str
    full_name: str
    administrator: bool


class VolumeState(StrEnum):
    """How a volume is encrypted. `NOT_ARMED`: its key lies open beside the data, so that anyone can read it."""

    ON = "on"
    OFF = "off"
    NOT_ARMED = "encrypted, not armed"
    WORKING = "being encrypted or decrypted"
    LOCKED = "locked"


class EncryptedVolume(Struct, frozen=True):
    """A volume and how it is encrypted."""

    mount: str
    state: VolumeState


class Facts(Struct, frozen=True):
    """A machine as it describes itself. Unknown is an empty text, None or an empty list; memory in bytes.

    `serial`, `maker`, `model` and `uuid` are empty when the firmware gives a placeholder. `tpm` is the version of its
    specification, or `none`. `joined` says what it belongs to: a workgroup, a domain, a directory. `administrators` are
    all members of that group, those of a domain as `DOMAIN\\name`. `system_disk` is the `mount` of the disk with
    the system on it, `on_battery` whether nothing but a battery feeds the machine, `kept_awake` whether the script that
    made it reachable still keeps it from sleeping. `elevated` is whether who asked had all rights of an administrator.
    `reboot_wanted` says in words, or by package, what it waits for a reboot for. `unanswered` names the checks that
    failed, and why.
    """

    hostname: str = ""
    maker: str = ""
    model: str = ""
    serial: str = ""
    uuid: str = ""
    machine_id: str = ""
    macs: Sequence[str] = ()
    cpu: str = ""
    cpu_count: int | None = None
    memory: int | None = None
    disks: Sequence[Disk] = ()
    system_disk: str = ""
    battery_percent: int | None = None
    battery_health_percent: int | None = None
    on_battery: bool | None = None
    kept_awake: bool = False
    elevated: bool | None = None
    os: str = ""
    os_version: str = ""
    kernel: str = ""
    architecture: str = ""
    boot_id: str = ""
    reboot_wanted: Sequence[str] = ()
    tpm: str = ""
    secure_boot: bool | None = None
    activated: bool | None = None
    joined: str = ""
    encryption: Sequence[EncryptedVolume] = ()
    administrators: Sequence[str] = ()
    printers: Sequence[str] = ()
    wifi_networks: Sequence[str] = ()
    unanswered: Sequence[str] = ()
    software: Sequence[InstalledSoftware] = field(default_factory=tuple)
    users: Sequence[LocalUser] = field(default_factory=tuple)
