"""Whether a plan file that is being carried out still fits: first inventory and profile, then what was seen."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

from deskprov.api.running import Job
from deskprov.errors import PlanOutdated
from deskprov.model.plan import HostPlan
from deskprov.presenters.plan import plans_json
from deskprov.stages.agree import changed_in_site, changed_on_machine

if TYPE_CHECKING:
    from deskprov.model.plan_file import PlanFile

MOST_TOLD = 5


def check_site(plan: "PlanFile | None", job: Job) -> None:
    """Raises `PlanOutdated` when inventory or profile are not what the plan file rests on; never without a file."""
    if plan is not None:
        then = plan.then(job.host.name)
        told = changed_in_site(then, job.host, job.profile) if then else ["the plan does not name it"]
        _refuse(plan, job.host.name, told)


def check_machine(plan: "PlanFile | None", now: HostPlan) -> None:
    """Raises `PlanOutdated` when the machine is another one, or what would be done is not what was planned."""
    then = plan.then(now.host) if plan else None
    if plan and then:
        [shown] = plans_json([now], [])["hosts"]
        _refuse(plan, now.host, changed_on_machine(then, now, shown["changes"]))


def _refuse(plan: "PlanFile", host: str, told: Sequence[str]) -> None:
    if not told:
        return
    more = [f"and {len(told) - MOST_TOLD} more"] if len(told) > MOST_TOLD else []
    raise PlanOutdated(
        host,
        f"Nothing was changed: things are not as they were when {plan.made_by} made the plan."
        f" Now {'; '.join([*told[:MOST_TOLD], *more])}.",
        hint=f"Make the plan anew, and have it approved anew: deskprov plan {host} -o NAME.plan.json",
    )
