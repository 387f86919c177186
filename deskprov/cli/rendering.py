"""render: a profile as a playbook for anyone to run."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from deskprov.cli.context import session
from deskprov.errors import DeskprovError

if TYPE_CHECKING:
    from deskprov.api.rendering import RenderedProfile


def register(app: typer.Typer) -> None:
    """Adds the verb."""
    app.command("render", short_help="The stand-alone Ansible playbook.")(render)


def render(
    context: typer.Context,
    name: Annotated[
        str, typer.Argument(metavar="PROFILE|HOST", help="A profile, or a machine by name, tag or serial.")
    ],
    directory: Annotated[
        Path | None, typer.Option("-o", "--output", metavar="DIR", help="Writes it and its files there.")
    ] = None,
) -> int:
    """Shows or writes the stand-alone playbook, which runs with Ansible alone. Asks no machine."""
    from deskprov.api.rendering import render as do_render
    from deskprov.presenters.rendering import not_written, written

    now = session(context)
    rendered = do_render(now.site, name)
    if directory is None:
        typer.echo(rendered.text, nl=False)
        lines = not_written(len(rendered.files))
    else:
        lines = written(str(_write(directory, rendered)), len(rendered.files), rendered.secrets)
    for line in lines:
        now.err.print(line, markup=False)
    return 0


def _write(directory: Path, rendered: "RenderedProfile") -> Path:
    playbook = directory / f"{rendered.place}.yml"
    contents = {playbook: rendered.text.encode()}
    contents |= {playbook.parent / name: content for name, content in rendered.files.items()}
    try:
        for path, content in contents.items():
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(content)
    except OSError as error:
        raise DeskprovError(f"{error.filename} cannot be written: {error.strerror}.") from error
    return playbook
