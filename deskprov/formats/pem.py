"""Certificates as PEM text (RFC 7468): which one a file holds."""

import base64
import binascii
import hashlib
import re

_CERTIFICATE = re.compile(r"-----BEGIN CERTIFICATE-----\s+([A-Za-z0-9+/=\s]+?)-----END CERTIFICATE-----")


def thumbprint_of(text: str) -> str | None:
    """The SHA-1 by which Windows knows the one certificate in the text, in capitals; None when there is not one."""
    match _CERTIFICATE.findall(text):
        case [str(body)]:
            try:
                content = base64.b64decode("".join(body.split()), validate=True)
            except binascii.Error:
                return None
            is_sequence = content[:1] == b"\x30"  # what every certificate is (RFC 5280, section 4.1)
            return hashlib.sha1(content, usedforsecurity=False).hexdigest().upper() if is_sequence else None
        case _:
            return None
