"""Secrets by name. The value is never in any of these objects."""

from enum import StrEnum
from typing import Annotated

from msgspec import Struct
from pydantic import Field

from deskprov.model.discreet import Discreet
from deskprov.model.names import Name

SecretName = Annotated[Name, Field(json_schema_extra={"x-secret": True})]
"""An option that takes the name of a secret, never its value."""


PER_DEVICE = "per-device"
"""Stated where the name of a secret is: a password of this machine's own, which deskprov makes and keeps sealed."""


class SecretForm(StrEnum):
    """How the value is handed out."""

    PLAIN = "plain"
    SHA512_CRYPT = "sha512_crypt"  # as /etc/shadow has it: crypt(5)


class SecretRef(Struct, frozen=True):
    """Names a secret and the form in which it is wanted.

    `host` is the machine that it is wanted for: hashes differ from machine to machine, and so do passwords of machines'
    own, whose name is `per-device:` and the key of what they belong to (`per-device:users/tech`).
    """

    name: str
    form: SecretForm = SecretForm.PLAIN
    host: str = ""

    @property
    def owner(self) -> str:
        """For a password of a machine's own the key of what it belongs to (`users/tech`), else an empty text."""
        kind, _, owner = self.name.partition(":")
        return owner if kind == PER_DEVICE else ""


def secret_for(stated: str, owner: str) -> str:
    """The name of the secret that is stated for `owner` (`users/tech`)."""
    return f"{PER_DEVICE}:{owner}" if stated == PER_DEVICE else stated


class Value(Discreet, frozen=True):
    """The value of a secret, never shown, and the random `mark` from which the salts of its hashes are made."""

    hidden = frozenset({"plain"})

    plain: str
    mark: str = ""


def as_password(name: str, host: str) -> SecretRef:
    """A password that is typed at this machine; one of the site's is the same for all."""
    return SecretRef(name, host=host if SecretRef(name).owner else "")


class SecretText(Struct, frozen=True):
    """Text with secrets in it, as an argument of a task; literal parts hold no template marker."""

    parts: tuple[str | SecretRef, ...]
