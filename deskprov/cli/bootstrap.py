"""bootstrap linux|windows|login-key: what makes a bare machine reachable."""

from enum import StrEnum
from pathlib import Path
from typing import Annotated, Literal

import typer

from deskprov.cli.app import family
from deskprov.cli.context import session
from deskprov.errors import WrongUsage
from deskprov.model.enrolment import SIGNERS_FILE

_EARLIER = f"If it is an earlier script, {SIGNERS_FILE} takes its enrolments. Name another place, or add --force."

_SOMEBODYS = "It may be of an installation stick of your own. Name another place, or add --force."


class Language(StrEnum):
    """What the script speaks to whoever stands at the machine."""

    EN = "en"
    ES = "es"


def register(app: typer.Typer) -> None:
    """Adds the verbs."""
    bootstrap = family("Makes a bare machine reachable; then: enroll.")
    bootstrap.command("linux")(linux)
    bootstrap.command("windows")(windows)
    bootstrap.command("login-key")(login_key)
    app.add_typer(bootstrap, name="bootstrap")


Languages = Annotated[Language, typer.Option("--language", help="What it says to people.")]
From = Annotated[
    list[str] | None,
    typer.Option("--from", metavar="ADDRESS", help="Log-ins only from this address or network; may be repeated."),
]
Days = Annotated[int, typer.Option("--days", min=1, max=90, help="How long its enrolments are taken.")]


def linux(
    context: typer.Context,
    output: Annotated[
        Path | None, typer.Option("-o", "--output", metavar="FILE", help="Writes it there, for a stick.")
    ] = None,
    language: Languages = Language.EN,
    login_from: From = None,
    days: Days = 14,
    force: Annotated[bool, typer.Option("--force", help="Writes over a FILE that is there.")] = False,
) -> int:
    """Prints a script to paste, or to run from a stick, on a bare Debian or Ubuntu desktop.

    It prepares SSH, an account for deskprov and sudo, and writes a small signed file for `deskprov enroll`.
    """
    from deskprov.api.bootstrapping import linux_script
    from deskprov.cli.output import refuse_to_overwrite, write_private, write_text
    from deskprov.presenters.enrolment import after_bootstrap

    now = session(context)
    if output and not force:
        refuse_to_overwrite(output, _EARLIER)
    script = linux_script(now.site, days=days, login_from=login_from or [], language=language.value)
    if output is None:
        write_text(script.text, None)
    else:
        write_private(script.text, output)
    now.err.print(after_bootstrap(script.batch, str(output or "")))
    return 0


def windows(
    context: typer.Context,
    output: Annotated[
        Path | None, typer.Option("-o", "--output", metavar="DIR", help="Fills this folder, or stick.")
    ] = None,
    language: Languages = Language.EN,
    login_from: From = None,
    days: Days = 14,
    transport: Annotated[
        Literal["winrm", "ssh"], typer.Option("--transport", help="How they will be reached.")
    ] = "winrm",
    erase_disk: Annotated[
        bool, typer.Option("--erase-disk", help="Windows Setup may erase the first disk, after a typed yes there.")
    ] = False,
    force: Annotated[bool, typer.Option("--force", help="Writes over files that are there.")] = False,
) -> int:
    """Prints a script to paste on a bare Windows PC, or with -o fills a stick for many of them.

    The script opens WinRM over HTTPS for deskprov alone and makes an administrator with a random one-time password, or
    opens OpenSSH Server for the site's log-in key.
    """
    from deskprov.api.bootstrapping import STICK_FILES, windows_stick
    from deskprov.cli.output import refuse_to_overwrite, remove, write_files, write_text
    from deskprov.model.enrolment import WINDOWS_SCRIPT
    from deskprov.presenters.enrolment import after_stick

    now = session(context)
    if output and not force:
        for name in STICK_FILES:
            refuse_to_overwrite(output / name, _EARLIER if name == WINDOWS_SCRIPT else _SOMEBODYS)
    if erase_disk and output is None:
        raise WrongUsage("--erase-disk is for a stick.", hint="Name its folder: -o DIR")
    stick = windows_stick(
        now.site,
        days=days,
        login_from=login_from or [],
        language=language.value,
        transport=transport,
        erase_disk=erase_disk,
    )
    if output is None:
        write_text(stick.files[WINDOWS_SCRIPT], None)
    else:
        write_files(stick.files, output)
        for name in set(STICK_FILES) - stick.files.keys():
            remove(output / name)
    now.err.print(after_stick(stick.batch, str(output or ""), erase_disk))
    return 0


def login_key(context: typer.Context) -> int:
    """Makes the key that deskprov logs in with, for a site that has none; `init` has done it for newer sites."""
    from deskprov.api.login_key import make
    from deskprov.presenters.enrolment import after_login_key

    now = session(context)
    now.err.print(after_login_key(make(now.site)))
    return 0
