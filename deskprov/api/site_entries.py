"""What the site has: software.yml, printers.yml and places.yml, each read when it is first asked for."""

from collections.abc import Mapping
from functools import cached_property

from deskprov.api.site import Site
from deskprov.formats.file_refusals import unreadable
from deskprov.formats.places import FILE, read_places
from deskprov.model.place import Place
from deskprov.model.problem import Problem
from deskprov.model.profile import SiteEntries
from deskprov.model.source import Source
from deskprov.resources import BY_NAME, SITE_FILES
from deskprov.stages.load import load_entries

PLACES_FILE = FILE


class SiteCatalogue:
    """The files of a site that say what there is; one that is missing says nothing."""

    def __init__(self, site: Site) -> None:
        self._site = site

    @property
    def entries(self) -> Mapping[str, SiteEntries]:
        """What the files say, by the name of the type."""
        return self._read[0]

    @property
    def problems(self) -> list[Problem]:
        """What is wrong with the shape of those files."""
        return self._read[1]

    @property
    def places(self) -> Mapping[str, Place] | None:
        """The places by name; None where there is no places.yml."""
        return self._places[0]

    @property
    def place_problems(self) -> list[Problem]:
        """What is wrong with places.yml."""
        return self._places[1]

    @cached_property
    def _read(self) -> tuple[dict[str, SiteEntries], list[Problem]]:
        entries: dict[str, SiteEntries] = {}
        problems: list[Problem] = []
        for name, path in SITE_FILES.items():
            if self._site.files.exists(path):
                content, refused = self._content(path)
                entries[name], found = load_entries(path, content, BY_NAME[name])
                problems += refused or found
        return entries, problems

    @cached_property
    def _places(self) -> tuple[Mapping[str, Place] | None, list[Problem]]:
        if not self._site.files.exists(PLACES_FILE):
            return None, []
        content, refused = self._content(PLACES_FILE)
        places, found = read_places(content)
        return places, refused or found

    def _content(self, path: str) -> tuple[bytes, list[Problem]]:
        try:
            return self._site.files.read_bytes(path), []
        except OSError as error:
            return b"", [unreadable(path, error)]
        except ValueError as error:
            return b"", [Problem(Source(path, 1), "unreadable", "the file cannot be read", str(error))]
