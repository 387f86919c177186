"""The command tree. Each family of verbs adds itself in its own file."""

from typing import Annotated

import typer

from deskprov.cli.context import Session
from deskprov.version import __version__

app = typer.Typer(
    name="deskprov",
    help="Takes a computer from box to desk with one command, and keeps a fleet that way.",
    rich_markup_mode=None,
    no_args_is_help=True,
    pretty_exceptions_enable=False,
)


def _version(wanted: bool) -> None:
    if wanted:
        typer.echo(f"deskprov {__version__}")
        raise typer.Exit


@app.callback()
def options(
    context: typer.Context,
    directory: Annotated[
        str | None, typer.Option("-C", "--directory", envvar="DESKPROV_DIRECTORY", help="The site's folder.")
    ] = None,
    verbose: Annotated[int, typer.Option("-v", "--verbose", count=True, help="Says more.")] = 0,
    no_color: Annotated[
        bool, typer.Option("--no-color", envvar="DESKPROV_NO_COLOR", help="No colours; NO_COLOR does the same.")
    ] = False,
    no_input: Annotated[
        bool, typer.Option("--no-input", envvar="DESKPROV_NO_INPUT", help="Never asks; refuses where it would.")
    ] = False,
    version: Annotated[
        bool, typer.Option("--version", callback=_version, is_eager=True, help="Shows the version.")
    ] = False,
) -> None:
    """Options that stand before the verb."""
    context.obj = Session(directory=directory, verbosity=verbose, no_color=no_color, no_input=no_input)
