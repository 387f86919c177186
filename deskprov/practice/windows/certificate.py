"""The certificate of a practice PC: self-signed, made at its start, as the bootstrap script makes one on a real PC."""

from datetime import datetime, timedelta

from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from msgspec import Struct

from deskprov.formats.self_signed import Validity, self_signed

BEFORE = timedelta(days=2)
AFTER = timedelta(days=5 * 366)


class Certificate(Struct, frozen=True):
    """Certificate and private key as PEM."""

    certificate: str
    key: str


def fingerprint(certificate: str) -> str:
    """The SHA-256 of a certificate in PEM, in hexadecimal."""
    return x509.load_pem_x509_certificate(certificate.encode("ascii")).fingerprint(SHA256()).hex()


def new_certificate(name: str, address: str, now: datetime) -> Certificate:
    """A certificate for this name and address, for signing in to a server, good from two days ago for five years."""
    return _self_signed(ec.generate_private_key(ec.SECP256R1()), name, address, now)


def certificate_of_bootstrap(name: str, address: str, now: datetime) -> Certificate:
    """One with an RSA key, as the bootstrap script has Windows make it; it takes a while to find the primes."""
    return _self_signed(rsa.generate_private_key(public_exponent=65537, key_size=2048), name, address, now)


def _self_signed(
    key: ec.EllipticCurvePrivateKey | rsa.RSAPrivateKey, name: str, address: str, now: datetime
) -> Certificate:
    certificate = self_signed(key, name, address, Validity(now - BEFORE, now + AFTER))
    return Certificate(
        certificate.public_bytes(Encoding.PEM).decode("ascii"),
        key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()).decode("ascii"),
    )
