"""The software that profiles may name: what the catalogue of the package knows, and what the site has reviewed."""

from collections.abc import Sequence

from msgspec.structs import replace

from deskprov.api.site import Site
from deskprov.api.site_entries import SiteCatalogue
from deskprov.model.problem import InvalidInput
from deskprov.model.product import FoundProduct
from deskprov.resources import software
from deskprov.resources.software.catalogue import Product, catalogue


def search(site: Site, words: Sequence[str]) -> list[FoundProduct]:
    """The products in whose name, title or names elsewhere every word stands, by name; all without words.

    Raises `InvalidInput` when software.yml cannot be read.
    """
    site_files = SiteCatalogue(site)
    if site_files.problems:
        raise InvalidInput(site_files.problems)
    stated = site_files.entries.get(software.NAME)
    found = {name: _of_catalogue(product) for name, product in catalogue().items()}
    for name, entry in (stated.entries if stated else {}).items():
        known = found.get(name) or FoundProduct(name, "", ())
        found[name] = replace(known, source=stated.document.source(entry.path) if stated else None)
    return [found[name] for name in sorted(found) if _has(found[name], words)]


def _of_catalogue(product: Product) -> FoundProduct:
    known_as = [*product.packages.items(), *((kind, fact.value) for kind, fact in product.windows.items())]
    return FoundProduct(product.name, product.title, known_as)


def _has(product: FoundProduct, words: Sequence[str]) -> bool:
    text = " ".join((product.name, product.title, *(name for _, name in product.known_as))).casefold()
    return all(word.casefold() in text for word in words)
