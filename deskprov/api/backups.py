"""The record as a file: what it holds, a copy of it, and a copy in its place."""

from deskprov.api.site import Site
from deskprov.model.backup import DatabaseState, Restored


def state(site: Site) -> DatabaseState:
    """The record as it is, with every flaw that a full check finds."""
    return site.backups.state()


def back_up(site: Site, file: str) -> DatabaseState:
    """Writes a checked copy of the record to a file, or, without one, into the site's own folder for backups."""
    return site.backups.back_up(file, site.clock.now())


def examine(site: Site, file: str) -> DatabaseState:
    """What a backup holds, with every flaw."""
    return site.backups.examine(file)


def restore(site: Site, file: str) -> Restored:
    """Puts a backup in the place of the record, which is kept aside."""
    return site.backups.restore(file, site.clock.now())
