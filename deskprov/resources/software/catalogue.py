"""The software catalogue of the package: product names and what they are called where they come from."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib import resources

from deskprov.formats import strict_yaml

FILE = "catalogue.yml"


@dataclass(frozen=True, slots=True)
class Product:
    """A product: `packages` has its name per package manager (`apt`); `source` is the page that names it."""

    name: str
    title: str
    packages: Mapping[str, str]
    source: str


@cache
def catalogue() -> Mapping[str, Product]:
    """Every product by name, read once."""
    text = resources.files(__package__).joinpath(FILE).read_text("utf-8")
    document, problems = strict_yaml.read(text, FILE)
    if document is None or problems:
        raise ValueError(f"{FILE} of this package is damaged: {'; '.join(map(str, problems))}")
    return {
        name: Product(name, entry["title"], entry["linux"], entry["source"]) for name, entry in document.data.items()
    }


def package_name(name: str, manager: str) -> str:
    """What a package manager (`apt`) calls a product; a name that the catalogue does not have is its own."""
    product = catalogue().get(name)
    return product.packages.get(manager, name) if product else name
