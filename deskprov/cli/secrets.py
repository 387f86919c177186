"""secret list|set|test|rotate|reveal|import|keys|init|reseal: where secrets come from, and those that are kept."""

import getpass
import json
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from deskprov.cli.app import family
from deskprov.cli.context import Json, Session, Yes, session
from deskprov.cli.machines import approval
from deskprov.errors import SecretUnavailable, WrongUsage
from deskprov.formats.secret_text import NO_UTF8

if TYPE_CHECKING:
    from collections.abc import Sequence

    from deskprov.model.secret_report import LeftOut, Rotation

LONGEST_VALUE = 64 * 1024

Name = Annotated[str, typer.Argument(metavar="NAME", help="A secret of deskprov.yml.")]
Stdin = Annotated[bool, typer.Option("--stdin", help="Reads the value from a pipe instead of asking.")]
For = Annotated[
    list[str] | None,
    typer.Option("--for", metavar="TARGET", help="Passwords of these machines' own accounts.", show_default=False),
]


def register(app: typer.Typer) -> None:
    """Adds the verbs."""
    secret = family("Passwords: where they come from, and those that deskprov keeps.")
    secret.command("list")(list_secrets)
    secret.command("set")(set_secret)
    secret.command("test")(test)
    secret.command("rotate", short_help="New passwords, on the machines and here.")(rotate)
    secret.command("reveal", short_help="Shows a password that deskprov keeps, once.")(reveal)
    secret.command("import", short_help="Keeps files for joining a domain offline.")(import_files)
    secret.command("init", short_help="Makes keys to keep passwords with.")(init)
    secret.command("keys")(keys)
    secret.command("reseal", short_help="Seals all that is kept to the site's present keys.")(reseal)
    app.add_typer(secret, name="secret")


def list_secrets(context: typer.Context, as_json: Json = False) -> int:
    """All secrets: from where, used by what, kept since when and by whom. Never a value."""
    from deskprov.api.secrets import listed
    from deskprov.presenters.secrets import secrets_json, secrets_view, unknown_uses

    now = session(context)
    found, broken = listed(now.site)
    if as_json:
        now.out.print_json(json.dumps(secrets_json(found)))
    else:
        now.out.print(secrets_view(found))
    if broken:
        now.err.print(unknown_uses(broken))
    return 0


def set_secret(
    context: typer.Context,
    name: Annotated[str, typer.Argument(help="A secret of deskprov.yml; with --for an account.")],
    machine: Annotated[
        str, typer.Option("--for", metavar="HOST", help="The machine whose account it is.", show_default=False)
    ] = "",
    stdin: Stdin = False,
) -> int:
    """Keeps a value, sealed. It is asked for unseen, twice. Changes nothing on machines."""
    from deskprov.api.secrets import settable, store, way_of
    from deskprov.presenters.secrets import after_set

    now = session(context)
    owner = settable(now.site, name, machine)
    kept = store(now.site, owner, _value(now, owner.label, stdin))
    now.err.print(after_set(kept, way_of(now.site, owner)))
    return 0


def test(
    context: typer.Context,
    names: Annotated[list[str] | None, typer.Argument(help="Secrets of deskprov.yml; all when left out.")] = None,
    machine: Annotated[
        str,
        typer.Option("--for", metavar="HOST", help="Compares what is kept of it with the machine.", show_default=False),
    ] = "",
    as_json: Json = False,
) -> int:
    """Whether each secret gives a usable value. Shows none."""
    from deskprov.api.secrets import tested, tested_on
    from deskprov.presenters.secrets import tests_json, tests_view

    now = session(context)
    found = tested_on(now.site, machine) if machine else tested(now.site, names or [], may_ask=now.interactive)
    if as_json:
        now.out.print_json(json.dumps(tests_json(found)))
    else:
        now.out.print(tests_view(found))
    return SecretUnavailable.exit_status if any(each.problem for each in found) else 0


def rotate(
    context: typer.Context,
    names: Annotated[
        list[str] | None, typer.Argument(metavar="[NAME]", help="A secret of deskprov.yml; with --for accounts.")
    ] = None,
    machines: For = None,
    ask: Annotated[bool, typer.Option("--ask", help="Asks for the new value instead of making one.")] = False,
    stdin: Stdin = False,
    yes: Yes = False,
) -> int:
    """Makes a new password, writes it on the machines that use it, proves it there, and only then burns the old one.

    Either `secret rotate NAME`, or `secret rotate --for HOST [ACCOUNT…]` for machines' own passwords.
    """
    from deskprov.api.rotating import rotate_of_machines, rotate_of_site
    from deskprov.presenters.progress import progress
    from deskprov.presenters.secrets import left_out

    now = session(context)

    def tell(found: "LeftOut") -> None:
        if found.missing or found.silent:
            now.err.print(left_out(found))

    def agree(names: "Sequence[str]") -> bool:
        if not yes and not now.interactive:
            raise WrongUsage("There is nobody to ask for a yes.", hint="Add --yes.")
        question = f"Give the account that deskprov itself logs in with a new password on {', '.join(names)}?"
        return yes or now.confirm(question)

    if machines:
        if ask or stdin:
            raise WrongUsage("Passwords of machines' own are made, not given.", hint="Leave --ask and --stdin out.")
        with progress(now.err) as watcher:
            done = rotate_of_machines(now.site, machines, names or [], watcher, approval(now, watcher, yes), agree)
        return _rotated(now, done, " ".join(["--for", *machines]))
    if len(names or []) != 1:
        raise WrongUsage("Which secret?", hint="deskprov secret rotate NAME, or: deskprov secret rotate --for HOST")
    [name] = names or []
    value = _value(now, name, stdin) if ask or stdin else ""
    with progress(now.err) as watcher:
        done = rotate_of_site(now.site, name, value, watcher, approval(now, watcher, yes), tell)
    return _rotated(now, done, name)


def reveal(
    context: typer.Context,
    name: Annotated[str, typer.Argument(metavar="NAME|HOST[/ACCOUNT]", help="Whose password.")],
    reason: Annotated[str, typer.Option("--reason", help="Why; it is written down.", show_default=False)] = "",
    pipe: Annotated[bool, typer.Option("--pipe", help="Also when the output is no terminal, or is JSON.")] = False,
    yes: Yes = False,
    as_json: Json = False,
) -> int:
    """Shows a password that deskprov keeps, once. Who looked, when and why is written down first."""
    from deskprov.api.secrets import owner_named, revealed
    from deskprov.presenters.secrets import revealed_json, revealed_note, revealed_view

    now = session(context)
    if (as_json or not sys.stdout.isatty()) and not pipe:
        raise WrongUsage(
            "A password is shown on a terminal only, where nothing keeps it.",
            hint="Add --pipe if a program is to have it.",
        )
    owner = owner_named(now.site, name)
    why = _reason(now, owner.label, reason, yes)
    if not why:
        now.err.print("Nothing was shown.")
        return 1
    shown = revealed(now.site, owner, why)
    if as_json:
        now.out.print_json(json.dumps(revealed_json(shown)))
        return 0
    now.out.print(revealed_view(shown), soft_wrap=True)
    now.err.print(revealed_note(shown))
    return 0


def import_files(
    context: typer.Context,
    paths: Annotated[list[Path], typer.Argument(metavar="FILE|DIR…", help="NAME.txt for each machine, or a folder.")],
) -> int:
    """Keeps what `djoin /provision` made, sealed, for `offline_join`. Each is called after its machine: LAB-07.txt.

    A file for a machine takes the place of an earlier one. Changes nothing on machines.
    """
    from deskprov.api.join_files import keep_join_files
    from deskprov.presenters.secrets import after_import
    from deskprov.wiring import join_files

    now = session(context)
    now.err.print(after_import(keep_join_files(now.site, join_files(paths))))
    return 0


def init(context: typer.Context) -> int:
    """Makes a pair of keys: the private one into your own folder, the public one as lines for deskprov.yml.

    For a site that has none yet: deskprov secret init >> deskprov.yml
    """
    from deskprov.api.secrets import new_keys
    from deskprov.presenters.secrets import after_new_keys

    now = session(context)
    made = new_keys(now.site)
    now.out.print(made.settings, end="", markup=False, soft_wrap=True)
    now.err.print(after_new_keys(made))
    return 0


def keys(context: typer.Context, as_json: Json = False) -> int:
    """The site's public keys, what they open, and whether it can be opened on this computer."""
    from deskprov.api.secrets import keys as all_keys
    from deskprov.presenters.secrets import keys_json, keys_view

    now = session(context)
    found = all_keys(now.site)
    if as_json:
        now.out.print_json(json.dumps(keys_json(found)))
    else:
        now.out.print(keys_view(found))
    return 0


def reseal(context: typer.Context) -> int:
    """Seals all that is kept to the keys that deskprov.yml lists now: after one was added or taken out."""
    from deskprov.api.secrets import reseal as seal_anew
    from deskprov.presenters.secrets import after_reseal

    now = session(context)
    now.err.print(after_reseal(seal_anew(now.site), len(now.site.settings.escrow_keys)))
    return 0


def _rotated(now: Session, done: "Rotation", again: str) -> int:
    from deskprov.presenters.secrets import after_rotation

    now.err.print(after_rotation(done, again))
    return 1 if done.open or done.declined else 0


def _value(now: Session, what: str, stdin: bool) -> str:
    """A value from a pipe, or typed twice, unseen. Never an argument: arguments are seen by all."""
    if stdin:
        return _text(sys.stdin.buffer.read(LONGEST_VALUE)).removesuffix("\n").removesuffix("\r")
    if not now.interactive:
        raise WrongUsage("There is nobody at a terminal to ask for the value.", hint="Give it through a pipe: --stdin")
    first = getpass.getpass(f"Value of {what}: ")
    if first != getpass.getpass("The same again: "):
        raise WrongUsage("The two were not the same.", hint="Nothing was kept. Try again.")
    return first


def _text(given: bytes) -> str:
    try:
        return given.decode()
    except UnicodeDecodeError:  # not "from": the error would carry the value
        raise WrongUsage(
            f"A secret is one line of text; this {NO_UTF8}.", hint="Nothing was kept. Try again."
        ) from None


def _reason(now: Session, label: str, given: str, yes: bool) -> str:
    """Why it is to be shown; empty when the person says no. Raises `WrongUsage` when it is no reason."""
    from deskprov.api.secrets import reason_of

    reason = reason_of(given) if given.strip() else ""
    if yes and reason:
        return reason
    if not now.interactive:
        raise WrongUsage("There is nobody to ask for a yes and a reason.", hint="Add --yes and --reason TEXT.")
    why = reason or typer.prompt("Why? It is written down", err=True, default="", show_default=False).strip()
    why = reason_of(why) if why else ""
    return why if why and (yes or now.confirm(f"Show the password of {label} on this screen?")) else ""
