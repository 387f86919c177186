"""`init`: a small working site in a new folder."""

from collections.abc import Sequence

from msgspec import Struct

from deskprov.api.login_key import new_login_key
from deskprov.api.schemas import profile_schema, settings_schema
from deskprov.documents.starter_site import escrow_settings, starter_site
from deskprov.model.ports.escrow import KeyStore
from deskprov.model.ports.keys import SshKeys
from deskprov.model.ports.site import NewSite
from deskprov.model.ssh_key import LOGIN_KEY_FILE

PROFILE_SCHEMA = "schemas/profile.json"
SETTINGS_SCHEMA = "schemas/settings.json"


class Made(Struct, frozen=True):
    """A new site: its files, and where the private key is that opens what it seals."""

    files: Sequence[str]
    key_file: str


def make_site(folder: NewSite, name: str, keys: KeyStore, ssh_keys: SshKeys) -> Made:
    """Writes the site with a log-in key of its own, and the private key that opens what it seals elsewhere.

    Raises `WrongUsage` when the folder holds something already, and `SiteNotWritable`.
    """
    folder.check()
    pair = keys.new_pair()
    key_file = keys.save(pair, name)
    login = new_login_key(ssh_keys, name)
    schemas = {PROFILE_SCHEMA: profile_schema(), SETTINGS_SCHEMA: settings_schema()}
    files = starter_site(name, login.public, escrow_settings([pair.public], key_file), schemas)
    folder.write(files, {LOGIN_KEY_FILE: login.private})
    return Made(list(files), key_file)
