"""Ports to the keys of the site itself: made, kept, and signatures checked."""

from typing import Protocol

from deskprov.model.ssh_key import KeyPair


class SshKeys(Protocol):
    """What can be done with SSH keys, without any machine."""

    def new_pair(self, comment: str) -> KeyPair:
        """A fresh Ed25519 key pair that is nowhere on a disk. The comment is plain characters."""

    def new_p256_pair(self, comment: str) -> KeyPair:
        """A fresh pair for those who know no Ed25519: the private half are the numbers D, X and Y of a key on P-256,
        each 32 bytes in base64, with blanks between.
        """

    def signed_by(self, public_key: str, text: str, signature: str, namespace: str) -> bool:
        """True when this key has signed exactly this text for this purpose (`ssh-keygen -Y sign -n`).

        Raises `DeskprovError` when it cannot be found out.
        """


class LoginKey(Protocol):
    """The private half of the key that the site logs in with, if deskprov keeps it here."""

    def file(self) -> str:
        """Its path from the site's folder; empty when it is kept elsewhere (ssh-agent, a hardware key)."""

    def keep(self, pair: KeyPair) -> None:
        """Writes the private half, readable by its owner only, and states the public half in `deskprov.yml`.

        Raises `WrongUsage` when there is one already or the settings have to be edited by hand, `SiteNotWritable`.
        """
