"""`init`: a small working site in a new folder."""

from collections.abc import Sequence
from dataclasses import dataclass

from deskprov.api.schemas import profile_schema, settings_schema
from deskprov.documents.starter_site import escrow_settings, starter_site
from deskprov.model.ports.escrow import KeyStore
from deskprov.model.ports.site import NewSite

PROFILE_SCHEMA = "schemas/profile.json"
SETTINGS_SCHEMA = "schemas/settings.json"


@dataclass(frozen=True, slots=True)
class Made:
    """A new site: its files, and where the private key is that opens what it seals."""

    files: Sequence[str]
    key_file: str


def make_site(folder: NewSite, name: str, keys: KeyStore) -> Made:
    """Writes the site, and the private key of its pair of keys elsewhere.

    Raises `WrongUsage` when the folder holds something already, and `SiteNotWritable`.
    """
    folder.check()
    pair = keys.new_pair()
    key_file = keys.save(pair, name)
    files = starter_site(
        name,
        escrow_settings([pair.public], key_file),
        {PROFILE_SCHEMA: profile_schema(), SETTINGS_SCHEMA: settings_schema()},
    )
    folder.write(files)
    return Made(list(files), key_file)
