"""explain, profile list|show|schema: what profiles say, and why."""

import json
from pathlib import Path
from typing import Annotated

import typer

from deskprov.cli.app import family
from deskprov.cli.context import Json, Session, session
from deskprov.errors import WrongUsage

Output = Annotated[
    Path | None, typer.Option("-o", "--output", help="A file instead of standard output.", show_default=False)
]


def register(app: typer.Typer) -> None:
    """Adds the verbs."""
    profile = family("What kinds of machines should be.")
    profile.command("list")(list_profiles)
    profile.command("show")(show)
    profile.command("schema")(schema)
    app.add_typer(profile, name="profile")
    app.command("explain", short_help="Which file and line set each value.")(explain)


def explain(
    context: typer.Context,
    target: Annotated[str, typer.Argument(help="A machine or a profile.", show_default=False)] = "",
    key: Annotated[
        str | None, typer.Argument(help="Only this: users, users/tech or users/tech.shell.", show_default=False)
    ] = None,
    kind: Annotated[
        str | None, typer.Option("--type", metavar="TYPE", help="The options of a resource type.", show_default=False)
    ] = None,
    as_json: Json = False,
) -> int:
    """Says which file and line set each value, and what it went before."""
    now = session(context)
    if kind is not None:
        return _explain_type(now, kind, as_json)
    if not target:
        raise WrongUsage("Explain what?", hint="Name a machine or a profile, or --type TYPE.")
    return _explain(now, target, key, as_json)


def list_profiles(context: typer.Context, as_json: Json = False) -> int:
    """All profiles, with the number of machines that have each."""
    from deskprov.api.profiles import profiles
    from deskprov.presenters.profiles import profiles_json, profiles_view

    now = session(context)
    found = profiles(now.site)
    if as_json:
        now.out.print_json(json.dumps(profiles_json(found)))
    else:
        now.out.print(profiles_view(found))
    return 0


def show(
    context: typer.Context,
    name: Annotated[str, typer.Argument(help="The profile.", show_default=False)],
    as_json: Json = False,
) -> int:
    """A profile with all that it extends, filled in with sample values."""
    return _explain(session(context), name, None, as_json)


def schema(context: typer.Context, output: Output = None) -> int:
    """The JSON Schema of profiles, for editors."""
    from deskprov.api.schemas import profile_schema
    from deskprov.cli.output import write_json

    write_json(session(context), profile_schema(), output)
    return 0


def _explain(now: Session, target: str, key: str | None, as_json: bool) -> int:
    from deskprov.api.profiles import explain as explained
    from deskprov.api.profiles import settings_of
    from deskprov.presenters.profiles import settings_json, settings_view

    profile = explained(now.site, target)
    settings = settings_of(profile, key)
    if as_json:
        now.out.print_json(json.dumps(settings_json(profile, settings)))
    else:
        now.out.print(settings_view(profile, settings))
    return 0


def _explain_type(now: Session, kind: str, as_json: bool) -> int:
    from deskprov.api.schemas import type_docs
    from deskprov.presenters.profiles import type_json, type_view

    docs = type_docs(kind)
    if as_json:
        now.out.print_json(json.dumps(type_json(docs.name, docs.platforms, docs.options)))
    else:
        now.out.print(type_view(docs.name, docs.platforms, docs.options))
    return 0
