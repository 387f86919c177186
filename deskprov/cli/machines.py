"""setup, plan, apply, verify: the verbs that look at machines and change them."""

import json
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer
from msgspec.structs import replace

from deskprov.cli.context import Json, Session, Targets, Yes, session
from deskprov.cli.exit_status import CHANGES_PENDING, DONE, MEANING, exit_status
from deskprov.cli.plan_files import check_name, plan_file_of, read_plan, write_plan
from deskprov.errors import WrongUsage

if TYPE_CHECKING:
    from deskprov.api.running import Request
    from deskprov.model.plan import HostPlan
    from deskprov.model.result import RunResult
    from deskprov.presenters.progress import LiveProgress, PlainProgress

ProfileOption = Annotated[
    str | None, typer.Option("--profile", "-p", help="Another profile than the inventory's.", show_default=False)
]
Clean = Annotated[bool, typer.Option("--clean", help="Also removes what deskprov set and no profile names any more.")]
Blind = Annotated[
    list[str] | None,
    typer.Option("--blind", metavar="RESOURCE", help="Applies it although the machine gave no answer about it."),
]
Reset = Annotated[
    list[str] | None, typer.Option("--reset", metavar="RESOURCE", help="Writes it anew, passwords included.")
]
NoReboot = Annotated[
    bool, typer.Option("--no-reboot", help="Reboots no machine; what needs a reboot first waits, with exit status 7.")
]
Detailed = Annotated[bool, typer.Option("--detailed-exitcode", help="Exit status 2 when something is not as wanted.")]
Verbose = Annotated[int, typer.Option("-v", "--verbose", count=True, help="Shows Ansible's tasks; -vv its words.")]
Output = Annotated[
    Path | None,
    typer.Option("--output", "-o", metavar="NAME.plan.json", help="Also writes it as a file: deskprov apply FILE."),
]
Resume = Annotated[bool, typer.Option("--resume", help="Goes on with the newest that was broken off; no targets.")]
Everything = Annotated[bool, typer.Option("--all", help="Shows what is right already, too.")]

SETUP = """Looks at machines, shows the plan, asks, changes, looks again to prove it, and files the result.

    Changes nothing without a yes; --yes gives it beforehand.
    """
APPLY = """Brings machines that are set up already back to what their profiles say.

    The same steps as setup; the record tells them apart. The file of deskprov plan -o may stand for the targets:
    exactly what it says is done, or nothing when profile, inventory or machine are not as they were.
    """


def register(app: typer.Typer) -> None:
    """Adds the verbs."""
    app.command("setup", short_help="Sets machines up, from plan to record.")(_changing("setup", SETUP))
    app.command("plan", short_help="Shows what would change.")(plan)
    app.command("apply", short_help="Brings machines back to their profiles.")(_changing("apply", APPLY))
    app.command("verify", short_help="Says what is not as wanted.")(verify)


def _changing(verb: str, help_text: str) -> Callable[..., int]:
    """The command of a verb that changes machines; setup and apply differ in what they are called and recorded as."""

    def command(
        context: typer.Context,
        targets: Targets = None,
        profile: ProfileOption = None,
        clean: Clean = False,
        blind: Blind = None,
        reset: Reset = None,
        no_reboot: NoReboot = False,
        resume: Resume = False,
        yes: Yes = False,
        as_json: Json = False,
        verbose: Verbose = 0,
    ) -> int:
        now = session(context)
        verbosity = max(verbose, now.verbosity)
        if file := plan_file_of(targets):
            if verb != "apply" or profile or clean or blind or reset or resume or targets != [file]:
                raise WrongUsage("A plan file stands alone.", hint=f"deskprov apply {file}")
            request = replace(read_plan(now, file), verbosity=verbosity)
            return apply_and_show(now, request, verb, yes, as_json)
        if not resume:
            asked = _request(targets, profile, clean, blind, reset)
            wishes = replace(asked.wishes, reboots=not no_reboot)
            request = replace(asked, wishes=wishes, verbosity=verbosity)
            return apply_and_show(now, request, verb, yes, as_json)
        if targets or profile or clean or blind or reset or no_reboot:
            hint = f"deskprov {verb} --resume, or name the machines without --resume."
            raise WrongUsage("--resume goes on with what was asked for then, and takes nothing else.", hint=hint)
        return continue_run(now, "", verb, verbosity, yes, as_json)

    command.__doc__ = help_text
    return command


def plan(
    context: typer.Context,
    targets: Targets = None,
    profile: ProfileOption = None,
    clean: Clean = False,
    blind: Blind = None,
    reset: Reset = None,
    detailed_exitcode: Detailed = False,
    everything: Everything = False,
    output: Output = None,
    as_json: Json = False,
) -> int:
    """Shows what would change, and why. Changes nothing.

    With -o another person can read and approve it, and `deskprov apply FILE` does exactly that, or refuses.
    """
    from deskprov.api.plan_files import plan_and_write
    from deskprov.presenters.machines import show_plans
    from deskprov.presenters.plan import plan_outcome
    from deskprov.presenters.progress import progress

    now = session(context)
    check_name(output)
    with progress(now.err) as watcher:
        plans, failed, text = plan_and_write(now.site, _request(targets, profile, clean, blind, reset), watcher)
    show_plans(now.out, now.err, plans, failed, everything=everything, as_json=as_json)
    write_plan(now, output, text, [result.host for result in failed])
    outcomes = [*(result.outcome for result in failed), *map(plan_outcome, plans)]
    return exit_status(outcomes, drift=CHANGES_PENDING if detailed_exitcode else DONE)


def verify(
    context: typer.Context,
    targets: Targets = None,
    profile: ProfileOption = None,
    detailed_exitcode: Detailed = False,
    as_json: Json = False,
) -> int:
    """Says what is as its profile wants it and what is not. Changes nothing."""
    from deskprov.api.verifying import verify as do_verify
    from deskprov.presenters.progress import progress

    now = session(context)
    request = _request(targets, profile, False, None, None)
    with progress(now.err) as watcher:
        result = do_verify(now.site, request, watcher)
    return _close(now, result, request.profile, as_json, CHANGES_PENDING if detailed_exitcode else DONE)


def _request(
    targets: list[str] | None,
    profile: str | None,
    clean: bool,
    blind: list[str] | None,
    reset: list[str] | None,
) -> "Request":
    from deskprov.api.looking import Wishes
    from deskprov.api.running import Request

    wishes = Wishes(clean=clean, blind=frozenset(blind or ()), reset=frozenset(reset or ()))
    return Request(targets or [], profile, wishes)


def continue_run(now: Session, name: str, verb: str, verbosity: int, yes: bool, as_json: bool) -> int:
    """Goes on with the named run, or with the newest of this verb (or of any) that was broken off."""
    from deskprov.api.resuming import continuation
    from deskprov.presenters.runs import continuation_view

    going_on = continuation(now.site, name, verb)
    told = (going_on.earlier, going_on.left, going_on.changed, going_on.retired)
    now.err.print(continuation_view(*told, now.site.clock.now()))
    request = replace(going_on.request, verbosity=verbosity)
    return apply_and_show(now, request, going_on.earlier.verb, yes, as_json)


def apply_and_show(now: Session, request: "Request", verb: str, yes: bool, as_json: bool) -> int:
    """Brings the machines of the request to their profiles, with the plan and a question between."""
    from deskprov.api.applying import apply as do_apply
    from deskprov.presenters.progress import progress

    with progress(now.err, request.verbosity) as watcher:
        result = do_apply(now.site, request, watcher, approval(now, watcher, yes), verb=verb)
    return _close(now, result, request.profile, as_json, DONE)


def approval(
    now: Session, watcher: "PlainProgress | LiveProgress", yes: bool
) -> "Callable[[Sequence[HostPlan]], bool]":
    """Shows the plans, and which machines are not among them, and asks for a yes.

    Raises `WrongUsage` when there is nobody to ask.
    """
    from deskprov.presenters.machines import show_plans
    from deskprov.presenters.plan import reboots_in_words

    def approve(plans: "Sequence[HostPlan]") -> bool:
        show_plans(now.err, now.err, plans, watcher.untold, everything=False, as_json=False)
        if yes:
            return True
        if not now.interactive:
            raise WrongUsage("There is nobody to ask for a yes.", hint="Add --yes, or look first: deskprov plan …")
        reboots = reboots_in_words(plans)
        return now.confirm(
            f"Make these changes? {reboots[0].upper()}{reboots[1:]}." if reboots else "Make these changes?"
        )

    return approve


def _close(now: Session, result: "RunResult", profile: str | None, as_json: bool, drift: int) -> int:
    from deskprov.presenters.results import next_step, run_json, run_summary

    status = exit_status((host.outcome for host in result.hosts), drift=drift)
    if as_json:
        now.out.print_json(json.dumps(run_json(result)))
        return status
    now.err.print(run_summary(result))
    if result.run and status not in (DONE, CHANGES_PENDING) and (log := now.site.run_logs.place(result.run)):
        now.err.print(f"Log of the run: {log}", markup=False)
    now.err.print(next_step(result, status, MEANING[status], profile))
    return status
