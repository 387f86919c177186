"""Machines on which an earlier run was killed before it could try the way in that it had changed."""

from collections.abc import Sequence

from deskprov.api.agreement import check_machine
from deskprov.api.guarding import take_back
from deskprov.api.looking import TAKEN_BACK, look
from deskprov.api.running import Job, Request, failure
from deskprov.api.site import Site
from deskprov.errors import HostError
from deskprov.model.plan import HostPlan
from deskprov.model.ports.progress import Watcher
from deskprov.model.result import HostResult


def settle_earlier(
    site: Site, work: Sequence[Job], request: Request, plans: Sequence[HostPlan], watcher: Watcher
) -> tuple[list[HostPlan], list[HostResult]]:
    """The plans; where an earlier run left a change of the way in unconfirmed, that is taken back and looked at anew.

    Nobody knows whether such a change works. Where the machine has taken it back by itself, that is said.
    """
    settled: list[HostPlan] = []
    failed: list[HostResult] = []
    by_host = {job.host.name: job for job in work}
    for plan in plans:
        job = by_host[plan.host]
        if not (plan.unconfirmed or plan.taken_back):
            settled.append(plan)
            continue
        for problem in plan.problems:
            if problem.rule == TAKEN_BACK:
                watcher.warns(plan.host, problem.words)
        try:
            take_back(site, job.host)
            seen = look(site, job.host, job.profile, job.earlier, request.wishes_for(plan.host))
            check_machine(request.plan, seen)
            settled.append(seen)
        except HostError as error:
            failed.append(failure(plan.host, error, 0.0))
    return settled, failed
