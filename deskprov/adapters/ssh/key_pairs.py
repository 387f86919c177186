"""Makes SSH keys, in memory."""

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat, PublicFormat

from deskprov.model.ssh_key import KeyPair


class OpenSshKeys:
    """The port `SshKeys`, in the formats of OpenSSH."""

    def new_pair(self, comment: str) -> KeyPair:
        """A fresh Ed25519 key pair that is nowhere on a disk."""
        key = Ed25519PrivateKey.generate()
        private = key.private_bytes(Encoding.PEM, PrivateFormat.OpenSSH, NoEncryption())
        public = key.public_key().public_bytes(Encoding.OpenSSH, PublicFormat.OpenSSH)
        return KeyPair(f"{public.decode()} {comment}", private.decode())
