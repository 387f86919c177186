"""The command tree. Each family of verbs adds itself in its own file."""

from typing import Annotated

import typer

from deskprov.cli.context import Session
from deskprov.cli.exit_status import MEANING
from deskprov.errors import WrongUsage
from deskprov.version import __version__

_STATUSES = "\n".join(["\b", "Exit status:", *(f"  {status:<4} {words}" for status, words in MEANING.items())])


def command_tree() -> typer.Typer:
    """The tree with the options that stand before the verb, and no verb yet."""
    app = typer.Typer(
        name="deskprov",
        help="Takes a computer from box to desk with one command, and keeps a fleet that way.",
        rich_markup_mode=None,
        epilog=_STATUSES,
        invoke_without_command=True,
        pretty_exceptions_enable=False,
    )
    app.callback()(options)
    return app


def family(help_text: str) -> typer.Typer:
    """A group of verbs. Without one of them it says which there are, and that this was wrong usage."""
    return typer.Typer(help=help_text, callback=_without_verb, invoke_without_command=True)


def _without_verb(context: typer.Context) -> None:
    if context.invoked_subcommand is None:
        typer.echo(context.get_help(), err=True)
        raise typer.Exit(WrongUsage.exit_status)


def _version(wanted: bool) -> None:
    if wanted:
        typer.echo(f"deskprov {__version__}")
        raise typer.Exit


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
    if context.invoked_subcommand is None:
        typer.echo(context.get_help())
        raise typer.Exit
    context.obj = Session(directory=directory, verbosity=verbose, no_color=no_color, no_input=no_input)
