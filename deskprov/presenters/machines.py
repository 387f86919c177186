"""Plans of many machines on the screen or as JSON."""

import json
from collections.abc import Iterable, Sequence

from rich.console import Console

from deskprov.model.plan import HostPlan
from deskprov.model.result import HostResult
from deskprov.presenters.plan import plan_view, plans_json, plans_summary
from deskprov.presenters.results import host_view


def show_plans(
    out: Console,
    err: Console,
    plans: Sequence[HostPlan],
    failed: Sequence[HostResult],
    *,
    everything: bool,
    as_json: bool,
) -> None:
    """Writes the plans to `out`; who could not be looked at, and the summary, too, unless JSON is wanted."""
    if as_json:
        out.print_json(json.dumps(plans_json(plans, failed)))
        return
    for first, *others in _alike(plans):
        out.print(plan_view(first, [other.host for other in others], everything=everything))
        out.print()
    for result in failed:
        err.print(host_view(result))
    if plans:
        out.print(plans_summary(plans))


def _alike(plans: Sequence[HostPlan]) -> Iterable[Sequence[HostPlan]]:
    """Those of which the same would be shown together: of thirty equal machines nobody reads thirty equal plans."""
    groups: dict[str, list[HostPlan]] = {}
    for plan in plans:
        [shown] = plans_json([plan], [])["hosts"]
        del shown["host"], shown["seconds"]
        resources = [(change.resource.key, str(change.resource.source)) for change in (*plan.changes, *plan.left_over)]
        groups.setdefault(json.dumps([shown, resources]), []).append(plan)
    return groups.values()
