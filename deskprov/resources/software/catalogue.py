"""The software catalogue of the package: product names and what they are called where they come from."""

from collections.abc import Mapping
from functools import cache
from importlib import resources

from msgspec import Struct, field

from deskprov.formats import strict_yaml

FILE = "catalogue.yml"


class Fact(Struct, frozen=True):
    """A name or an address, the public page that it was read from, and the day."""

    value: str
    source: str
    read: str


class Product(Struct, frozen=True):
    """A product: `packages` has its name per package manager (`apt`); `source` is the page that names it.

    `windows` has what is known of it there: `chocolatey` and `winget` are package ids, `product` what Settings > Apps
    calls it, `installer` where one version's came from (never its hash), `app` the package name of an app of Windows.
    """

    name: str
    title: str
    packages: Mapping[str, str]
    source: str
    windows: Mapping[str, Fact] = field(default_factory=dict)


@cache
def catalogue() -> Mapping[str, Product]:
    """Every product by name, read once."""
    text = resources.files(__package__).joinpath(FILE).read_text("utf-8")
    document, problems = strict_yaml.read(text, FILE)
    if document is None or problems:
        raise ValueError(f"{FILE} of this package is damaged: {'; '.join(map(str, problems))}")
    return {name: _product(name, entry) for name, entry in document.data.items()}


def package_name(name: str, manager: str) -> str:
    """What a package manager (`apt`) calls a product; a name that the catalogue does not have is its own."""
    product = catalogue().get(name)
    return product.packages.get(manager, name) if product else name


def windows_name(name: str, kind: str) -> str | None:
    """What the catalogue knows of a product on Windows, by the kinds of `Product.windows`; None when it does not."""
    product = catalogue().get(name)
    fact = product.windows.get(kind) if product else None
    return fact.value if fact else None


def _product(name: str, entry: Mapping[str, object]) -> Product:
    return Product(
        name,
        _text(entry["title"]),
        {manager: _text(package) for manager, package in _table(entry.get("linux")).items()},
        _text(entry.get("source", "")),
        {kind: Fact(**{k: _text(v) for k, v in _table(fact).items()}) for kind, fact in _windows(entry)},
    )


def _windows(entry: Mapping[str, object]) -> list[tuple[str, object]]:
    return list(_table(entry.get("windows")).items())


def _table(value: object) -> Mapping[str, object]:
    return value if isinstance(value, dict) else {}


def _text(value: object) -> str:
    if not isinstance(value, str):
        raise ValueError(f"{FILE} of this package is damaged: {value!r} is no text")
    return value
