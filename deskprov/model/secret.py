"""Secrets by name. The value is never in any of these objects."""

from dataclasses import dataclass
from enum import StrEnum
from typing import Annotated

from pydantic import Field

from deskprov.model.names import Name

SecretName = Annotated[Name, Field(json_schema_extra={"x-secret": True})]
"""An option that takes the name of a secret, never its value."""


class SecretForm(StrEnum):
    """How the value is handed out."""

    PLAIN = "plain"
    SHA512_CRYPT = "sha512_crypt"  # as /etc/shadow has it: crypt(5)


@dataclass(frozen=True, slots=True)
class SecretRef:
    """Names a secret and the form in which it is wanted."""

    name: str
    form: SecretForm = SecretForm.PLAIN


@dataclass(frozen=True, slots=True)
class SecretText:
    """Text with secrets in it, as an argument of a task; literal parts hold no template marker."""

    parts: tuple[str | SecretRef, ...]
