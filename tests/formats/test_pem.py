"""Certificates as PEM text."""

import base64
import hashlib

from deskprov.formats.pem import thumbprint_of

DER = b"\x30\x82\x01\x02" + bytes(range(60))
PEM = f"-----BEGIN CERTIFICATE-----\r\n{base64.encodebytes(DER).decode()}-----END CERTIFICATE-----\n"


def test_the_one_certificate_with_words_around_it() -> None:
    assert thumbprint_of(f"The authority of ñ\n{PEM}\n") == hashlib.sha1(DER).hexdigest().upper()


def test_none_two_and_what_is_no_certificate() -> None:
    key = PEM.replace("CERTIFICATE", "PRIVATE KEY")
    broken = PEM.replace("=", "").replace("A", "!", 1)
    other = "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n"
    assert [thumbprint_of(text) for text in ("", PEM + PEM, key, broken, other)] == [None] * 5
