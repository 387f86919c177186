"""enroll: takes in machines by the files that the bootstrap script wrote on them."""

import json
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal

import typer

from deskprov.cli.context import Json, Session, Yes, session
from deskprov.cli.exit_status import exit_status
from deskprov.errors import WrongUsage
from deskprov.model.newcomer import NameFrom

if TYPE_CHECKING:
    from deskprov.api.enrolling import Examination


def register(app: typer.Typer) -> None:
    """Adds the verb."""
    app.command("enroll", short_help="Takes in machines by their enrolment files.")(enroll)


def enroll(
    context: typer.Context,
    paths: Annotated[list[Path], typer.Argument(metavar="FILE|DIR…", help="What the script wrote, or the stick.")],
    profile: Annotated[
        str, typer.Option("--profile", "-p", help="What they should be.", show_default="as the packing list says")
    ] = "",
    name: Annotated[
        NameFrom, typer.Option("--name", help="What they are called; else the next of these.")
    ] = NameFrom.TAG,
    transport: Annotated[
        Literal["winrm", "psrp"], typer.Option("--transport", help="What is spoken to PCs that take WinRM.")
    ] = "winrm",
    yes: Yes = False,
    as_json: Json = False,
) -> int:
    """Takes in machines: pins their keys, adds them, joins them with the packing list, and checks who answers.

    With a folder, its machines become the group @batch: deskprov setup @batch. Safe to repeat after an interruption.
    """
    from deskprov.api import enrolling
    from deskprov.model.newcomer import Rules
    from deskprov.presenters.enrolment import enrolled_json, enrolled_line, enrolled_summary
    from deskprov.wiring import enrolment_files

    now = session(context)
    found = enrolling.examine(now.site, enrolment_files(paths), Rules(name, profile, over_tls=transport))
    if not _approved(now, found, yes):
        now.err.print("Nothing was changed.")
        return 1
    enrolled = enrolling.take_in(now.site, found, lambda one: now.err.print(enrolled_line(one)))
    batch = enrolling.set_batch(now.site, enrolled) if any(path.is_dir() for path in paths) else None
    if as_json:
        now.out.print_json(json.dumps(enrolled_json(enrolled, found.not_enrolled, batch)))
    else:
        now.err.print(enrolled_summary(enrolled, found.not_enrolled, batch))
    return exit_status(one.result.outcome for one in enrolled)


def _approved(now: Session, found: "Examination", yes: bool) -> bool:
    from deskprov.presenters.enrolment import newcomers_view

    now.err.print(newcomers_view(found.newcomers))
    if yes or not found.coming:
        return True
    if not now.interactive:
        raise WrongUsage("There is nobody to ask for a yes.", hint="Compare the fingerprints, and add --yes.")
    return now.confirm(f"Take in {found.coming} new, with the fingerprints that they showed on their screens?")
