"""The site's log-in key on disk: the private half below .deskprov/keys, the public half in deskprov.yml."""

import json
import os
from pathlib import Path

from deskprov.adapters.rewriting import rewrite
from deskprov.adapters.settings_file import FILE, settings_from
from deskprov.errors import WrongUsage
from deskprov.formats.file_refusals import not_writable
from deskprov.model.problem import InvalidInput
from deskprov.model.ssh_key import LOGIN_KEY_FILE, KeyPair


class LoginKeyFile:
    """The port `LoginKey` over the site whose folder is `root`."""

    def __init__(self, root: Path) -> None:
        self._root = root

    def file(self) -> str:
        """`.deskprov/keys/login_ed25519`, or empty when there is none."""
        return LOGIN_KEY_FILE if (self._root / LOGIN_KEY_FILE).exists() else ""

    def keep(self, pair: KeyPair) -> None:
        """Writes the private half and states the public one. Raises `WrongUsage`, `SiteNotWritable`."""
        line = f"login_key: {json.dumps(pair.public)}"
        path = self._root / LOGIN_KEY_FILE
        if path.exists():
            raise WrongUsage(
                f"There is a log-in key already: {path}.",
                hint=f"State its public half in {FILE}: login_key: …  (ssh-keygen -yf {path} shows it)",
            )

        def edit(text: str) -> str:
            new = text + ("" if not text or text.endswith("\n") else "\n") + line + "\n"
            try:
                settings_from(new.encode("utf-8", "surrogateescape"), {})
            except InvalidInput as error:
                raise WrongUsage(
                    f"deskprov cannot add a line to {FILE}: {error.problems[0].message}.", hint="deskprov validate"
                ) from error
            write_private(path, pair.private)
            return new

        rewrite(self._root / FILE, edit)


def write_private(path: Path, text: str) -> None:
    """A new file that only its owner may read, in a folder that only its owner may enter. Raises `SiteNotWritable`."""
    try:
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o600)
        with os.fdopen(descriptor, "w", encoding="utf-8", newline="") as file:
            file.write(text)
            file.flush()
            os.fsync(file.fileno())
    except OSError as error:
        raise not_writable(path, error) from error
