"""Local accounts: the people who log in on this computer, and what they may do there.

On Windows they are made and looked at in the network log-on of an administrator.
"""

from collections.abc import Mapping, Sequence
from typing import Annotated, Literal, Self

from pydantic import Field, ValidationInfo, model_validator

from deskprov.formats.account_names import GroupName, UserName
from deskprov.formats.file_system import needs_at
from deskprov.formats.posix import SYSTEM_USERS, AccountName, MachinePath
from deskprov.model.facts import Observed
from deskprov.model.platform import OnlyOn, Platform, platform_of
from deskprov.model.resource import ResourceOptions
from deskprov.model.resource_type import no_reboot
from deskprov.model.secret import PER_DEVICE, SecretName
from deskprov.model.want import Exactly, Includes, Wanted
from deskprov.resources.users.words import Day, FullName, PublicKey, check_groups, check_own

NAME = "users"
KEY = "name"
PLATFORMS = frozenset({Platform.LINUX, Platform.WINDOWS})
UNOBSERVABLE = frozenset({"password", "change_password_at_first_login"})

WILL_BE_MADE = "a new password will be made for this device, and kept sealed"

ADMINISTRATORS = "sudo"
"""The group whose members are administrators, on Debian and Ubuntu."""


class Options(ResourceOptions):
    """An account of this computer."""

    name: UserName = Field(description="The name to log in with; `Administrator` and `Guest` are Windows' own.")
    full_name: FullName | None = Field(
        default=None,
        max_length=200,
        description="The person's name as shown at log-in; many screens show only what stands before a comma.",
    )
    role: Literal["administrator", "standard"] | None = Field(
        default=None,
        description="Whether the account may administer the computer (on Linux: group `sudo`; on Windows: the built-in "
        "group of administrators, whatever it is called there).",
    )
    groups: list[GroupName] = Field(
        default_factory=list,
        description="Groups it is a member of; other memberships are left alone. Those that are part of Windows have "
        "their English names, such as `Remote Desktop Users`, in every language.",
    )
    group: Annotated[AccountName | None, OnlyOn(Platform.LINUX)] = Field(
        default=None, description="Its primary group; one of its own name is made when left out."
    )
    uid: Annotated[int | None, OnlyOn(Platform.LINUX)] = Field(
        default=None, ge=1000, le=59999, description="Its number; chosen by the system when left out."
    )
    home: Annotated[MachinePath | None, OnlyOn(Platform.LINUX)] = Field(
        default=None, description="Its home folder; /home/NAME when left out. What is in an earlier one moves along."
    )
    shell: Annotated[MachinePath | None, OnlyOn(Platform.LINUX)] = Field(
        default=None, description="The program that a log-in starts, such as /bin/bash."
    )
    authorized_keys: Annotated[list[PublicKey] | None, OnlyOn(Platform.LINUX)] = Field(
        default=None, description="SSH public keys that may log in, all of them: others are removed."
    )
    password: SecretName | None = Field(
        default=None,
        description="The name of a secret, or `per-device` for a random password of this machine's own, which deskprov "
        "keeps sealed; set only on an account that has no password.",
    )
    change_password_at_first_login: bool = Field(
        default=False, description="Whether a password set by deskprov must be changed at the first log-in."
    )
    expires: Day | None = Field(
        default=None, description='From which day on nobody can log in (0:00 UTC), such as "2027-06-30", or never.'
    )
    disabled: Annotated[bool | None, OnlyOn(Platform.WINDOWS)] = Field(
        default=None, description="Whether nobody can log in with it for now."
    )
    password_never_expires: Annotated[bool | None, OnlyOn(Platform.WINDOWS)] = Field(
        default=None, description="Whether its password stays good; else Windows wants a new one every 42 days."
    )
    remove_home: bool = Field(
        default=False,
        description="With `state: absent`: also removes the home folder (on Windows: the profile) with all in it.",
    )

    @model_validator(mode="after")
    def _make_sense(self, info: ValidationInfo) -> Self:
        windows = platform_of(info) is Platform.WINDOWS
        if self.state == "absent" and self.name in SYSTEM_USERS and not windows:
            raise ValueError(f"the account {self.name} belongs to the system and cannot be removed")
        if windows:
            check_groups(self.groups)
            check_own(self.name, self.state, self.model_fields_set - ResourceOptions.model_fields.keys())
        if self.remove_home and self.state == "present":
            raise ValueError("remove_home is for accounts with state: absent only")
        if self.change_password_at_first_login and self.password is None:
            raise ValueError("change_password_at_first_login needs a password")
        if self.role == "standard" and ADMINISTRATORS in {*self.groups, self.group}:
            raise ValueError(f"a member of the group {ADMINISTRATORS} is an administrator, not standard")
        keys = [key.split(" ")[1] for key in self.authorized_keys or ()]
        if len(set(keys)) < len(keys):
            raise ValueError("authorized_keys holds the same key twice")
        return self


def desired(options: Options) -> Mapping[str, Wanted]:
    """What the profile states; `has_password` stands for a password, which nobody can look at."""
    keys = options.authorized_keys
    wanted: dict[str, Wanted] = {
        "full_name": options.full_name,
        "role": options.role,
        "group": options.group,
        "uid": options.uid,
        "home": options.home,
        "shell": options.shell,
        "groups": Includes(frozenset(options.groups)) if options.groups else None,
        "authorized_keys": None if keys is None else Exactly(frozenset(keys)),
        "expires": options.expires,
        "disabled": options.disabled,
        "password_never_expires": options.password_never_expires,
        "password": options.password,
        "has_password": True if options.password else None,
        "change_password_at_first_login": options.change_password_at_first_login or None,
    }
    return {name: value for name, value in wanted.items() if value is not None}


def needs(options: Options) -> Sequence[str]:
    """Its groups, and the folders above its home."""
    groups = [*options.groups, *([options.group] if options.group else [])]
    home = needs_at(options.home) if options.home else []
    return [*(f"groups/{name}" for name in groups), *home]


def preview(options: Options, observed: Observed) -> str:
    """What goes and what stays when an account is removed, and whether a password will be made."""
    if options.state == "present":
        return WILL_BE_MADE if options.password == PER_DEVICE and not observed.get("has_password") else ""
    home = observed.get("home")
    if not isinstance(home, str):
        return ""
    if options.remove_home:
        return f"{home} goes too, with everything in it"
    return f"{home} stays, with everything in it"


reboot = no_reboot
