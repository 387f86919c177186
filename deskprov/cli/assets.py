"""asset …: the record of what the site owns, where it is, who has it, and what was done to it."""

import json
from collections.abc import Sequence
from datetime import timedelta
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from deskprov.cli.app import family
from deskprov.cli.context import Json, Session, session
from deskprov.errors import NoHostMatched, WrongUsage
from deskprov.model.asset import AssetKind, LifeState

if TYPE_CHECKING:
    from deskprov.model.asset import Asset

Name = Annotated[str, typer.Argument(metavar="HOST", help="Host name, asset tag or serial number.")]
Assignments = Annotated[
    list[str],
    typer.Argument(metavar="FIELD=VALUE…", help="`deskprov asset fields` lists them; `FIELD=` empties one."),
]
State = Annotated[LifeState | None, typer.Option("--state", help="Only those in this state.", show_default=False)]
Kind = Annotated[AssetKind | None, typer.Option("--kind", help="Only those of this kind.", show_default=False)]
Place = Annotated[str, typer.Option("--place", help="Only those of this building, room, cart or district.")]


class ExportFormat(StrEnum):
    """What an export can be."""

    CSV = "csv"
    JSON = "json"


def register(app: typer.Typer) -> None:
    """Adds the verbs."""
    asset = family("What the site owns: look it up, correct it, bring it in, give it out.")
    asset.command("list")(list_assets)
    asset.command("show")(show)
    asset.command("find")(find)
    asset.command("add")(add)
    asset.command("edit")(edit)
    asset.command("note")(note)
    asset.command("import")(import_file)
    asset.command("export")(export)
    asset.command("fields")(fields)
    app.add_typer(asset, name="asset")


def list_assets(
    context: typer.Context,
    state: State = None,
    kind: Kind = None,
    place: Place = "",
    assigned_to: Annotated[str, typer.Option("--assigned-to", help="Only those that this person has.")] = "",
    mine: Annotated[bool, typer.Option("--mine", help="Only those assigned to me.")] = False,
    overdue: Annotated[bool, typer.Option("--overdue", help="Only those that should be back.")] = False,
    unseen: Annotated[
        int | None, typer.Option("--unseen", metavar="DAYS", min=1, help="Only those silent for that long.")
    ] = None,
    as_json: Json = False,
) -> int:
    """Assets, one line each; tabs between the cells when it is not for a terminal."""
    from deskprov.api import assets
    from deskprov.model.asset_filter import AssetFilter

    now = session(context)
    at = now.site.clock.now()
    wanted = AssetFilter(
        state=state,
        kind=kind,
        place=place,
        assigned_to=now.site.operator if mine else assigned_to,
        overdue_on=at.date() if overdue else None,
        unseen_since=at - timedelta(days=unseen) if unseen else None,
    )
    _print_list(now, assets.listing(now.site, wanted), as_json)
    return 0


def find(
    context: typer.Context,
    text: Annotated[list[str], typer.Argument(metavar="TEXT…", help="Words that stand somewhere in the record.")],
    as_json: Json = False,
) -> int:
    """Assets in whose fields all these words stand."""
    from deskprov.api import assets

    now = session(context)
    found = assets.find(now.site, " ".join(text))
    _print_list(now, found, as_json)
    return 0 if found else NoHostMatched.exit_status


def show(
    context: typer.Context,
    name: Name,
    software: Annotated[bool, typer.Option("--software", help="Lists the installed software instead.")] = False,
    as_json: Json = False,
) -> int:
    """Everything about one asset: identity, place, people, the machine, its runs and its life."""
    from deskprov.api import assets
    from deskprov.presenters.asset_detail import asset_view, detail_json, software_lines
    from deskprov.presenters.moments import zone

    now = session(context)
    detail = assets.show(now.site, name)
    fields_known = assets.fields(now.site)
    if as_json:
        _print_json(now, detail_json(detail.asset, detail.sightings, detail.events, detail.runs, fields_known))
    elif software:
        _print_lines(software_lines(detail.sightings))
    else:
        where = zone(now.site.settings.time_zone)
        at = now.site.clock.now()
        told = (detail.asset, detail.sightings, detail.events, detail.runs, fields_known)
        view = asset_view(*told, at, where, detail.host)
        now.out.print(view)
    return 0


def add(context: typer.Context, assignments: Assignments) -> int:
    """Takes something into the record: deskprov asset add tag=GV-0042 kind=laptop serial=…"""
    from deskprov.api import assets

    now = session(context)
    asset = assets.add(now.site, assignments)
    now.err.print(f"Added. Next: deskprov asset show {asset.label}", markup=False)
    return 0


def edit(context: typer.Context, name: Name, assignments: Assignments) -> int:
    """Sets fields of an asset; what was there before stays in its history."""
    from deskprov.api import assets
    from deskprov.presenters.assets import changes_view

    now = session(context)
    change = assets.edit(now.site, name, assignments)
    if change.before == change.after:
        now.err.print("It says so already; nothing was changed.", markup=False)
    else:
        now.err.print(changes_view([change]))
    return 0


def note(
    context: typer.Context, name: Name, text: Annotated[list[str], typer.Argument(metavar="TEXT…", help="The remark.")]
) -> int:
    """Adds a remark to an asset's history."""
    from deskprov.api import assets

    now = session(context)
    asset = assets.note(now.site, name, " ".join(text))
    now.err.print(f"Noted. Next: deskprov asset show {asset.label}", markup=False)
    return 0


def import_file(
    context: typer.Context,
    file: Annotated[Path, typer.Argument(metavar="FILE.csv", help="The first line names the fields.")],
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Shows what would change, and changes nothing.")] = False,
) -> int:
    """Takes in a table: each line is the asset with that tag, serial or host, or a new one. All lines or none."""
    from deskprov.api import assets
    from deskprov.presenters.assets import changes_view, import_summary

    now = session(context)
    try:
        content = file.read_bytes()
    except OSError as error:
        raise WrongUsage(f"{file} cannot be read: {error.strerror}.") from error
    changes = assets.plan_table(now.site, content, str(file))
    now.err.print(changes_view(changes))
    if dry_run:
        now.err.print(f"Would be: {import_summary(changes)}. Next: the same without --dry-run", markup=False)
        return 0
    assets.import_changes(now.site, changes)
    now.err.print(f"Imported: {import_summary(changes)}. Next: deskprov asset list", markup=False)
    return 0


def export(
    context: typer.Context,
    format_: Annotated[ExportFormat, typer.Argument(metavar="csv|json", help="A table, or data for programs.")],
    output: Annotated[Path | None, typer.Option("-o", "--output", metavar="FILE", help="Writes there instead.")] = None,
    personal: Annotated[
        bool, typer.Option("--personal", help="With the fields about people, which stay out otherwise.")
    ] = False,
    state: State = None,
    kind: Kind = None,
    place: Place = "",
) -> int:
    """Gives out the assets, practice machines apart; `asset import` takes the CSV back."""
    from deskprov.api import assets
    from deskprov.model.asset_filter import AssetFilter
    from deskprov.presenters.assets import export_csv, export_json, exported_fields

    now = session(context)
    wanted = AssetFilter(state=state, kind=kind, place=place)
    chosen = exported_fields(assets.fields(now.site), personal=personal)
    write = export_csv if format_ is ExportFormat.CSV else export_json
    text = write(assets.listing(now.site, wanted), chosen)
    if output is None:
        typer.echo(text.encode(), nl=False)
        return 0
    try:
        output.write_bytes(text.encode())
    except OSError as error:
        raise WrongUsage(f"{output} cannot be written: {error.strerror}.") from error
    now.err.print(f"Written to {output}.", markup=False)
    return 0


def fields(context: typer.Context, as_json: Json = False) -> int:
    """Every field of an asset: its name, what it takes, what it is."""
    from deskprov.api import assets
    from deskprov.presenters.assets import fields_json, fields_view

    now = session(context)
    known = assets.fields(now.site)
    if as_json:
        _print_json(now, fields_json(known))
    else:
        now.out.print(fields_view(known))
    return 0


def _print_list(now: Session, found: "Sequence[Asset]", as_json: bool) -> None:
    from deskprov.presenters.assets import assets_json, assets_lines, assets_view
    from deskprov.presenters.moments import zone

    if as_json:
        _print_json(now, assets_json(found))
    elif now.out.is_terminal:
        now.out.print(assets_view(found, now.site.clock.now()))
    else:
        _print_lines(assets_lines(found, zone(now.site.settings.time_zone)))


def _print_json(now: Session, data: dict[str, Any]) -> None:
    now.out.print_json(json.dumps(data), ensure_ascii=True)


def _print_lines(lines: list[str]) -> None:
    for line in lines:
        typer.echo(line)
