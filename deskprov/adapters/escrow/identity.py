"""The private key that opens what is sealed, from where the site says it is. It is asked for when first needed."""

import os
import stat
from collections.abc import Callable
from pathlib import Path
from typing import Any

from deskprov.errors import SecretUnavailable
from deskprov.formats.file_refusals import reason
from deskprov.model.settings import IdentityPlace

LARGEST_FILE = 64 * 1024
_HINT = "It is in `escrow_identity` of deskprov.yml; docs/guides/secrets.md says how to put a key there."


class Identity:
    """Private keys of age out of one place; `fetch` gives the text of any that is no file."""

    def __init__(self, place: IdentityPlace | None, root: Path, fetch: Callable[[IdentityPlace], str]) -> None:
        self._place = place
        self._root = root
        self._fetch = fetch

    def keys(self) -> list[Any]:
        """The keys. Raises `SecretUnavailable` with what to do when there is none, or others could read it."""
        from pyrage import IdentityError, x25519

        lines = [line.strip() for line in self._text().splitlines()]
        try:
            found = [x25519.Identity.from_str(line) for line in lines if line and not line.startswith("#")]
        except IdentityError:
            found = []
        if not found:
            raise SecretUnavailable(
                f"What is in {self._where()} is no private key of age.",
                hint="It is a line that begins with AGE-SECRET-KEY-1, as deskprov secret init and age-keygen write it.",
            )
        return found

    def _text(self) -> str:
        if self._place is None:
            raise SecretUnavailable(
                "deskprov.yml does not say where the private key is that opens what is kept.",
                hint="Add escrow_identity: {file: ~/.config/deskprov/keys/…}, or let who has the key do this.",
            )
        if self._place.file is not None:
            return _private_text(self._path(), self._root)
        return self._fetch(self._place)

    def _path(self) -> Path:
        return Path(str(self._place and self._place.file)).expanduser()

    def _where(self) -> str:
        return str(self._path()) if self._place and self._place.file else "escrow_identity"


def _private_text(path: Path, root: Path) -> str:
    try:
        if path.resolve().is_relative_to(root.resolve()):
            raise SecretUnavailable(
                f"The private key {path} lies in the site, beside what it opens: whoever copies the one has the other.",
                hint=f"Move it out: mv {path} ~/.config/deskprov/keys/, and correct escrow_identity in deskprov.yml. "
                "If it ever was in git or in a backup, make new keys: docs/guides/secrets.md.",
            )
        # not to wait for a writer, should a pipe be in its place
        with os.fdopen(os.open(path, os.O_RDONLY | os.O_CLOEXEC | os.O_NONBLOCK), "rb") as file:
            _refuse_shared(path, os.fstat(file.fileno()))
            return file.read(LARGEST_FILE).decode("ascii", "replace")
    except FileNotFoundError as error:
        raise SecretUnavailable(
            f"The private key that opens what is kept is not on this computer: there is no {path}.",
            hint="Get it from who keeps the site's key (a colleague, the safe), or let them do this. Setting machines "
            "up needs no private key.",
        ) from error
    except OSError as error:
        raise SecretUnavailable(f"The private key {path} cannot be read: {reason(error)}.", hint=_HINT) from error


def _refuse_shared(path: Path, status: os.stat_result) -> None:
    if not stat.S_ISREG(status.st_mode):
        raise SecretUnavailable(f"{path} is no plain file.", hint=_HINT)
    if status.st_uid != os.geteuid():
        raise SecretUnavailable(
            f"The private key {path} belongs to another user.", hint=f"sudo chown {os.geteuid()} {path}"
        )
    if stat.S_IMODE(status.st_mode) & 0o077:
        raise SecretUnavailable(
            f"Others can read the private key {path} (mode {stat.S_IMODE(status.st_mode):04o}); it is not used.",
            hint=f"chmod 600 {path}   If others may have read it, make new keys: docs/guides/secrets.md.",
        )
