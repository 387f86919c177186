"""A way out for requests that ends at the pinned certificate: nothing is sent to whoever shows another one.

urllib3 compares the digest right after the handshake, before the first byte of a request, on each connection that it
makes. Names and dates in the certificate do not count, so that a rename or a new address changes nothing. A connection
that was compared before is used first, which spares the machine and us a handshake.
"""

import ssl
from collections.abc import Mapping
from http import HTTPStatus
from ssl import SSLSocket
from typing import Any

from requests import PreparedRequest, Response, Session
from requests.adapters import HTTPAdapter
from requests.exceptions import ContentDecodingError
from urllib3 import HTTPConnectionPool
from urllib3.connection import HTTPSConnection
from urllib3.util.ssl_ import create_urllib3_context

from deskprov.adapters.winrm.certificate import Compared

MOST = 4 * 1024 * 1024
"""Bytes of one answer; an envelope of a fresh Windows has at most 500 KB."""


class PinnedAdapter(HTTPAdapter):
    """The only way out of a session. Without a digest nothing is encrypted here, and who answers is not known.

    `proved` is true once something was asked for with our proof of who we are; `barred` while the machine wants such a
    proof and got none.
    """

    def __init__(self, digest: str, compared: Compared | None) -> None:
        self._digest = digest
        self._compared = compared
        self._last: Response | None = None
        self.proved = False
        self.barred = False
        super().__init__(pool_connections=1, pool_maxsize=1, max_retries=0)

    def init_poolmanager(self, connections: int, maxsize: int, block: bool = False, **more: Any) -> None:
        """Gives urllib3 the digest, and no authorities: to load the system's costs more than the handshake."""
        if self._digest:
            more |= {"assert_fingerprint": self._digest, "assert_hostname": False}
            more["ssl_context"] = create_urllib3_context(cert_reqs=ssl.CERT_NONE)
        super().init_poolmanager(connections, maxsize, block, **more)

    def get_connection_with_tls_context(self, *args: Any, **more: Any) -> HTTPConnectionPool:
        """The pool, with the connection that was compared as its first; one that has ended meanwhile is made anew."""
        pool = super().get_connection_with_tls_context(*args, **more)
        tls = self._compared.take() if self._compared else None
        if tls and _is_open(tls) and isinstance(connection := pool._get_conn(), HTTPSConnection):
            connection.sock, connection.is_verified = tls, True
            pool._put_conn(connection)
        elif tls:
            tls.close()
        return pool

    def send(
        self,
        request: PreparedRequest,
        stream: bool = False,
        timeout: Any = None,
        verify: bool | str = True,  # the digest is what counts
        cert: Any = None,
        proxies: Mapping[str, str] | None = None,
    ) -> Response:
        """The answer. Raises `ContentDecodingError` for one of unknown, of too great, or of packed length."""
        self.proved = self.proved or "Authorization" in request.headers
        self._last = response = super().send(request, stream=stream, timeout=timeout, verify=False)
        self.barred = response.status_code == HTTPStatus.UNAUTHORIZED and not self.proved
        length = response.headers.get("Content-Length", "")
        known = length.isascii() and length.isdecimal() and len(length) < 10
        if not known or int(length) > MOST or "Content-Encoding" in response.headers:
            response.close()
            raise ContentDecodingError("its answer is not of the form of WinRM's, or too long", response=response)
        return response

    def close(self) -> None:
        """Closes all connections, that of an answer which nobody has read to its end, too."""
        if self._last is not None:
            self._last.close()
        super().close()


def _is_open(tls: SSLSocket) -> bool:
    """False when the other side has ended it, or says something before it was asked.

    Takes in what TLS itself says after the handshake (tickets), which urllib3 takes for an end.
    """
    tls.settimeout(0)
    try:
        tls.recv(1)
    except ssl.SSLWantReadError:
        return True
    except OSError:
        return False
    return False


def pin(session: Session, digest: str, compared: Compared | None = None) -> PinnedAdapter:
    """Closes every way out of the session but that to the certificate with this digest, in hexadecimal.

    `compared` is a connection to it, if there is one. An empty digest leaves plain HTTP as the only way: who answers
    proves it by Kerberos, or not at all.
    """
    adapter = PinnedAdapter(digest, compared)
    session.trust_env = False
    session.adapters.clear()
    session.mount("https://" if digest else "http://", adapter)
    session.headers["Accept-Encoding"] = "identity"
    return adapter
