"""Passwords that come sealed to a key of the PC: of its own account, and of others to be tried."""

import base64
import binascii
from datetime import UTC, datetime
from typing import Any

from cryptography import x509
from cryptography.hazmat.primitives.asymmetric.padding import MGF1, OAEP
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding, load_pem_private_key

from deskprov.formats.certificates import thumbprint
from deskprov.model.practice_models import State, Unanswered
from deskprov.practice.windows.certificate import certificate_of_bootstrap
from deskprov.practice.windows.local_accounts import nt_hash

WRONG, DISABLED, MUST_CHANGE, LOCKED, NOT_TRIED = 1326, 1331, 1907, 1909, -1
"""Windows' system error codes, and what try_windows.ps1 gives for a password that it does not try."""


def new_key(state: State, argument: Any) -> Any:
    """In the form of formats/windows_seal/make_windows.ps1."""
    forget_key(state, argument)
    made = certificate_of_bootstrap("deskprov-sealing", "127.0.0.1", datetime.now(UTC))
    der = x509.load_pem_x509_certificate(made.certificate.encode()).public_bytes(Encoding.DER)
    state.setdefault("own_certificates", {})[thumbprint(der)] = made.key
    state["sealing_key"] = thumbprint(der)
    return base64.b64encode(der).decode()


def forget_key(state: State, argument: Any) -> Any:
    """In the form of formats/windows_seal/forget_windows.ps1."""
    state.get("own_certificates", {}).pop(state.pop("sealing_key", ""), None)
    return True


def put_in_force(state: State, argument: Any) -> Any:
    """In the form of hand_over_windows.ps1 and replace_windows.ps1; the state has the new password's hash."""
    user, held_as, sealed = argument
    plain = _opened(state, held_as, sealed)
    account = state["users"].get(str(user).lower())
    if account is None:
        raise Unanswered(f"UserNotFoundException: User {user} was not found.")
    account["nt_hash"] = nt_hash(plain)
    return {"in_force": True}


def try_passwords(state: State, argument: Any) -> Any:
    """In the form of stages/password_proof/try_windows.ps1."""
    held_as, offered = argument
    found: dict[str, Any] = {}
    for name, end, sealed in offered:
        for account in state["users"].values():
            if account["sid"].endswith(end) if end else account["name"].lower() == name.lower():
                found[name] = _tried(state, held_as, account, sealed)
    return found


def _tried(state: State, held_as: str, account: dict[str, Any], sealed: list[str]) -> list[int]:
    codes: list[int] = []
    threshold = state.get("lockout_threshold", 10)
    for each in sealed:
        plain, wrong = _opened(state, held_as, each), account.get("bad_passwords", 0)
        if threshold and 2 * (wrong + 1) > threshold:
            return [*codes, NOT_TRIED]
        codes.append(_log_on(account, plain, wrong, threshold))
        if codes[-1] != WRONG:
            break
        account["bad_passwords"] = wrong + 1
    return codes


def _log_on(account: dict[str, Any], plain: str, wrong: int, threshold: int) -> int:
    """What LogonUserW says."""
    if threshold and wrong >= threshold:
        return LOCKED
    if account["nt_hash"] != nt_hash(plain):
        return WRONG
    if account["account_disabled"]:
        return DISABLED
    account["bad_passwords"] = 0
    return MUST_CHANGE if account.get("password_expired") else 0


def _opened(state: State, held_as: str, sealed: str) -> str:
    held = state.get("own_certificates", {}).get(held_as)
    if held is None:
        raise Unanswered("RuntimeException: The certificate that it shows is not in its own store.")
    key = load_pem_private_key(held.encode(), None)
    if not isinstance(key, RSAPrivateKey):
        raise Unanswered("RuntimeException: its key is no RSA key")
    try:
        return key.decrypt(base64.b64decode(sealed, validate=True), OAEP(MGF1(SHA256()), SHA256(), None)).decode()
    except (ValueError, binascii.Error) as error:
        raise Unanswered("CryptographicException: The parameter is incorrect.") from error
