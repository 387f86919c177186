"""Reads a machine's own certificate: the key that it signs with, and the names that others call it by."""

import base64
import binascii
import hashlib

from cryptography import x509
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPublicKey
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

LEAST_BITS = 2048
MOST_BITS = 4096


def certificate_der(text: str) -> bytes:
    """The certificate in base64 as bytes. Raises `ValueError` when it is none, or has no RSA key of a usual size."""
    try:
        der = base64.b64decode(text, validate=True)
    except binascii.Error as error:
        raise ValueError("it is not in base64") from error
    _key(der)
    return der


def ssh_key_of(der: bytes) -> str:
    """The certificate's public key as a line of a `.pub` file, without comment. Raises `ValueError`."""
    return _key(der).public_bytes(Encoding.OpenSSH, PublicFormat.OpenSSH).decode()


def thumbprint(der: bytes) -> str:
    """What Windows calls a certificate by in its store: the SHA-1, which is a name here and proves nothing."""
    return hashlib.sha1(der, usedforsecurity=False).hexdigest().upper()


def _key(der: bytes) -> RSAPublicKey:
    key = x509.load_der_x509_certificate(der).public_key()
    if not isinstance(key, RSAPublicKey) or not LEAST_BITS <= key.key_size <= MOST_BITS:
        raise ValueError(f"its key is no RSA key of {LEAST_BITS} to {MOST_BITS} bits")
    return key
