"""The settings of a site: `deskprov.yml`."""

import re
from collections.abc import Mapping
from typing import Annotated, Literal, Self
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from msgspec import Struct
from pydantic import AfterValidator, BaseModel, ConfigDict, Field, model_validator

from deskprov.model.addresses import is_address
from deskprov.model.feed import FeedAddress, FeedLimit
from deskprov.model.names import Name
from deskprov.model.resource import Line, Text
from deskprov.model.secret import PER_DEVICE
from deskprov.model.ssh_key import is_public_key
from deskprov.model.text import Accepts, Reach

_VARIABLE = r"^[A-Za-z_][A-Za-z0-9_]*$"


def _variable(text: str) -> str:
    if not re.fullmatch(_VARIABLE, text):
        raise ValueError("must be the name of an environment variable: letters, digits and `_`")
    return text


Variable = Annotated[
    str, AfterValidator(_variable), Accepts("letters, digits and `_`, and no digit first", Reach.WORD, _VARIABLE)
]
"""The name of an environment variable: POSIX.1-2017, 8.1."""


def _keyring_entry(text: str) -> str:
    service, slash, name = text.partition("/")
    if not (service and slash and name):
        raise ValueError("must be SERVICE/NAME")
    return text


KeyringEntry = Annotated[Line, AfterValidator(_keyring_entry), Accepts("`SERVICE/NAME`", Reach.LINE)]
"""An entry of the desktop's keyring."""


def _private_file(text: str) -> str:
    if not text.startswith(("/", "~/")) or text.endswith("/"):
        raise ValueError("must be a whole path, or one from your home: ~/.config/deskprov/keys/…")
    return text


PrivateFile = Annotated[Line, AfterValidator(_private_file), Accepts("a path from `/` or `~/`", Reach.LINE)]
"""A file outside of the site."""

_ESCROW_KEY = r"^age1[02-9ac-hj-np-z]{58}$"


def _escrow_key(text: str) -> str:
    if not re.fullmatch(_ESCROW_KEY, text):
        raise ValueError("must be a public key of age: age1 and 58 more small letters and digits")
    return text


EscrowKey = Annotated[
    str, AfterValidator(_escrow_key), Accepts("`age1` and 58 small letters and digits", Reach.WORD, _ESCROW_KEY)
]
"""A public key of age, X25519: what `age-keygen` shows, https://age-encryption.org/v1."""


class VaultEntry(BaseModel):
    """One value of a file that ansible-vault has encrypted."""

    model_config = ConfigDict(extra="forbid", frozen=True, strict=True, defer_build=True)

    file: Line = Field(min_length=1, description="The encrypted file, from the site's folder.")
    password: Name = Field(description="The secret that opens it: the name of another secret.")
    entry: Line | None = Field(
        default=None, description="The key in the file, if it is YAML; the whole file is the value when left out."
    )


class SecretProvider(BaseModel):
    """Where the value of one secret comes from: exactly one place."""

    model_config = ConfigDict(extra="forbid", frozen=True, strict=True, defer_build=True)

    env: Variable | None = Field(default=None, description="The environment variable that holds it.")
    command: list[Text] | None = Field(
        default=None, min_length=1, description="A program and its arguments; it prints the value and a line end."
    )
    ask: bool = Field(default=False, description="Asks the person at the terminal, once per run.")
    escrow: bool = Field(
        default=False, description="deskprov keeps it, sealed to the site's keys: `deskprov secret set NAME`."
    )
    keyring: KeyringEntry | None = Field(default=None, description="SERVICE/NAME in the keyring of the desktop.")
    vault: VaultEntry | None = Field(default=None, description="In a file that ansible-vault has encrypted.")

    @model_validator(mode="after")
    def _exactly_one(self) -> Self:
        if len(self.model_dump(exclude_defaults=True)) != 1:
            raise ValueError(
                "must state exactly one of `env: VARIABLE`, `command: [program, …]`, `ask: true`, `escrow: true`, "
                "`keyring: SERVICE/NAME` and `vault: {file: …, password: …}`"
            )
        return self


class IdentityPlace(BaseModel):
    """Where the private key is that opens what the site has sealed: exactly one place."""

    model_config = ConfigDict(extra="forbid", frozen=True, strict=True, defer_build=True)

    file: PrivateFile | None = Field(
        default=None, description="A file outside of the site that only you can read, such as ~/.config/deskprov/…"
    )
    command: list[Text] | None = Field(default=None, min_length=1, description="A program that prints it.")
    keyring: KeyringEntry | None = Field(default=None, description="SERVICE/NAME in the keyring of the desktop.")
    env: Variable | None = Field(default=None, description="The environment variable that holds it.")

    @model_validator(mode="after")
    def _exactly_one(self) -> Self:
        if len(self.model_dump(exclude_defaults=True)) != 1:
            raise ValueError(
                "must state exactly one of `file: ~/PATH`, `command: [program, …]`, `keyring: SERVICE/NAME` and "
                "`env: VARIABLE`"
            )
        return self


def _no_reserved_name(secrets: dict[str, SecretProvider]) -> dict[str, SecretProvider]:
    if PER_DEVICE in secrets:
        raise ValueError(f"{PER_DEVICE} cannot be declared: it means a password of each machine's own")
    return secrets


def _time_zone(text: str) -> str:
    try:
        ZoneInfo(text)
    except (ZoneInfoNotFoundError, ValueError, OSError) as error:
        raise ValueError("must be an IANA time zone, such as America/Los_Angeles") from error
    return text


TimeZone = Annotated[str, AfterValidator(_time_zone), Accepts("a name of the IANA database", Reach.WORD)]


def _public_key(text: str) -> str:
    if not is_public_key(text):
        raise ValueError("must be a public SSH key on one line, as in a .pub file: ssh-ed25519 AAAA… comment")
    return text


def _address(text: str) -> str:
    if not is_address(text):
        raise ValueError("must be an IP address or a network, such as 10.1.0.0/16")
    return text


PublicKey = Annotated[
    str, AfterValidator(_public_key), Accepts("a line of a `.pub` file: kind, key, plain comment", Reach.LINE)
]
NetworkAddress = Annotated[str, AfterValidator(_address), Accepts("an IP address or a network", Reach.WORD)]


class Settings(BaseModel):
    """What `deskprov.yml` may say."""

    model_config = ConfigDict(extra="forbid", frozen=True, strict=True, defer_build=True)

    format: Literal[1] = Field(description="The version of this file's format: 1.")
    name: Annotated[Line, Field(min_length=1)] = Field(description="The name of the site, as it stands on documents.")
    time_zone: TimeZone = Field(default="UTC", description="An IANA time zone, such as America/Los_Angeles.")
    database: Line | None = Field(
        default=None, description="A SQLAlchemy URL; left out, an SQLite file in `.deskprov/` of the site."
    )
    concurrency: Annotated[int, Field(ge=1, le=200)] = Field(default=10, description="Machines at work at once.")
    step_minutes: Annotated[float, Field(gt=0, le=240)] = Field(default=15, description="Time limit of one step.")
    plan_days: Annotated[int, Field(ge=1, le=90)] = Field(default=7, description="Days that a plan file is good for.")
    file_server_port: Annotated[int, Field(ge=1024, le=65535)] | None = Field(
        default=None,
        description="The port of this computer at which PCs fetch large files from deskprov while it sets them up; any "
        "free one when left out. A firewall in between must let it through.",
    )
    run_minutes: Annotated[float, Field(gt=0, le=1440)] = Field(default=120, description="Time limit of one machine.")
    login_key: PublicKey | None = Field(
        default=None, description="The public SSH key that deskprov logs in with; `bootstrap` lets it into machines."
    )
    login_from: list[NetworkAddress] = Field(
        default_factory=list, max_length=20, description="The only addresses or networks that this key may come from."
    )
    secrets: Annotated[dict[Name, SecretProvider], AfterValidator(_no_reserved_name)] = Field(
        default_factory=dict, description="Secrets by name."
    )
    escrow_keys: list[EscrowKey] = Field(
        default_factory=list,
        description="Public keys to which deskprov seals what it keeps; each of their private keys opens it.",
    )
    escrow_identity: IdentityPlace | None = Field(
        default=None, description="Where a private key is that opens it. Only needed to read what is kept."
    )
    reboots: Literal["allowed", "never"] = Field(
        default="allowed", description="Whether `setup` and `apply` may reboot machines; `--no-reboot` forbids it once."
    )
    reboot_minutes: Annotated[float, Field(gt=0, le=240)] = Field(
        default=15, description="How long a machine may take to come back after a reboot."
    )
    undo_minutes: Annotated[float, Field(ge=0.3, le=60)] = Field(
        default=5,
        description="After how long a machine takes back a change of deskprov's own way in that is not confirmed.",
    )
    battery_percent: Annotated[int, Field(ge=0, le=100)] = Field(
        default=30, description="A machine on battery with less charge than this is not changed; 0: however little."
    )
    system_disk_mib: Annotated[int, Field(ge=0, le=1024**2)] = Field(
        default=200,
        description="A machine with less free on its system disk, in MiB, is not changed; 5 % of a small disk will do.",
    )
    feeds: dict[FeedAddress, FeedLimit] = Field(
        default_factory=dict,
        description="What may be fetched from a Chocolatey feed at once, by its address or `community`; left out, the "
        "public feed is asked for at most 10 packages a minute, and no other is limited.",
    )
    asset_fields: dict[Name, Literal["text", "number", "date", "yes_no"]] = Field(
        default_factory=dict, description="Fields of the asset record that this site adds."
    )
    vars: dict[Name, Text] = Field(default_factory=dict, description="Values for `${vars.NAME}` in every profile.")


class SettingsInForce(Struct, frozen=True):
    """The settings, and for each by name where its value comes from: `deskprov.yml:4`, a variable, or `default`."""

    settings: Settings
    origins: Mapping[str, str]
