"""db info, db backup, db restore: the record as a file."""

import json
from pathlib import Path
from typing import Annotated

import typer

from deskprov.cli.app import family
from deskprov.cli.context import Json, Yes, session
from deskprov.errors import RecordError, WrongUsage


def register(app: typer.Typer) -> None:
    """Adds the verbs."""
    database = family("The record as a file: check it, back it up, restore it.")
    database.command("info")(info)
    database.command("backup")(backup)
    database.command("restore")(restore)
    app.add_typer(database, name="db")


def info(context: typer.Context, as_json: Json = False) -> int:
    """What the record holds, and whether file and log are sound; exit status 1 when they are not."""
    from deskprov.api.backups import state
    from deskprov.presenters.backup import state_json, state_view

    now = session(context)
    found = state(now.site)
    if as_json:
        now.out.print_json(json.dumps(state_json(found)), ensure_ascii=True)
    else:
        now.out.print(state_view(found))
    return RecordError.exit_status if found.flaws else 0


def backup(
    context: typer.Context,
    file: Annotated[
        Path | None, typer.Argument(help="A new file; left out, one in .deskprov/backups.", show_default=False)
    ] = None,
    as_json: Json = False,
) -> int:
    """Writes a checked copy of the record, also while runs write to it. What is kept in it sealed stays sealed."""
    from deskprov.api.backups import back_up
    from deskprov.presenters.backup import state_json, state_view

    now = session(context)
    made = back_up(now.site, str(file.absolute()) if file else "")
    if as_json:
        now.out.print_json(json.dumps(state_json(made)), ensure_ascii=True)
        return 0
    now.out.print(state_view(made))
    now.err.print("Keep a copy on another computer. The keys that open what is sealed are not in it.")
    return 0


def restore(
    context: typer.Context,
    file: Annotated[Path, typer.Argument(help="A file that deskprov db backup wrote.")],
    yes: Yes = False,
) -> int:
    """Puts a backup in the place of the record, which is kept aside. Refused while deskprov is at work on the site."""
    from deskprov.api.backups import examine
    from deskprov.api.backups import restore as do_restore
    from deskprov.presenters.backup import restored_view, state_view

    now = session(context)
    if not yes:
        now.err.print(state_view(examine(now.site, str(file.absolute()))))
        if not now.interactive:
            raise WrongUsage("There is nobody to ask for a yes.", hint="Add --yes.")
        if not now.confirm("Put this in the place of the record?"):
            now.err.print("Nothing was changed.")
            return 7
    now.err.print(restored_view(do_restore(now.site, str(file.absolute()))))
    return 0
