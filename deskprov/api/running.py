"""Runs over many machines: who is asked for, what is recorded, and what becomes of errors of one machine."""

from collections.abc import Container, Iterable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from typing import TYPE_CHECKING

from msgspec import Struct, field
from msgspec.structs import replace

from deskprov.api.looking import Earlier, Wishes
from deskprov.api.machines_problems import Findings
from deskprov.api.profiles import ProfileFiles
from deskprov.api.site import Site
from deskprov.api.targets import meant
from deskprov.api.way_in import losses
from deskprov.errors import (
    AccessRefused,
    ElevationRefused,
    HostBusy,
    HostError,
    LoginRefused,
    SecretUnavailable,
    Unreachable,
    WrongUsage,
)
from deskprov.model.asset import Asset
from deskprov.model.inventory import Host
from deskprov.model.ports.progress import Watcher
from deskprov.model.problem import DoesNotFit, InvalidInput, Problem
from deskprov.model.profile import Profile
from deskprov.model.result import HostResult, Outcome, RunResult
from deskprov.model.run import Asked, HostIntent, PlanReference, RunIntent

if TYPE_CHECKING:
    from deskprov.model.plan_file import PlanFile


class Request(Struct, frozen=True):
    """What the person asked for: targets as typed, another profile than the inventory's, and wishes.

    `continues` is the run that is gone on with, and `reset_already` what that one has written anew, by machine: it is
    not written a second time. `plan` is the plan file that is to be carried out, and nothing else.
    `only` are keys of resources: when any is stated, all others are left as they are.
    """

    targets: Sequence[str]
    profile: str | None = None
    wishes: Wishes = field(default_factory=Wishes)
    verbosity: int = 0
    continues: str = ""
    plan: "PlanFile | None" = None
    reset_already: Mapping[str, frozenset[str]] = field(default_factory=dict)
    only: frozenset[str] = frozenset()

    def wishes_for(self, host: str) -> Wishes:
        """The wishes, without what was done for this machine before."""
        return replace(self.wishes, reset=self.wishes.reset - self.reset_already.get(host, frozenset()))


class Job(Struct, frozen=True):
    """One machine of a run, with its profile resolved and what the record knows of it."""

    host: Host
    profile: Profile
    earlier: Earlier


class Unfit(Struct, frozen=True):
    """One machine of a run whose values do not fit its profile: it is left out, and the others go on."""

    host: Host
    profile: str
    earlier: Earlier
    why: DoesNotFit


class Work(Struct, frozen=True):
    """The machines of a run, in the order asked for."""

    machines: Sequence[Job | Unfit]

    @property
    def jobs(self) -> list[Job]:
        """Those that there is something to do for."""
        return [each for each in self.machines if isinstance(each, Job)]

    @property
    def left_out(self) -> dict[str, HostResult]:
        """The results of the others, by name."""
        unfit = [each for each in self.machines if isinstance(each, Unfit)]
        return {each.host.name: failure(each.host.name, each.why, 0.0) for each in unfit}

    def without(self, names: Container[str]) -> "Work":
        """The machines but these."""
        return Work([each for each in self.machines if each.host.name not in names])


def work_of(site: Site, request: Request) -> Work:
    """The machines asked for. One whose values do not fit its profile is left out while others are left.

    Raises `WrongUsage` without targets or for a profile asked for that is not there, `NoHostMatched`, and
    `InvalidInput` with all problems of profiles and machines: when no machine is left, when a profile has a mistake by
    itself, and when one would take deskprov its own way in.
    """
    hosts = meant(site, request.targets)
    files = ProfileFiles(site)
    if request.profile and request.profile not in files:
        raise WrongUsage(f"There is no profile {request.profile}.", hint=files.like(request.profile))
    profiles: dict[str, Profile] = {}
    problems: dict[Problem, None] = {}
    of_machines: list[tuple[Host, Sequence[Problem]]] = []
    for host in hosts:
        try:
            profiles[host.name] = files.for_host(host, request.profile)
            problems.update(dict.fromkeys(losses(profiles[host.name], host)))
        except InvalidInput as error:
            of_machines.append((host, error.problems))
    findings = Findings(files, of_machines, [host for host in hosts if host.name in profiles], request.profile)
    if problems or not profiles or findings.of_profiles():
        raise InvalidInput([*findings.told(), *problems])
    for profile in profiles.values():
        request.wishes.check(profile)
    unfit = {host.name: _unfit(site, request, host, found) for host, found in findings.of_machines()}
    return Work([unfit.get(host.name) or _job(site, request, host, profiles[host.name]) for host in hosts])


def _unfit(site: Site, request: Request, host: Host, found: Sequence[Problem]) -> Unfit:
    profile = request.profile or host.profile
    return Unfit(host, profile, _earlier(site, host), DoesNotFit(host.name, profile, found))


def _job(site: Site, request: Request, host: Host, profile: Profile) -> Job:
    earlier = _earlier(site, host)
    if not request.only:
        return Job(host, profile, earlier)
    meant = [resource for resource in profile.resources if resource.key in request.only]
    return Job(host, replace(profile, resources=meant), replace(earlier, owned=()))


def _earlier(site: Site, host: Host) -> Earlier:
    asset = site.assets.find(host.name) or Asset()
    return Earlier(site.record.owned(host.name), asset.machine_id, asset.tag, asset.serial)


def announce(watcher: Watcher, work: Work) -> None:
    """Says which machines are to come, and of which the way is weak."""
    for each in work.machines:
        watcher.expects(each.host.name, each.earlier.tag, each.earlier.serial)
    for job in work.jobs:
        if weakness := job.host.connection.weakness:
            watcher.warns(job.host.name, f"{weakness}. Somebody puts up with that: deskprov_risk_taken")


def ask_for_ways_in(site: Site, work: Sequence[Job]) -> None:
    """Asks the person now for the passwords of log-ins that only they know."""
    ways = [job.host.connection for job in work]
    ask_now(site, [name for way in ways for name in (way.login_secret, way.become_secret) if name])


def ask_now(site: Site, names: Iterable[str]) -> None:
    """Asks the person for these secrets before the work begins, as far as they come from a person."""
    # a secret that nobody gave is the trouble of the machine that needs it, and is said there
    with suppress(SecretUnavailable):
        site.secrets.prepare(dict.fromkeys(names))


def ask_for_what_is_written(site: Site, names: Iterable[str]) -> None:
    """The same for passwords that will be written on machines; each is typed twice."""
    with suppress(SecretUnavailable):
        site.secrets.prepare_to_write(dict.fromkeys(names))


def begin(site: Site, verb: str, request: Request, work: Work) -> RunIntent:
    """Opens a run in the record, before anything is done, and closes those that died without a word."""
    intent = run_intent(site, verb, request, work)
    site.record.close_dead(site.controller, intent.at)
    site.record.begin(intent, [intention(intent, each, steps=()) for each in work.machines])
    return intent


def run_intent(site: Site, verb: str, request: Request, work: Work) -> RunIntent:
    """What a run that begins now is about to do, with an id of its own."""
    revision = site.version_control.revision()
    now = site.clock.now()
    return RunIntent(
        run=f"{now:%Y%m%d-%H%M%S}-{site.token()[:6]}",
        verb=verb,
        at=now,
        by=site.operator,
        controller=site.controller,
        targets=request.targets,
        hosts=[each.host.name for each in work.machines],
        commit=revision.commit,
        dirty=revision.dirty,
        asked=asked(request),
        continues=request.continues,
        plan=PlanReference(plan.digest, plan.made_by, plan.made_at) if (plan := request.plan) else None,
    )


def asked(request: Request) -> Asked:
    """What the record keeps of a request."""
    wishes = request.wishes
    return Asked(request.profile or "", wishes.clean, sorted(wishes.blind), sorted(wishes.reset), wishes.reboots)


def intention(intent: RunIntent, machine: Job | Unfit, steps: Sequence[tuple[str, str]]) -> HostIntent:
    """What the run intends for a machine: its profile, and the steps known so far as (resource key, action)."""
    host, profile = machine.host, machine.profile
    name, digest = (profile.name, profile.hash) if isinstance(profile, Profile) else (profile, "")
    return HostIntent(intent.run, host.name, name, digest, host.practice, steps, at=intent.at)


def finish(site: Site, intent: RunIntent, hosts: Sequence[HostResult], unfiled: Sequence[HostResult] = ()) -> RunResult:
    """Closes a run in the record, with those of its results that are not there yet; its outcome is that of its worst
    machine.
    """
    outcome = worst(result.outcome for result in hosts)
    site.record.finish(intent.run, outcome, site.clock.now(), unfiled)
    return RunResult(intent.run, intent.verb, intent.at, outcome, hosts, site.log.head())


def worst(outcomes: Iterable[Outcome]) -> Outcome:
    """The outcome to report for many machines."""
    severity = [
        Outcome.INTERRUPTED,
        Outcome.FAILED,
        Outcome.UNKNOWN,
        Outcome.REFUSED,
        Outcome.UNREACHABLE,
        Outcome.BUSY,
        Outcome.WAITING,
        Outcome.DRIFT,
        Outcome.OK,
    ]
    return min(outcomes, key=severity.index, default=Outcome.OK)


def failure(host: str, error: HostError | SecretUnavailable, seconds: float) -> HostResult:
    """An error of one machine as its result."""
    outcomes = (
        (Unreachable, Outcome.UNREACHABLE),
        (AccessRefused, Outcome.REFUSED),
        (SecretUnavailable, Outcome.REFUSED),
        (HostBusy, Outcome.BUSY),
    )
    outcome = next((outcome for kind, outcome in outcomes if isinstance(error, kind)), Outcome.FAILED)
    hint = error.hint
    if isinstance(error, Unreachable | LoginRefused | ElevationRefused):
        hint = f"{hint} Step by step: deskprov doctor {host}".lstrip()
    problems = error.problems if isinstance(error, DoesNotFit) else ()
    return HostResult(host, outcome, False, seconds, message=error.message, hint=hint, problems=problems)


def pool(site: Site, size: int) -> ThreadPoolExecutor:
    """Threads for that many machines, within the site's limit."""
    return ThreadPoolExecutor(max_workers=at_once(site, size), thread_name_prefix="machine")


def at_once(site: Site, size: int) -> int:
    """How many of that many machines are worked on at the same time."""
    return max(1, min(site.settings.concurrency, size))
