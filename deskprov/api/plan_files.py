"""Plan files: made by one person, approved by another, carried out only while everything is as it was then."""

from collections.abc import Mapping, Sequence
from datetime import timedelta
from typing import Any

from deskprov.api.looking import Wishes
from deskprov.api.own_login import find_free_ways_in
from deskprov.api.running import Job, Request, announce, work_of
from deskprov.api.site import Site
from deskprov.api.undisturbed import look_undisturbed
from deskprov.api.verifying import look_at_all
from deskprov.errors import DeskprovError
from deskprov.formats import plan_file
from deskprov.model.plan import HostPlan
from deskprov.model.plan_file import FORMAT
from deskprov.model.ports.progress import Watcher
from deskprov.model.result import HostResult
from deskprov.presenters.plan import plans_json
from deskprov.stages.agree import inventory_entry, machine_now
from deskprov.version import __version__

FAST_CLOCK = timedelta(minutes=5)
"""How far the clock of who made a plan may be ahead of ours."""


def plan_and_write(site: Site, request: Request, watcher: Watcher) -> tuple[list[HostPlan], list[HostResult], str]:
    """What `plan` returns, and the text of a plan file over the machines that were looked at; empty for none."""
    work = work_of(site, request)
    announce(watcher, work)
    find_free_ways_in(site, [job.host for job in work.jobs], "plan")
    plans, failed = look_at_all(site, work, request, watcher, look_undisturbed)
    site.record.looked(plans, site.clock.now())
    return plans, failed, _text(site, request, work.jobs, plans) if plans else ""


def request_of(site: Site, data: bytes, name: str) -> Request:
    """What a plan file asks for. Raises `InvalidInput` for what is no plan file, and `DeskprovError` for one of
    another site, from the future, or too old.
    """
    plan = plan_file.read(data, name)
    hint = f"Make it anew: deskprov plan {' '.join(plan.targets[:3])} -o {name}"
    if plan.site != site.settings.name:
        raise DeskprovError(f"{name} was made for the site '{plan.site}', and this is '{site.settings.name}'.")
    age = site.clock.now() - plan.made_at
    days = site.settings.plan_days
    if age > timedelta(days=days):
        raise DeskprovError(f"{name} is {age.days} days old; plans of this site are good for {days}.", hint=hint)
    if age < -FAST_CLOCK:
        raise DeskprovError(f"{name} was made in the future, at {plan.made_at:%Y-%m-%d %H:%M} UTC.", hint=hint)
    asked = plan.asked
    wishes = Wishes(asked.clean, frozenset(asked.blind), frozenset(asked.reset))
    return Request([each.host for each in plan.hosts], asked.profile, wishes, plan=plan)


def _text(site: Site, request: Request, work: Sequence[Job], plans: Sequence[HostPlan]) -> str:
    revision = site.version_control.revision()
    of = {job.host.name: job for job in work}
    shown = {each["host"]: each for each in plans_json(plans, [])["hosts"]}
    wishes = request.wishes
    asked = {"clean": wishes.clean, "blind": sorted(wishes.blind), "reset": sorted(wishes.reset)}
    return plan_file.written(
        {
            "deskprov_plan": FORMAT,
            "site": site.settings.name,
            "commit": revision.commit,
            "dirty": revision.dirty,
            "made_by": site.operator,
            "made_at": site.clock.now().isoformat(),
            "release": __version__,
            "targets": list(request.targets),
            "asked": {"profile": request.profile, **asked},
            "hosts": [_host(plan, of[plan.host], shown[plan.host]) for plan in plans],
        }
    )


def _host(plan: HostPlan, job: Job, shown: Mapping[str, Any]) -> dict[str, Any]:
    rests_on = {"inventory": inventory_entry(job.host), "machine": machine_now(plan.facts).model_dump()}
    return {**shown, "profile_hash": job.profile.hash, **rests_on}
