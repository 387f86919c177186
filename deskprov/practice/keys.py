"""SSH keys of practice machines, made by ssh-keygen: the site's log-in key and each machine's host key."""

import os
import subprocess
from pathlib import Path
from tempfile import TemporaryDirectory

from msgspec import Struct

from deskprov.formats.file_refusals import not_writable


class KeyPair(Struct, frozen=True):
    """An Ed25519 key pair: the private key in OpenSSH's format, the public one as in a `.pub` file without comment."""

    private: str
    public: str


def new_key_pair() -> KeyPair:
    """A fresh key pair that is nowhere on a disk any more."""
    with TemporaryDirectory(prefix="deskprov-key-") as folder:
        path = Path(folder) / "key"
        subprocess.run(
            ["ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-C", "", "-f", str(path)],
            check=True,
            capture_output=True,
        )
        return KeyPair(path.read_text(), path.with_suffix(".pub").read_text().strip())


def site_key(state_dir: Path) -> tuple[Path, str]:
    """The private key's file and the public key with which the site logs in to its machines; made at the first call.

    Both belong to whoever owns the site, because machines are started as root and used without. Raises
    `SiteNotWritable`.
    """
    try:
        return _site_key(state_dir)
    except OSError as error:
        raise not_writable(state_dir, error) from error


def _site_key(state_dir: Path) -> tuple[Path, str]:
    owner = _owner(state_dir)
    for folder in reversed([folder for folder in (state_dir, *state_dir.parents) if not folder.exists()]):
        folder.mkdir(mode=0o700)
        os.chown(folder, owner.st_uid, owner.st_gid)
    path = state_dir / "id_ed25519"
    public = path.with_suffix(".pub")
    if not public.exists():
        pair = new_key_pair()
        _write_private(path, pair.private, owner)
        _write_private(public, pair.public + "\n", owner)
    return path, public.read_text().strip()


def _owner(folder: Path) -> os.stat_result:
    existing = next(place for place in (folder, *folder.parents) if place.exists())
    return existing.stat()


def _write_private(path: Path, text: str, owner: os.stat_result) -> None:
    path.unlink(missing_ok=True)
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "w") as stream:
        stream.write(text)
    os.chown(path, owner.st_uid, owner.st_gid)
