"""init, validate, config: the site itself."""

import json
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from deskprov.cli.app import family
from deskprov.cli.context import Json, Session, session
from deskprov.errors import WrongUsage
from deskprov.model.problem import InvalidInput

if TYPE_CHECKING:
    from deskprov.api.validating import Validation


class Format(StrEnum):
    """How `validate` answers."""

    TEXT = "text"
    JSON = "json"


def register(app: typer.Typer) -> None:
    """Adds the verbs."""
    config = family("The settings in force.")
    config.command("show")(show)
    config.command("schema")(schema)
    app.command("init", short_help="Writes a small working site.")(init)
    app.command("validate", short_help="Every mistake of a site at once.")(validate)
    app.add_typer(config, name="config")


def init(
    context: typer.Context,
    directory: Annotated[Path, typer.Argument(help="A new or empty folder.", show_default="here")] = Path(),
    name: Annotated[str, typer.Option("--name", help="The name of the site.", show_default=False)] = "",
) -> int:
    """Writes a small working site: settings, inventory, two profiles, and what editors and CI need."""
    from deskprov.api.new_site import make_site
    from deskprov.presenters.settings import after_init
    from deskprov.wiring import key_store, new_site_folder, ssh_keys

    made = make_site(new_site_folder(directory), name or directory.resolve().name, key_store(), ssh_keys())
    session(context).err.print(after_init(str(directory), made.files, made.key_file))
    return 0


def validate(
    context: typer.Context,
    paths: Annotated[list[Path] | None, typer.Argument(help="Files or folders; all when left out.")] = None,
    form: Annotated[Format, typer.Option("--format", help="For people or for programs.")] = Format.TEXT,
    as_json: Json = False,
) -> int:
    """Checks settings, inventory and profiles, and tells every mistake at once. Asks no machine."""
    from deskprov.api.validating import validate as check

    now = session(context)
    found = check(now.site, [_in_site(now, path) for path in paths or ()])
    _show_validation(now, found, as_json or form is Format.JSON)
    return 0 if found.ok else InvalidInput.exit_status


def show(context: typer.Context, as_json: Json = False) -> int:
    """Each setting, its value, and where it comes from."""
    from deskprov.presenters.settings import settings_json, settings_view

    now = session(context)
    if as_json:
        now.out.print_json(json.dumps(settings_json(now.site.settings_in_force)))
    else:
        now.out.print(settings_view(now.site.settings_in_force))
    return 0


def schema(
    context: typer.Context,
    file: Annotated[str, typer.Argument(help="The file it is for.")] = "deskprov.yml",
    output: Annotated[Path | None, typer.Option("-o", "--output", help="A file instead of standard output.")] = None,
) -> int:
    """The JSON Schema of deskprov.yml, software.yml, printers.yml or places.yml, for editors."""
    from deskprov.api.schemas import file_schema
    from deskprov.cli.output import write_json

    write_json(session(context), file_schema(file), output)
    return 0


def _in_site(now: Session, path: Path) -> str:
    whole = path.resolve()
    if not whole.is_relative_to(now.site.root):
        raise WrongUsage(f"{path} is not in the site {now.site.root}.", hint="-C DIR, before the verb, names another.")
    return whole.relative_to(now.site.root).as_posix()


def _show_validation(now: Session, found: "Validation", as_json: bool) -> None:
    from deskprov.presenters.problems import problem_lines, problems_view, validation_json, validation_summary

    if as_json:
        now.out.print_json(json.dumps(validation_json(found.problems, found.files)))
        return
    if now.out.is_terminal:
        now.out.print(problems_view(found.problems, found.texts))
    else:
        for line in problem_lines(found.problems):
            now.out.print(line, markup=False)
    now.err.print(validation_summary(found.problems, found.files))
