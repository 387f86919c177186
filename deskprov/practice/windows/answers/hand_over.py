"""A password of the PC's own, which comes sealed to its certificate, in place of the one-time one of the script."""

import base64
import binascii
from typing import Any

from cryptography.hazmat.primitives.asymmetric.padding import MGF1, OAEP
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import load_pem_private_key

from deskprov.model.practice_models import State, Unanswered
from deskprov.practice.windows.local_accounts import nt_hash


def obey(state: State, argument: Any) -> Any:
    """In the form of stages/hand_over/hand_over_windows.ps1; the state has the new password's hash."""
    user, thumbprint, sealed = argument
    held = state.get("own_certificates", {}).get(thumbprint)
    account = state["users"].get(str(user).lower())
    if held is None or account is None:
        raise Unanswered("RuntimeException: The certificate that it shows is not in its own store.")
    key = load_pem_private_key(held.encode(), None)
    if not isinstance(key, RSAPrivateKey):
        raise Unanswered("RuntimeException: its key is no RSA key")
    try:
        plain = key.decrypt(base64.b64decode(sealed, validate=True), OAEP(MGF1(SHA256()), SHA256(), None)).decode()
    except (ValueError, binascii.Error) as error:
        raise Unanswered("CryptographicException: The parameter is incorrect.") from error
    account["nt_hash"] = nt_hash(plain)
    return {"in_force": True}
