"""Signatures as `ssh-keygen -Y sign` makes them, in the way in which the bootstrap script makes them on Windows.

PROTOCOL.sshsig of OpenSSH; RFC 4251 for strings, 5656 and 8332 for keys.
"""

import base64
import hashlib
import struct
from textwrap import wrap

from cryptography.hazmat.primitives.asymmetric import ec, padding
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey
from cryptography.hazmat.primitives.asymmetric.utils import decode_dss_signature
from cryptography.hazmat.primitives.hashes import SHA256, SHA512
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat, load_ssh_private_key


def signed_by_certificate(text: str, namespace: str, key: RSAPrivateKey) -> str:
    """By the key of a certificate."""
    public = key.public_key().public_bytes(Encoding.OpenSSH, PublicFormat.OpenSSH)
    value = key.sign(_signed(text, namespace), padding.PKCS1v15(), SHA512())
    return _armoured(public, namespace, "rsa-sha2-512", value)


def signed_by_batch(text: str, namespace: str, key: ec.EllipticCurvePrivateKey) -> str:
    """By the key of a batch, on P-256."""
    public = key.public_key().public_bytes(Encoding.OpenSSH, PublicFormat.OpenSSH)
    pair = decode_dss_signature(key.sign(_signed(text, namespace), ec.ECDSA(SHA256())))
    return _armoured(public, namespace, "ecdsa-sha2-nistp256", b"".join(_string(_number(one)) for one in pair))


def signed_by_host_key(text: str, namespace: str, private: str) -> str:
    """By an Ed25519 host key, given in OpenSSH's format."""
    key = load_ssh_private_key(private.encode(), None)
    if not isinstance(key, Ed25519PrivateKey):
        raise ValueError("the host key is none of Ed25519")
    public = key.public_key().public_bytes(Encoding.OpenSSH, PublicFormat.OpenSSH)
    return _armoured(public, namespace, "ssh-ed25519", key.sign(_signed(text, namespace)))


def _signed(text: str, namespace: str) -> bytes:
    return b"SSHSIG" + _about(namespace) + _string(hashlib.sha512(text.encode()).digest())


def _about(namespace: str) -> bytes:
    return _string(namespace.encode()) + _string(b"") + _string(b"sha512")


def _armoured(public: bytes, namespace: str, algorithm: str, value: bytes) -> str:
    key = base64.b64decode(public.split(b" ")[1])
    signature = _string(_string(algorithm.encode()) + _string(value))
    blob = b"SSHSIG" + struct.pack(">I", 1) + _string(key) + _about(namespace) + signature
    lines = "\n".join(wrap(base64.b64encode(blob).decode(), 70))
    return f"-----BEGIN SSH SIGNATURE-----\n{lines}\n-----END SSH SIGNATURE-----\n"


def _string(content: bytes) -> bytes:
    return struct.pack(">I", len(content)) + content


def _number(value: int) -> bytes:
    return value.to_bytes(value.bit_length() // 8 + 1, "big")
