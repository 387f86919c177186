"""Seals one-time passwords with RSA-OAEP and SHA-256 (RFC 8017): what .NET of Windows PowerShell 5.1 can do as well.

age, which seals all else, has no implementation there. A certificate carries the public key, because .NET Framework
gives a key out of a certificate an implementation that knows SHA-256 (RSACertificateExtensions.GetRSAPublicKey), and
a bare one an older that does not.
"""

import base64
import binascii
from datetime import UTC, datetime, timedelta

from cryptography import x509
from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric import padding, rsa
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    load_der_private_key,
)
from cryptography.x509.oid import NameOID

from deskprov.model.enrolment import SealingPair

BITS = 3072
LIFE = timedelta(days=3650)


class RsaSeals:
    """The port `Seals`."""

    def new_pair(self, name: str) -> SealingPair:
        """A key, and a self-signed certificate around it; its dates do not count."""
        key = rsa.generate_private_key(public_exponent=65537, key_size=BITS)
        subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])
        now = datetime.now(UTC)
        certificate = (
            x509.CertificateBuilder()
            .subject_name(subject)
            .issuer_name(subject)
            .public_key(key.public_key())
            .serial_number(x509.random_serial_number())
            .not_valid_before(now - timedelta(days=2))
            .not_valid_after(now + LIFE)
            .sign(key, SHA256())
        )
        private = key.private_bytes(Encoding.DER, PrivateFormat.PKCS8, NoEncryption())
        return SealingPair(_base64(certificate.public_bytes(Encoding.DER)), _base64(private))

    def sealed(self, text: str, certificate: str) -> str:
        """The text for the holder of this certificate's key."""
        key = x509.load_der_x509_certificate(_bytes(certificate)).public_key()
        if not isinstance(key, rsa.RSAPublicKey):
            raise ValueError("the certificate has no RSA key")
        return _base64(key.encrypt(text.encode(), _oaep()))

    def opened(self, sealed: str, private: str) -> str:
        """The text."""
        try:
            key = load_der_private_key(_bytes(private), None)
        except UnsupportedAlgorithm as error:
            raise ValueError("the private key is of an unknown kind") from error
        if not isinstance(key, rsa.RSAPrivateKey):
            raise ValueError("the private key is no RSA key")
        return key.decrypt(_bytes(sealed), _oaep()).decode()


def _oaep() -> padding.OAEP:
    return padding.OAEP(padding.MGF1(SHA256()), SHA256(), label=None)


def _base64(content: bytes) -> str:
    return base64.b64encode(content).decode()


def _bytes(text: str) -> bytes:
    try:
        return base64.b64decode(text, validate=True)
    except binascii.Error as error:
        raise ValueError("it is not in base64") from error
