"""Software that profiles may name, as people read it and as programs do."""

from collections.abc import Sequence
from typing import Any

from rich.console import Group, RenderableType
from rich.text import Text

from deskprov.model.product import FoundProduct
from deskprov.presenters.safe_text import safe

WORDS = {
    "apt": "Linux, package",
    "chocolatey": "Windows, Chocolatey",
    "winget": "Windows, winget",
    "product": "Windows, in Settings > Apps",
    "installer": "Windows, installer of one version",
    "app": "Windows, app that is removed",
}
"""By where a name comes from."""


def products_view(products: Sequence[FoundProduct]) -> RenderableType:
    """Each by the name that a profile uses, with what it is called elsewhere and the line of software.yml."""
    parts: list[Text] = []
    for product in products:
        line = Text(safe(product.name), "bold").append(f"  {safe(product.title)}" if product.title else "", "not bold")
        parts.append(line.append(f"  {safe(str(product.source))}" if product.source else "", "cyan not bold"))
        parts += [Text(f"    {WORDS.get(kind, kind)}: {safe(name)}", "dim") for kind, name in product.known_as]
    return Group(*parts)


def products_summary(products: Sequence[FoundProduct], words: Sequence[str]) -> Text:
    """How many, and what to write; or where to look on when there are none."""
    if not products:
        told = f"Nothing is called {safe(' '.join(words))} in the catalogue or in software.yml. "
        return Text(told, "yellow").append(
            "Another name is taken as it is: that of a package of the system, on Windows of Chocolatey.", "not yellow"
        )
    return Text(f"{len(products)} found. In a profile: software: [{safe(products[0].name)}]")


def products_json(products: Sequence[FoundProduct]) -> dict[str, Any]:
    """The same for programs."""
    return {
        "products": [
            {
                "name": product.name,
                "title": product.title,
                "known_as": dict(product.known_as),
                "source": {"file": product.source.file, "line": product.source.line} if product.source else None,
            }
            for product in products
        ]
    }
