"""Seals a value to public keys, bound to whose it is, and opens it again.

What is sealed is JSON, filled up to a round length, so that its size tells nothing about the value's. It names its
owner, so that one row's sealed value in another's place is noticed.
"""

import json
from collections.abc import Sequence

from deskprov.adapters.escrow.identity import Identity
from deskprov.errors import SecretUnavailable
from deskprov.model.secret import Value

ROUND_BYTES = 512


class Seal:
    """Seals to these public keys, and opens with this private one."""

    def __init__(self, keys: Sequence[str], identity: Identity) -> None:
        self.keys = keys
        self._identity = identity

    def seal(self, value: Value, owner: str) -> bytes:
        """Raises `SecretUnavailable` when there are no keys, or one is no good."""
        from pyrage import EncryptError, RecipientError, encrypt, x25519

        if not self.keys:
            raise SecretUnavailable(
                "This site has no keys to seal a secret to.",
                hint="deskprov secret init makes them and says what it did.",
            )
        plain = json.dumps({"owner": owner, "value": value.plain, "mark": value.mark}).encode()
        filled = plain.ljust(-(-len(plain) // ROUND_BYTES) * ROUND_BYTES)
        try:
            return bytes(encrypt(filled, [x25519.Recipient.from_str(key) for key in self.keys]))
        except (RecipientError, EncryptError) as error:
            raise SecretUnavailable(
                "One of the keys under `escrow_keys` in deskprov.yml is no public key of age.",
                hint="Copy it anew: each begins with age1 and has 62 characters.",
            ) from error

    def open(self, sealed: bytes, owner: str, told: str) -> Value:
        """The value; `told` is whose it is for people. Raises `SecretUnavailable`."""
        from pyrage import DecryptError, decrypt

        try:
            plain = decrypt(sealed, self._identity.keys())
        except DecryptError as error:
            raise SecretUnavailable(
                f"The private key of this computer does not open the secret of {told}: it is sealed to other keys.",
                hint="deskprov secret keys lists them. Let someone who has one of those run: deskprov secret reseal",
            ) from error
        match json.loads(plain):
            case {"owner": str(mine), "value": str(value), "mark": str(mark)} if mine == owner:
                return Value(value, mark)
            case _:
                raise SecretUnavailable(
                    f"What is kept for {told} was sealed for something else. Somebody has tampered with the record.",
                    hint="Do not use it. Restore the record from a backup, and find out who could write to it.",
                )
