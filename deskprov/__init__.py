"""deskprov takes a computer from box to desk with one command and keeps a fleet that way.

`open_site` is the public door: it gives a site for the use cases in `deskprov.api`.
"""

from typing import TYPE_CHECKING

from deskprov.version import __version__

if TYPE_CHECKING:
    from deskprov.api.site import Site

__all__ = ["__version__", "open_site"]


def open_site(path: str = ".") -> "Site":
    """The site whose `deskprov.yml` is at `path` or in the nearest folder above. Raises `SiteNotFound`."""
    from deskprov.wiring import open_site as wired

    return wired(path)
