"""`plan` and `verify`: look at machines and say what is not as wanted. Nothing that a profile can state is changed.

What is changed: where the rotation of the password that deskprov logs in with was broken off, the look finds out which
one lets it in, burns the other in escrow, and throws the key away that the PC had made for that.
"""

from collections.abc import Callable
from concurrent.futures import Future, as_completed

from deskprov.api.agreement import check_machine, check_site
from deskprov.api.identity import check_identity
from deskprov.api.looking import Earlier, Wishes
from deskprov.api.own_login import find_free_ways_in
from deskprov.api.run_log import logged
from deskprov.api.running import Job, Request, Work, announce, ask_for_ways_in, begin, failure, finish, pool, work_of
from deskprov.api.site import Site
from deskprov.api.undisturbed import look_undisturbed
from deskprov.errors import HostError, SecretUnavailable
from deskprov.model.inventory import Host
from deskprov.model.plan import HostPlan
from deskprov.model.ports.progress import Stage, Watcher
from deskprov.model.profile import Profile
from deskprov.model.result import HostResult, RunResult
from deskprov.stages.verify import all_verified, judge, outcome

Look = Callable[[Site, Host, Profile, Earlier, Wishes], HostPlan]


def plan(site: Site, request: Request, watcher: Watcher) -> tuple[list[HostPlan], list[HostResult]]:
    """A plan per machine in the order asked for, and a result for each machine that could not be looked at.

    What the machines say about themselves goes into their asset records.
    """
    work = work_of(site, request)
    announce(watcher, work)
    find_free_ways_in(site, [job.host for job in work.jobs], "plan")
    plans, failed = look_at_all(site, work, request, watcher, look_undisturbed)
    site.record.looked(plans, site.clock.now())
    return plans, failed


def verify(site: Site, request: Request, watcher: Watcher) -> RunResult:
    """What is as wanted and what is not, recorded as a run."""
    work = work_of(site, request)
    announce(watcher, work)
    intent = begin(site, "verify", request, work)
    with logged(site, intent, watcher) as told:
        find_free_ways_in(site, [job.host for job in work.jobs], "verify")
        plans, failed = look_at_all(site, work, request, told, look_undisturbed)
        seen = {plan.host: judged(plan) for plan in plans} | {result.host: result for result in failed}
        hosts = [seen[each.host.name] for each in work.machines]
        site.record.looked(plans, site.clock.now())
        filed = finish(site, intent, hosts, unfiled=hosts)
        for result in hosts:
            told.finished(result)
    return filed


def judged(plan_: HostPlan) -> HostResult:
    """What was seen as a result: nothing was done."""
    results = [judge(change) for change in plan_.changes]
    return HostResult(plan_.host, outcome(results), all_verified(results), seconds=0.0, results=results)


def look_at_all(
    site: Site, work: Work, request: Request, watcher: Watcher, look: Look
) -> tuple[list[HostPlan], list[HostResult]]:
    """Looks at many machines at once, each as `look` does.

    One that cannot be looked at, or is left out, does not stop the others.
    """
    plans: dict[str, HostPlan] = {}
    failed = work.left_out
    ask_for_ways_in(site, work.jobs)
    start = site.clock.monotonic()
    with pool(site, len(work.jobs)) as threads:
        futures: dict[Future[HostPlan], Job] = {}
        for job in work.jobs:
            try:
                check_site(request.plan, job)
            except HostError as error:
                failed[job.host.name] = failure(job.host.name, error, 0.0)
                continue
            watcher.stage(job.host.name, Stage.LOOKING)
            futures[
                threads.submit(look, site, job.host, job.profile, job.earlier, request.wishes_for(job.host.name))
            ] = job
        try:
            for future in as_completed(futures):
                host = futures[future].host
                name = host.name
                try:
                    seen = future.result()
                    check_identity(site, host, seen.facts)
                    check_machine(request.plan, seen)
                    plans[name] = seen
                except (HostError, SecretUnavailable) as error:
                    failed[name] = failure(name, error, site.clock.monotonic() - start)
        finally:
            threads.shutdown(wait=False, cancel_futures=True)
    names = [each.host.name for each in work.machines]
    ordered_plans = [plans[name] for name in names if name in plans]
    ordered_failed = [failed[name] for name in names if name in failed]
    watcher.planned(ordered_plans, ordered_failed)
    return ordered_plans, ordered_failed
