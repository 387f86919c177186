"""Reads and writes the pinned host keys of a site: OpenSSH's known_hosts with inventory names instead of addresses.

Format: sshd(8), SSH_KNOWN_HOSTS FILE FORMAT. Only plain lines are taken: one name, one key. Markers, hashed names,
patterns and a second key for the same name are problems, because each would make "the pinned key" mean several.

A machine that is reached over TLS has a certificate instead of a key. What is pinned of it is its digest, in a line of
the same form, whose kind OpenSSH does not know and passes over: `lab-01 x509-sha256 5f2c…` (64 hexadecimal digits).
"""

import base64
import binascii
import hashlib
import re
from collections.abc import Mapping

from msgspec import Struct

from deskprov.model.names import is_name
from deskprov.model.problem import Problem
from deskprov.model.source import Source

FILE = "inventory_hosts/known_hosts.txt"
PRACTICE_FILE = ".deskprov/practice/known_hosts"
"""Where the pins of a site and of its practice machines are, from the site's folder."""

KEY_TYPES = ("ssh-ed25519", "ecdsa-sha2-nistp256", "ecdsa-sha2-nistp384", "ecdsa-sha2-nistp521", "ssh-rsa")


CERTIFICATE = "x509-sha256"
"""The kind of a line that pins a certificate."""

_DIGEST = re.compile(r"[0-9a-f]{64}\Z")


class Pins(Struct, frozen=True):
    """The pinned keys by host name, each as in a .pub file without comment, and where each stands."""

    keys: Mapping[str, str]
    sources: Mapping[str, Source]


def read(text: str, file: str) -> tuple[Pins, list[Problem]]:
    """All pins of a file, and what is wrong with it; a line with a problem gives no pin."""
    keys: dict[str, str] = {}
    sources: dict[str, Source] = {}
    problems: list[Problem] = []
    for number, line in enumerate(text.splitlines(), start=1):
        source = Source(file, number)
        if not line.strip() or line.lstrip().startswith("#"):
            continue
        name, key, wrong = _read_line(line)
        if not wrong and name in keys:
            wrong = f"{name} has a second pinned key; the first stands in line {sources[name].line}"
        if wrong:
            hint = "remove the line, then: deskprov host trust NAME"
            problems.append(Problem(source, "known-hosts", wrong, hint))
            continue
        keys[name] = key
        sources[name] = source
    return Pins(keys, sources), problems


def pin(text: str, name: str, key: str) -> str:
    """The file's text with `key` as the only key of `name`; every other line stays as it is."""
    kept = forget(text, name)
    if kept and not kept.endswith("\n"):
        kept += "\n"
    return f"{kept}{name} {key}\n"


def forget(text: str, name: str) -> str:
    """The file's text without the lines of `name`; every other line stays as it is."""
    return "".join(line for line in text.splitlines(keepends=True) if line.split(maxsplit=1)[:1] != [name])


def fingerprint(key: str) -> str:
    """`SHA256:…` of a pinned line's identity: of a public key (`ssh-ed25519 AAAA…`) as ssh-keygen -l shows it, of a
    certificate in hexadecimal, as Windows and openssl show it. Raises ValueError.
    """
    if is_certificate(key):
        return "SHA256:" + certificate_digest(key).upper()
    digest = hashlib.sha256(key_blob(key)).digest()
    return "SHA256:" + base64.b64encode(digest).decode().rstrip("=")


def certificate_line(certificate: bytes) -> str:
    """What is pinned of a certificate, which is given in DER."""
    return f"{CERTIFICATE} {hashlib.sha256(certificate).hexdigest()}"


def is_certificate(key: str) -> bool:
    """True when the line is about a certificate, good or not."""
    return key.partition(" ")[0] == CERTIFICATE


def certificate_digest(key: str) -> str:
    """The SHA-256 of the pinned certificate, 64 hexadecimal digits. Raises ValueError when the line pins none."""
    kind, _, digest = key.partition(" ")
    if kind != CERTIFICATE or not _DIGEST.match(digest):
        raise ValueError("it is no certificate's digest (64 hexadecimal digits, a to f small)")
    return digest


def key_blob(key: str) -> bytes:
    """The key itself, out of a public key line. Raises ValueError when the line is no such key."""
    kind, _, encoded = key.partition(" ")
    try:
        blob = base64.b64decode(encoded.split(maxsplit=1)[0], validate=True)
    except (IndexError, binascii.Error) as error:
        raise ValueError("the key is damaged") from error
    if kind not in KEY_TYPES or not blob.startswith(len(kind).to_bytes(4, "big") + kind.encode()):
        raise ValueError(f"the key is none of {', '.join(KEY_TYPES)}")
    return blob


def _read_line(line: str) -> tuple[str, str, str]:
    words = line.split()
    if len(words) < 3:
        return "", "", "a pinned key needs three words: the host's name, the key's type, the key"
    name, key = words[0], f"{words[1]} {words[2]}"
    if name.startswith("@"):
        return name, key, f"the marker {name} is not supported here"
    if not is_name(name):
        return name, key, "the first word must be one host name of the inventory: no address, list or hashed name"
    try:
        fingerprint(key)
    except ValueError as error:
        return name, key, f"the pinned key of {name} cannot be used: {error}"
    return name, key, ""
