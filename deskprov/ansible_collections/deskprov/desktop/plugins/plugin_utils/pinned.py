# Copyright: The deskprov contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A way out for requests that ends at the pinned certificate, for our connections over WinRM and PSRP."""

from __future__ import annotations

import ssl
from typing import Any

from requests import PreparedRequest, Response, Session
from requests.adapters import HTTPAdapter
from urllib3.util.ssl_ import create_urllib3_context


def only_to(session: Session, digest: str) -> None:
    """Closes every way out of the session but that to the certificate with this SHA-256, in hexadecimal.

    An empty one leaves plain HTTP as the only way, for log-ons whose key seals each message.
    """
    session.trust_env = False
    session.adapters.clear()
    session.mount("https://" if digest else "http://", _Pinned(digest))


class _Pinned(HTTPAdapter):
    """urllib3 compares the digest right after the handshake, before the first byte of a request."""

    def __init__(self, digest: str) -> None:
        self._digest = digest
        super().__init__(max_retries=0)

    def init_poolmanager(self, connections: int, maxsize: int, block: bool = False, **more: Any) -> None:
        if self._digest:
            more |= {"assert_fingerprint": self._digest, "assert_hostname": False}
            # to load authorities costs more than the handshake
            more["ssl_context"] = create_urllib3_context(cert_reqs=ssl.CERT_NONE)
        super().init_poolmanager(connections, maxsize, block, **more)

    def send(
        self,
        request: PreparedRequest,
        stream: bool = False,
        timeout: Any = None,
        verify: bool | str = True,  # the digest is what counts
        cert: Any = None,
        proxies: Any = None,
    ) -> Response:
        return super().send(request, stream=stream, timeout=timeout, verify=False)
