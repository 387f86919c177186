"""The file that `djoin /provision` makes: with it a computer joins a domain without reaching it. It is a secret.

It is base64 in UTF-16 with a byte-order mark and a NUL at its end, and what that stands for is what Windows'
`NetRequestOfflineDomainJoin` takes (msuiche.com/posts/windows-7-and-windows-server-2008-r2-djoin-offline-domain-join-
utility; Samba writes and reads the same: source3/utils/net_offlinejoin.c). The module microsoft.ad.offline_join gives
the base64 alone, in ASCII, which microsoft.ad.membership takes.
"""

import base64
import codecs

LONGEST_JOIN_TEXT = 64 * 1024
"""Signs of base64: a file is a few thousand; one with root certificates and group policies in it is larger."""

NO_JOIN_FILE = "is no file of `djoin /provision`"


def join_text(content: bytes) -> str:
    """Its base64. Raises `ValueError`, which quotes nothing of it, when it is no such file."""
    encoding = "utf-16" if content.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)) else "ascii"
    try:
        text = "".join(content.decode(encoding).strip("\0 \r\n").split())
        known = bool(base64.b64decode(text, validate=True))
    except ValueError:  # not "from": the error would carry the content
        raise ValueError(NO_JOIN_FILE) from None
    if not known:
        raise ValueError(NO_JOIN_FILE)
    if len(text) > LONGEST_JOIN_TEXT:
        raise ValueError(f"is longer than {LONGEST_JOIN_TEXT:,} signs")
    return text
