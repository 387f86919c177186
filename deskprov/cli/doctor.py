"""doctor: is everything in place, here and on the way to a machine."""

import json
from typing import TYPE_CHECKING, Annotated

import typer

from deskprov.cli.context import Json, Session, session
from deskprov.cli.exit_status import exit_status
from deskprov.errors import DeskprovError
from deskprov.model.problem import InvalidInput

if TYPE_CHECKING:
    from deskprov.model.check import Examination

Machines = Annotated[
    list[str] | None,
    typer.Argument(metavar="[HOST]...", help="Host, tag, serial, @group, …; this computer when left out."),
]


def register(app: typer.Typer) -> None:
    """Adds the verb."""
    app.command("doctor", short_help="Is everything in place, here or on the way to a machine.")(doctor)


def doctor(context: typer.Context, targets: Machines = None, as_json: Json = False) -> int:
    """Looks whether everything is in place, and says what to do where it is not. Changes nothing.

    With machines: name, port, host key, log-in, sudo, and what is on them, until something fails.
    """
    now = session(context)
    return _machines(now, targets, as_json) if targets else _controller(now, as_json)


def _controller(now: Session, as_json: bool) -> int:
    from deskprov.api.workplace import examine_controller
    from deskprov.presenters.doctor import checks_view, controller_json, controller_summary, stops_work

    checks = examine_controller(now.site)
    if as_json:
        now.out.print_json(json.dumps(controller_json(checks)))
    else:
        now.out.print(checks_view(checks))
        now.err.print(controller_summary(checks))
    stopped = stops_work(checks)
    return InvalidInput.exit_status if "site" in stopped else DeskprovError.exit_status if stopped else 0


def _machines(now: Session, targets: list[str], as_json: bool) -> int:
    from deskprov.api.doctoring import examine
    from deskprov.presenters.doctor import examination_view, examinations_json, examinations_summary

    def show(examination: "Examination") -> None:
        if not as_json:
            now.out.print(examination_view(examination))

    found = examine(now.site, targets, show)
    if as_json:
        now.out.print_json(json.dumps(examinations_json(found)))
    else:
        now.err.print(examinations_summary(found))
    return exit_status(examination.outcome for examination in found)
