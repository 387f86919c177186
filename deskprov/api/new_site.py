"""`init`: a small working site in a new folder."""

from deskprov.api.schemas import profile_schema, settings_schema
from deskprov.documents.starter_site import starter_site
from deskprov.model.ports.site import NewSite

PROFILE_SCHEMA = "schemas/profile.json"
SETTINGS_SCHEMA = "schemas/settings.json"


def make_site(folder: NewSite, name: str) -> list[str]:
    """Writes the site and returns its files. Raises `WrongUsage` when the folder holds something already."""
    files = starter_site(name, {PROFILE_SCHEMA: profile_schema(), SETTINGS_SCHEMA: settings_schema()})
    folder.write(files)
    return list(files)
