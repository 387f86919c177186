"""Salts of password hashes, made from a mark so that they can be told again."""

import base64
import hashlib
import hmac

from deskprov.model.secret import SecretRef

SALT_LENGTH = 16
"""The longest that crypt(5) takes for sha512crypt."""


def salt_of(mark: str, secret: SecretRef) -> str:
    """The salt that belongs to this mark for this secret on this machine: another on every machine."""
    digest = hmac.digest(mark.encode(), f"{secret.host}\0{secret.name}".encode(), hashlib.sha256)
    return base64.b64encode(digest, altchars=b"./").decode()[:SALT_LENGTH]
