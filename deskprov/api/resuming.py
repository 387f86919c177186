"""`run resume` and `setup --resume`: what was broken off goes on, for the machines that did not come through.

Nothing is replayed. A continuation is a new run of the same verb, with the same profile and wishes, which looks first
and does what is still missing. It keeps the name of the run it goes on with.
"""

from collections.abc import Mapping, Sequence

from msgspec import Struct

from deskprov.api.looking import Wishes
from deskprov.api.running import Request, work_of
from deskprov.api.runs import run as find_run
from deskprov.api.site import Site
from deskprov.errors import HostBusy, NoHostMatched, WrongUsage
from deskprov.model.history import HostRun, RunDetail, RunState, RunSummary
from deskprov.model.inventory import Host
from deskprov.model.result import Outcome, Status
from deskprov.model.run import Asked

CHANGING = ("setup", "apply")
LATEST_RUNS = 200
"""How far back a run that was broken off is looked for when none is named."""

_BROKEN_OFF = (None, Outcome.INTERRUPTED, Outcome.UNREACHABLE)
_WRITTEN = (Status.CHANGED, Status.OK)


class Continuation(Struct, frozen=True):
    """What is gone on with: the earlier run, its machines that did not come through, and what to ask for now.

    `changed` are machines whose profile says something else than it did then, and `retired` those that have left the
    inventory since.
    """

    earlier: RunSummary
    left: Sequence[HostRun]
    request: Request
    changed: Sequence[str]
    retired: Sequence[str]


def continuation(site: Site, name: str = "", verb: str = "") -> Continuation:
    """How the named run would go on, or else the newest that was broken off or lost a machine; `verb` narrows that.

    Raises `NoHostMatched` when nothing is left to do, `WrongUsage` for a run that cannot be continued, `HostBusy` when
    it is still at work, and what `work_of` raises.
    """
    detail = find_run(site, name) if name else _newest_broken_off(site, (verb,) if verb else CHANGING)
    _refuse_if_not_ours(site, detail.summary)
    asked = _asked(detail.summary)
    left = _left(site, detail)
    if not left:
        raise NoHostMatched(
            f"Every machine of the run {detail.summary.run} has come through.", hint=f"deskprov run show {name}".strip()
        )
    known = site.inventory.read().hosts
    here = [machine for machine in left if machine.host in known]
    retired = [machine.host for machine in left if machine.host not in known]
    if not here:
        raise NoHostMatched(f"{', '.join(retired)}: no longer in the inventory.", hint="deskprov host list")
    _refuse_if_held(site, [known[machine.host] for machine in here])
    request = Request(
        [machine.host for machine in here],
        asked.profile or None,
        Wishes(asked.clean, frozenset(asked.blind), frozenset(asked.reset), asked.reboots),
        continues=detail.summary.run,
        reset_already=_reset_already(site, detail, asked),
    )
    return Continuation(detail.summary, here, request, _changed(site, request, here), retired)


def _newest_broken_off(site: Site, verbs: Sequence[str]) -> RunDetail:
    latest = [summary for summary in site.history.runs(LATEST_RUNS) if summary.verb in verbs]
    for summary in latest:
        if _was_broken_off(summary):
            detail = site.history.run(summary.run)
            if detail is not None and any(machine.outcome in _BROKEN_OFF for machine in _left(site, detail)):
                return detail
    what = " or ".join(verbs)
    if working := [summary for summary in latest if summary.state is RunState.RUNNING]:
        raise _at_work(working[0])
    raise NoHostMatched(f"There is no {what} to continue: none was broken off.", hint="deskprov run list")


def _was_broken_off(summary: RunSummary) -> bool:
    return summary.state is RunState.INTERRUPTED or bool(
        {Outcome.INTERRUPTED, Outcome.UNREACHABLE} & summary.outcomes.keys()
    )


def _refuse_if_not_ours(site: Site, summary: RunSummary) -> None:
    if summary.verb not in CHANGING:
        hint = f"Run it again: deskprov {summary.verb} {' '.join(summary.targets)}"
        raise WrongUsage(f"{summary.run} is a {summary.verb}, which leaves nothing half done.", hint=hint)
    if summary.state is RunState.RUNNING and summary.controller != site.controller:
        raise WrongUsage(
            f"{summary.run} began on {summary.controller}, and only there it can be seen whether it is still at work.",
            hint=f"On {summary.controller}: deskprov run resume {summary.run}",
        )
    if summary.state is RunState.RUNNING:
        raise _at_work(summary)


def _at_work(summary: RunSummary) -> HostBusy:
    told = f"The run {summary.run} ({summary.verb} by {summary.by}) is still at work."
    return HostBusy(summary.hosts[0] if summary.hosts else "", told, hint="Wait for it, or end it with Ctrl-C there.")


def _asked(summary: RunSummary) -> Asked:
    if summary.asked is None:
        raise WrongUsage(
            f"{summary.run} is of an early release, which did not write down what was asked for.",
            hint=f"Ask again: deskprov {summary.verb} {' '.join(summary.targets)}",
        )
    return summary.asked


def _left(site: Site, detail: RunDetail) -> list[HostRun]:
    """The machines that came through neither in this run nor in a later one."""
    return [
        machine
        for machine in detail.hosts
        if machine.outcome is not Outcome.OK and not _came_through_later(site, machine, detail.summary)
    ]


def _came_through_later(site: Site, machine: HostRun, earlier: RunSummary) -> bool:
    return any(
        run.outcome is Outcome.OK and run.summary.verb in CHANGING and run.summary.at >= earlier.at
        for run in site.history.of_host(machine.host, LATEST_RUNS)
    )


def _refuse_if_held(site: Site, hosts: Sequence[Host]) -> None:
    """Raises `HostBusy` when every machine is held, by another run or by what is left of the broken-off one."""
    refusals = []
    for host in hosts:
        try:
            with site.locks.hold(host.name, "resume", host.known_host):
                return
        except HostBusy as busy:
            refusals.append(busy)
    raise refusals[0]


def _reset_already(site: Site, detail: RunDetail, asked: Asked) -> Mapping[str, frozenset[str]]:
    """By machine, what was to be written anew and was, in this run or in those that it went on with."""
    written: dict[str, set[str]] = {}
    link: RunDetail | None = detail if asked.reset else None
    while link is not None:
        for machine in link.hosts:
            done = {step.resource for step in machine.steps if step.status in _WRITTEN and step.action}
            written.setdefault(machine.host, set()).update(done.intersection(asked.reset))
        link = site.history.run(link.summary.continues) if link.summary.continues else None
    return {host: frozenset(keys) for host, keys in written.items()}


def _changed(site: Site, request: Request, left: Sequence[HostRun]) -> list[str]:
    then = {machine.host: machine.profile_hash for machine in left}
    return [job.host.name for job in work_of(site, request).jobs if then[job.host.name] not in ("", job.profile.hash)]
