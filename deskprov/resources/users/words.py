"""What stands in the options of an account: a person's name, a public key, a day."""

import base64
import binascii
import re
from collections.abc import Collection
from datetime import date
from typing import Annotated

from pydantic import AfterValidator

from deskprov.formats.windows_accounts import own_account
from deskprov.model.resource import Line
from deskprov.model.text import Accepts, Reach

NEVER = "never"

OF_ADMINISTRATORS = frozenset(
    ["administrators", "administradores", "administrateurs", "administratoren", "amministratori", "administratörer"]
)
"""What the built-in group of administrators is called on Windows in some languages."""

_KEY_TYPE = re.compile(r"(sk-)?(ssh-ed25519|ecdsa-sha2-nistp(256|384|521)|ssh-rsa)(@openssh\.com)?")


OF_WINDOWS = ("full_name", "disabled", "password", "password_never_expires")
"""What can be stated of an account that Windows itself brings."""


def check_groups(groups: Collection[str]) -> None:
    """Raises `ValueError` for the group of administrators of a Windows PC, whose members are told by their role."""
    if any(group.casefold() in OF_ADMINISTRATORS for group in groups):
        raise ValueError("who administers this computer is said by `role: administrator`, not by a group")


def check_own(name: str, state: str, stated: Collection[str]) -> None:
    """Raises `ValueError` for what cannot be done with an account that Windows itself brings."""
    if not own_account(name):
        return
    if state == "absent":
        raise ValueError(
            f"the account {name} is part of Windows and cannot be removed; `disabled: true` switches it off"
        )
    if more := sorted(set(stated) - {"name", *OF_WINDOWS}):
        raise ValueError(
            f"the account {name} is part of Windows: {more[0]} cannot be stated, only {', '.join(OF_WINDOWS)}"
        )


def _full_name(text: str) -> str:
    if ":" in text or text.endswith(","):
        raise ValueError("may not hold a `:`, nor end with a comma")
    return text


def _public_key(text: str) -> str:
    kind, encoded, comment = [*text.split(maxsplit=2), "", "", ""][:3]
    name = kind.encode()
    try:
        blob = base64.b64decode(encoded, validate=True)
    except binascii.Error:
        blob = b""
    if not _KEY_TYPE.fullmatch(kind) or not blob.startswith(len(name).to_bytes(4, "big") + name) or "\\" in comment:
        raise ValueError("is no public key as ssh-keygen writes it into a .pub file: type, key and comment, no options")
    return " ".join(text.split())


def _day(text: str) -> str:
    if text != NEVER:
        try:
            day = date.fromisoformat(text) if re.fullmatch(r"[0-9]{4}-[0-9]{2}-[0-9]{2}", text) else date.min
        except ValueError as error:
            raise ValueError("is a day that no calendar has") from error
        if not 2000 <= day.year < 2100:
            raise ValueError('must be a day such as "2027-06-30", or never')
    return text


FullName = Annotated[
    Line, AfterValidator(_full_name), Accepts("any printable characters but `:`, and no comma at its end", Reach.LINE)
]
"""What the GECOS field of passwd(5) can hold; Debian's adduser fills it up with commas, which are left out."""

PublicKey = Annotated[
    Line,
    AfterValidator(_public_key),
    Accepts("a line of a .pub file, its comment any printable characters but `\\`", Reach.LINE),
]
"""A line of authorized_keys without options: sshd(8), AUTHORIZED_KEYS FILE FORMAT."""

Day = Annotated[
    str,
    AfterValidator(_day),
    Accepts("a day from 2000 to 2099, or never", Reach.WORD, r"^(20[0-9]{2}-[0-9]{2}-[0-9]{2}|never)$"),
]
"""A day as ISO text, or `never`."""
