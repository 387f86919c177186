"""Makes a site's keys and writes private ones where no copy of the site, and no backup of its record, takes them along.

That is the folder for settings of this user: https://specifications.freedesktop.org/basedir-spec.
"""

import os
import re
from pathlib import Path

from deskprov.formats.file_refusals import not_writable
from deskprov.model.ports.escrow import KeyPair

FOLDER = "deskprov/keys"


def key_folder() -> Path:
    """`~/.config/deskprov/keys`, or below `XDG_CONFIG_HOME`."""
    return Path(os.environ.get("XDG_CONFIG_HOME") or Path.home() / ".config") / FOLDER


class PersonalKeys:
    """The port `KeyStore`."""

    def __init__(self, folder: Path | None = None) -> None:
        self._folder = folder or key_folder()

    def new_pair(self) -> KeyPair:
        """A new pair."""
        from pyrage import x25519

        identity = x25519.Identity.generate()
        return KeyPair(str(identity.to_public()), str(identity))

    def save(self, pair: KeyPair, name: str) -> str:
        """Writes the private key as age-keygen does, and returns its path. Never over a file."""
        word = re.sub(r"[^A-Za-z0-9]+", "-", name).strip("-").lower()[:40] or "site"
        path = self._folder / f"{word}-{pair.public[-6:]}.key"  # sites may share a name
        try:
            self._folder.mkdir(mode=0o700, parents=True, exist_ok=True)
            descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC | os.O_NOFOLLOW, 0o600)
            with os.fdopen(descriptor, "w", encoding="ascii") as file:
                file.write(f"# public key: {pair.public}\n{pair.private}\n")
                file.flush()
                os.fsync(file.fileno())
        except OSError as error:
            raise not_writable(path, error) from error
        return _as_told(path)


def _as_told(path: Path) -> str:
    home = Path.home()
    return f"~/{path.relative_to(home)}" if path.is_relative_to(home) else str(path)
