"""host add|list|show|trust|retire|history: the machines of the site."""

import json
from typing import TYPE_CHECKING, Annotated, Literal

import typer

from deskprov.cli.app import family
from deskprov.cli.context import Json, Session, Targets, Yes, session
from deskprov.cli.runs import history
from deskprov.errors import WrongUsage

if TYPE_CHECKING:
    from deskprov.api.hosts import Identity

Name = Annotated[str, typer.Argument(metavar="HOST", help="Host, tag or serial.")]


def register(app: typer.Typer) -> None:
    """Adds the verbs."""
    host = family("The machines of the site: take in, list, trust, retire.")
    host.command("add")(add)
    host.command("list")(list_hosts)
    host.command("show")(show)
    host.command("trust")(trust)
    host.command("retire")(retire)
    host.command("history")(history)
    app.add_typer(host, name="host")


def add(
    context: typer.Context,
    name: Annotated[str, typer.Argument(help="Its name in the inventory.")],
    address: Annotated[str, typer.Option("--address", "-a", help="Its IP address or its name in the network.")],
    platform: Annotated[
        Literal["linux", "windows"] | None,
        typer.Option("--platform", help="What runs on it.", show_default="that of its profile, linux without one"),
    ] = None,
    transport: Annotated[
        Literal["ssh", "winrm", "psrp"] | None,
        typer.Option(
            "--transport",
            help="How it is reached.",
            show_default="ssh, or what its group states; winrm with --platform windows",
        ),
    ] = None,
    log_on: Annotated[
        Literal["ntlm", "kerberos"] | None,
        typer.Option(
            "--log-on", help="How an account logs on to Windows.", show_default="ntlm, or what its group states"
        ),
    ] = None,
    scheme: Annotated[
        Literal["http"] | None,
        typer.Option("--scheme", help="http: on port 5985, each message encrypted by Kerberos.", show_default="https"),
    ] = None,
    port: Annotated[
        int | None,
        typer.Option("--port", min=1, max=65535, help="Its port.", show_default="22, and 5986 for winrm and psrp"),
    ] = None,
    user: Annotated[str | None, typer.Option("--user", "-u", help="Who logs in.", show_default="deskprov")] = None,
    key: Annotated[
        str, typer.Option("--key", help="The private key file, from the site's folder.", show_default=False)
    ] = "",
    password_secret: Annotated[
        str, typer.Option("--password-secret", metavar="SECRET", help="The log-in's password.", show_default=False)
    ] = "",
    become_secret: Annotated[
        str, typer.Option("--become-secret", metavar="SECRET", help="sudo's password, if another.", show_default=False)
    ] = "",
    profile: Annotated[str, typer.Option("--profile", "-p", help="What it should be.", show_default=False)] = "",
    place: Annotated[str, typer.Option("--place", help="Where it stands.", show_default=False)] = "",
    ring: Annotated[str, typer.Option("--ring", help="When it gets updates.", show_default=False)] = "",
    group: Annotated[
        str | None, typer.Option("--group", "-g", help="Its group; made if new.", show_default=False)
    ] = None,
    asset_tag: Annotated[
        str, typer.Option("--asset-tag", metavar="TAG", help="On its label.", show_default=False)
    ] = "",
) -> int:
    """Takes a machine into the inventory."""
    from deskprov.api import hosts
    from deskprov.model.platform import Platform
    from deskprov.presenters.hosts import after_add

    new = hosts.NewHost(
        name=name,
        address=address,
        platform=Platform(platform) if platform else None,
        transport=transport,
        log_on=log_on,
        scheme=scheme,
        port=port,
        user=user,
        key_file=key,
        password=password_secret,
        become_password=become_secret,
        profile=profile,
        place=place,
        ring=ring,
        group=group,
        asset_tag=asset_tag,
    )
    now = session(context)
    now.err.print(after_add(hosts.add(now.site, new)))
    return 0


def list_hosts(context: typer.Context, targets: Targets = None, as_json: Json = False) -> int:
    """All machines, or those named, with address, profile and whether they are trusted."""
    from deskprov.api import hosts
    from deskprov.presenters.hosts import hosts_json, hosts_view

    now = session(context)
    found = hosts.listed(now.site, targets or [])
    if as_json:
        now.out.print_json(json.dumps(hosts_json(found)))
    else:
        now.out.print(hosts_view(found))
    return 0


def show(context: typer.Context, host: Name, as_json: Json = False) -> int:
    """Everything that the inventory says about a machine."""
    from deskprov.api import hosts
    from deskprov.presenters.hosts import host_json, host_view

    now = session(context)
    found = hosts.one(now.site, host)
    if as_json:
        now.out.print_json(json.dumps(host_json(found)))
    else:
        now.out.print(host_view(found))
    return 0


def trust(
    context: typer.Context,
    host: Name,
    fingerprint: Annotated[
        str | None,
        typer.Option("--fingerprint", help="What it must be (SHA256:…); then nobody is asked.", show_default=False),
    ] = None,
    yes: Annotated[bool, typer.Option("--yes", "-y", help="Not enough for this: give --fingerprint.")] = False,
) -> int:
    """Confirms the identity of a machine, so that log-ins and passwords may be sent to it."""
    from deskprov.api import hosts
    from deskprov.presenters.hosts import after_trust

    now = session(context)
    if fingerprint is None and not now.interactive:
        not_enough = "--yes is not enough to trust an identity." if yes else "There is nobody to ask."
        raise WrongUsage(not_enough, hint=f"deskprov host trust {host} --fingerprint SHA256:… as read at the machine")
    if fingerprint is not None:
        shown = hosts.trust_fingerprint(now.site, host, fingerprint)
    else:
        shown = hosts.identity(now.site, host)
        if not shown.trusted and not _confirmed(now, shown):
            now.err.print("Nothing was changed.")
            return 1
        hosts.trust(now.site, shown)
    now.err.print(after_trust(shown.host, shown.offered.fingerprint))
    return 0


def retire(context: typer.Context, targets: Targets = None, yes: Yes = False) -> int:
    """Takes machines out of the inventory; their records stay."""
    from deskprov.api import hosts
    from deskprov.presenters.hosts import after_retire

    now = session(context)
    names = [host.name for host in hosts.listed(now.site, targets)] if targets else []
    if names and not yes:
        if not now.interactive:
            raise WrongUsage("There is nobody to ask for a yes.", hint="Add --yes.")
        if not now.confirm(f"Take {', '.join(names)} out of the inventory?"):
            now.err.print("Nothing was changed.")
            return 1
    now.err.print(after_retire(hosts.retire(now.site, names)))
    return 0


def _confirmed(now: Session, shown: "Identity") -> bool:
    from deskprov.presenters.hosts import identity_view

    now.err.print(
        identity_view(shown.host, f"{shown.offered.line.partition(' ')[0]} {shown.offered.fingerprint}", shown.pinned)
    )
    return now.confirm("Is this the machine's own fingerprint?")
