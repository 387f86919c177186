"""What this computer, the controller, has and lacks for the work: as found, without judgement."""

from collections.abc import Sequence
from enum import StrEnum

from msgspec import Struct


class Sync(StrEnum):
    """What the system says of its clock."""

    SYNCHRONISED = "synchronised"
    NOT = "not synchronised"
    UNKNOWN = "unknown"


class Volume(Struct, frozen=True):
    """The file system that a folder is on. `kind` as mount(8) names it, empty where nobody tells."""

    folder: str
    kind: str
    writable: bool


class PrivateKey(Struct, frozen=True):
    """A private key file: how it is named, whether it is there, and whether others on this computer can read it."""

    name: str
    there: bool
    open_to_others: bool = False


class Workplace(Struct, frozen=True):
    """The controller. `wsl` is 0, 1 or 2, `wsl_network` what WSL says of it (nat, mirrored …), empty when unknown.

    `secrets_missing` says in words which secrets could not be had now, as far as that can be seen without asking.
    `agent_keys` counts the keys in ssh-agent: None without an agent, -1 when it does not answer. `leftovers` are
    folders of runs that died. `committers` counts the people who have lately committed to the site.
    """

    python: tuple[int, int, int]
    system: str
    wsl: int
    wsl_network: str
    site: Volume
    record: Volume | None
    runs: Volume
    ssh_program: bool
    agent_keys: int | None
    own_keys: Sequence[str]
    key_files: Sequence[PrivateKey]
    secrets_missing: Sequence[str]
    clock: Sync
    leftovers: Sequence[str]
    committers: int


class RecordHealth(Struct, frozen=True):
    """The record as it lies there. `schema` is none, old or current; `damage` what the database says of its own pages;
    `controllers` are the computers that have written runs into it.
    """

    where: str
    schema: str
    damage: str
    controllers: Sequence[str]


class AnsibleHealth(Struct, frozen=True):
    """The program that would run playbooks, its release, and the collections it does not find."""

    program: str
    version: str
    missing: Sequence[str]
