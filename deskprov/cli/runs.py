"""run list, run show, run resume, run verify-log, host history: what happened, and what goes on."""

import json
from typing import Annotated

import typer

from deskprov.cli.app import family
from deskprov.cli.context import Json, Yes, session
from deskprov.cli.machines import Verbose, continue_run
from deskprov.errors import DeskprovError

Limit = Annotated[int, typer.Option("--limit", "-n", min=1, max=10_000, help="The latest so many.")]


def register(app: typer.Typer) -> None:
    """Adds the verbs."""
    run = family("What was done, when, by whom, and how it ended.")
    run.command("list")(list_runs)
    run.command("show")(show)
    run.command("resume")(resume)
    run.command("verify-log")(verify_log)
    app.add_typer(run, name="run")


def list_runs(
    context: typer.Context,
    host: Annotated[str, typer.Option("--host", help="Only runs of this host, tag or serial.")] = "",
    limit: Limit = 20,
    as_json: Json = False,
) -> int:
    """The latest runs, newest first; tabs between the cells when it is not for a terminal."""
    from deskprov.api import runs
    from deskprov.presenters.moments import zone
    from deskprov.presenters.runs import runs_json, runs_lines, runs_view

    now = session(context)
    found = [run.summary for run in runs.of_host(now.site, host, limit)] if host else runs.runs(now.site, limit)
    if as_json:
        now.out.print_json(json.dumps(runs_json(found)), ensure_ascii=True)
    elif now.out.is_terminal:
        now.out.print(runs_view(found, now.site.clock.now()))
    else:
        for line in runs_lines(found, zone(now.site.settings.time_zone)):
            typer.echo(line)
    return 0


def show(
    context: typer.Context,
    name: Annotated[str, typer.Argument(metavar="[RUN]", help="Its id or the beginning of it; else the latest.")] = "",
    as_json: Json = False,
) -> int:
    """A run with every machine and every result."""
    from deskprov.api import runs
    from deskprov.presenters.moments import zone
    from deskprov.presenters.runs import run_json, run_view

    now = session(context)
    detail = runs.run(now.site, name)
    if as_json:
        now.out.print_json(json.dumps(run_json(detail)), ensure_ascii=True)
    else:
        now.out.print(run_view(detail, zone(now.site.settings.time_zone), now.site.run_logs.place(detail.summary.run)))
    return 0


def resume(
    context: typer.Context,
    name: Annotated[
        str, typer.Argument(metavar="[RUN]", help="Its id or the beginning; else the newest that was broken off.")
    ] = "",
    yes: Yes = False,
    as_json: Json = False,
    verbose: Verbose = 0,
) -> int:
    """Goes on with a run, on the machines that did not come through.

    The same verb, profile and wishes as then; it looks first, and does what is still missing.
    """
    now = session(context)
    return continue_run(now, name, "", max(verbose, now.verbosity), yes, as_json)


def verify_log(
    context: typer.Context,
    head: Annotated[
        str, typer.Argument(metavar="[HEAD]", help="The head of the log that an earlier run printed.")
    ] = "",
    as_json: Json = False,
) -> int:
    """Proves that nothing in the log, and nothing that it vouches for, was altered; exit status 1 when it was."""
    from deskprov.api.log import verify_log as check_log
    from deskprov.presenters.log import log_json, log_view

    now = session(context)
    check = check_log(now.site, head)
    if as_json:
        now.out.print_json(json.dumps(log_json(check)), ensure_ascii=True)
    else:
        now.out.print(log_view(check))
    return 0 if check.ok else DeskprovError.exit_status


def history(
    context: typer.Context,
    host: Annotated[str, typer.Argument(metavar="HOST", help="Host name, asset tag or serial number.")],
    limit: Limit = 50,
    as_json: Json = False,
) -> int:
    """A machine's past: runs, edits, notes, and what changed in it, newest first."""
    from deskprov.api import runs
    from deskprov.presenters.host_history import history_json, history_view
    from deskprov.presenters.moments import zone

    now = session(context)
    past = runs.history(now.site, host, limit)
    if as_json:
        now.out.print_json(
            json.dumps(history_json(past.host, past.runs, past.events, past.fact_changes)), ensure_ascii=True
        )
    else:
        where = zone(now.site.settings.time_zone)
        now.out.print(history_view(past.host, past.runs, past.events, past.fact_changes, where, limit))
    return 0
