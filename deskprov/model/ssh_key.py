"""SSH keys of the site itself, as OpenSSH writes them."""

import re

from deskprov.model.discreet import Discreet

LOGIN_KEY_FILE = ".deskprov/keys/login_ed25519"
"""Where the private half of the site's log-in key is when deskprov keeps it, from the site's folder; never in git."""

_KINDS = (
    "ssh-ed25519",
    "sk-ssh-ed25519@openssh.com",
    "ecdsa-sha2-nistp256",
    "ecdsa-sha2-nistp384",
    "ecdsa-sha2-nistp521",
    "sk-ecdsa-sha2-nistp256@openssh.com",
    "ssh-rsa",
)
_PUBLIC = re.compile(rf"(?:{'|'.join(map(re.escape, _KINDS))}) [A-Za-z0-9+/]{{40,2000}}={{0,2}}(?: [ -~]{{1,100}})?\Z")


class KeyPair(Discreet, frozen=True):
    """A key pair: the private half in OpenSSH's format, the public one as a line of a `.pub` file."""

    hidden = frozenset({"private"})

    public: str
    private: str


def is_public_key(text: str) -> bool:
    """True for one line as in a `.pub` file: kind, key, and a comment of plain characters or none."""
    return bool(_PUBLIC.match(text))
