"""Sealed messages, as WinRM has them over plain HTTP: each body encrypted with the key of the log-on (MS-WSMV 2.2.9.1).

The form is pypsrp's, which is the same in both directions.
"""

import re
import struct
from typing import Any

from pypsrp.encryption import WinRMEncryption
from pypsrp.exceptions import WinRMError
from spnego.exceptions import SpnegoError

SEALED = re.compile(r'multipart/encrypted;.*protocol="(?P<protocol>[^"]+)".*boundary="(?P<boundary>[^"]+)"', re.I)


class Seal:
    """The seal of one connection: `context` is its log-on, which is complete."""

    def __init__(self, context: Any) -> None:
        self._context = context
        self._protocol = WinRMEncryption.SPNEGO

    def opened(self, content_type: str, body: bytes) -> bytes:
        """The message in a sealed body. Raises `ValueError` for one that is not sealed, or not with this key."""
        found = SEALED.match(content_type)
        if found is None:
            raise ValueError("the message is not sealed")
        self._protocol = found["protocol"]
        try:
            opened: bytes = self._wrapper().unwrap_message(body, found["boundary"])
        except (SpnegoError, WinRMError, struct.error, IndexError) as error:
            raise ValueError("the seal is broken") from error
        return opened

    def closed(self, body: bytes) -> tuple[str, bytes]:
        """The content type and the body that hold this message sealed."""
        kind, sealed = self._wrapper().wrap_message(body)
        return f'{kind};protocol="{self._protocol}";boundary="Encrypted Boundary"', sealed

    def _wrapper(self) -> WinRMEncryption:
        return WinRMEncryption(self._context, self._protocol)
