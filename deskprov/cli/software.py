"""software search: which names of software profiles may use."""

import json
from typing import Annotated

import typer

from deskprov.cli.app import family
from deskprov.cli.context import Json, session


def register(app: typer.Typer) -> None:
    """Adds the verbs."""
    software = family("Software that profiles may name.")
    software.command("search")(search)
    app.add_typer(software, name="software")


def search(
    context: typer.Context,
    words: Annotated[
        list[str] | None, typer.Argument(metavar="WORD…", help="All must stand in it.", show_default=False)
    ] = None,
    as_json: Json = False,
) -> int:
    """Products by name, title, or what they are called where they come from; the site's own lines with them."""
    from deskprov.api.software import search as find
    from deskprov.presenters.software import products_json, products_summary, products_view

    now = session(context)
    found = find(now.site, words or [])
    if as_json:
        now.out.print_json(json.dumps(products_json(found)))
        return 0
    if found:
        now.out.print(products_view(found))
    now.err.print(products_summary(found, words or []))
    return 0
