"""practice start|stop|list|shell: machines to learn on."""

import json
import os
import shlex
from pathlib import Path
from typing import Annotated, Literal

import typer

from deskprov.cli.app import family
from deskprov.cli.context import Json, session
from deskprov.errors import WrongUsage
from deskprov.model.enrolment import WINDOWS_SCRIPT


def register(app: typer.Typer) -> None:
    """Adds the verbs."""
    practice = family("Machines to learn on, started here and gone without a trace.")
    practice.command("start")(start)
    practice.command("stop")(stop)
    practice.command("list")(list_machines)
    practice.command("shell", context_settings={"ignore_unknown_options": True})(shell)
    app.add_typer(practice, name="practice")


def start(
    context: typer.Context,
    platform: Annotated[str, typer.Argument(help="linux: a real, booted Debian; windows: a double of a PC.")],
    count: Annotated[int, typer.Option("--count", "-n", min=1, max=100, help="How many.")] = 1,
    isolated: Annotated[bool, typer.Option("--isolated", help="A network of its own, without a way out.")] = False,
    profile: Annotated[str, typer.Option("--profile", "-p", help="Their profile.", show_default=False)] = "",
    place: Annotated[str, typer.Option("--place", help="Where they are said to stand.", show_default=False)] = "",
    transport: Annotated[
        Literal["ssh", "winrm", "psrp"] | None,
        typer.Option("--transport", help="How they are reached.", show_default="ssh for linux, winrm for windows"),
    ] = None,
    bare: Annotated[
        Path | None,
        typer.Option("--bare", metavar="STICK", help="PCs as the script on this stick leaves them, not enrolled yet."),
    ] = None,
) -> int:
    """Starts practice machines and adds them to the site, marked as such; bare ones are for `enroll`."""
    from deskprov.api import practice
    from deskprov.cli.output import write_files
    from deskprov.presenters.practice import after_bare, after_start

    now = session(context)

    def report(line: str) -> None:
        now.err.print(line, style="dim")

    if bare is not None:
        script = _script_on(bare)
        new = practice.start_bare(now.site, platform, count=count, script=script, report=report)
        write_files({one.file_name: one.content for one in new}, bare)
        now.err.print(after_bare([one.machine for one in new], str(bare)))
        return 0
    started = practice.start(
        now.site,
        platform,
        count=count,
        isolated=isolated,
        profile=profile,
        place=place,
        report=report,
        transport=transport or "",
    )
    now.err.print(after_start(started, profile))
    return 0


def _script_on(stick: Path) -> str:
    file = stick / WINDOWS_SCRIPT
    try:
        return file.read_text("ascii")
    except (OSError, UnicodeDecodeError) as error:
        raise WrongUsage(
            f"{file} is not there, or cannot be read.", hint=f"Write it: deskprov bootstrap windows -o {stick}"
        ) from error


def stop(
    context: typer.Context,
    names: Annotated[list[str] | None, typer.Argument(help="Which; all when left out.", show_default=False)] = None,
) -> int:
    """Ends practice machines; nothing of them stays but their records."""
    from deskprov.api import practice

    now = session(context)
    stopped = practice.stop(now.site, names or [])
    now.err.print(f"Stopped {', '.join(stopped)}." if stopped else "No practice machine was running.")
    return 0


def list_machines(context: typer.Context, as_json: Json = False) -> int:
    """Practice machines with address, platform and state."""
    from deskprov.api import practice
    from deskprov.presenters.practice import machines_json, machines_view

    now = session(context)
    machines, names = practice.machines(now.site), practice.enrolled_names(now.site)
    if as_json:
        now.out.print_json(json.dumps(machines_json(machines, names)))
    else:
        now.out.print(machines_view(machines, names))
    return 0


def shell(
    context: typer.Context,
    name: Annotated[str, typer.Argument(help="The machine.")],
    command: Annotated[
        list[str] | None,
        typer.Argument(help="What to run there; one word is a line for the shell.", show_default=False),
    ] = None,
) -> int:
    """Logs in to a practice machine, or runs a command on it; sudo needs no password there."""
    from deskprov.api import practice

    words = command or []
    line = words if len(words) < 2 else [shlex.join(words)]
    arguments = [*practice.shell_command(session(context).site, name), *line]
    os.execvp(arguments[0], arguments)  # noqa: S606 - the login is the point
