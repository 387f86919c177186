"""Makes SSH keys, in memory, and checks what was signed with one."""

import base64
import subprocess
from pathlib import Path
from tempfile import TemporaryDirectory

from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat, PublicFormat

from deskprov.errors import DeskprovError
from deskprov.model.ssh_key import KeyPair

SECONDS = 20.0


class OpenSshKeys:
    """The port `SshKeys`, in the formats of OpenSSH."""

    def new_pair(self, comment: str) -> KeyPair:
        """A fresh Ed25519 key pair that is nowhere on a disk."""
        key = Ed25519PrivateKey.generate()
        private = key.private_bytes(Encoding.PEM, PrivateFormat.OpenSSH, NoEncryption())
        public = key.public_key().public_bytes(Encoding.OpenSSH, PublicFormat.OpenSSH)
        return KeyPair(f"{public.decode()} {comment}", private.decode())

    def new_p256_pair(self, comment: str) -> KeyPair:
        """A fresh pair for .NET, whose ECDsa takes a key as numbers (ECParameters)."""
        key = ec.generate_private_key(ec.SECP256R1())
        numbers = key.private_numbers()
        three = (numbers.private_value, numbers.public_numbers.x, numbers.public_numbers.y)
        private = " ".join(base64.b64encode(number.to_bytes(32, "big")).decode() for number in three)
        public = key.public_key().public_bytes(Encoding.OpenSSH, PublicFormat.OpenSSH)
        return KeyPair(f"{public.decode()} {comment}", private)

    def signed_by(self, public_key: str, text: str, signature: str, namespace: str) -> bool:
        """By ssh-keygen. Raises `DeskprovError` when it is not installed or does not answer."""
        with TemporaryDirectory(prefix="deskprov-signature-") as folder:
            signers, signed = Path(folder) / "signers", Path(folder) / "signature"
            signers.write_text(f"signer {public_key}\n", "utf-8")
            signed.write_text(signature, "utf-8")
            command = ["ssh-keygen", "-Y", "verify", "-f", str(signers), "-I", "signer", "-n", namespace]
            try:
                done = subprocess.run(
                    [*command, "-s", str(signed)],
                    input=text.encode(),
                    capture_output=True,
                    timeout=SECONDS,
                    check=False,
                )
            except (OSError, subprocess.TimeoutExpired) as error:
                raise DeskprovError(
                    "ssh-keygen, which checks signatures, does not run here.",
                    hint="Install OpenSSH's client: sudo apt-get install openssh-client",
                ) from error
        return done.returncode == 0
