"""Machines with nothing to do, in a setup: their results, and those that were kept awake for it may sleep again."""

from collections.abc import Generator, Sequence
from concurrent.futures import as_completed

from deskprov.api.handing_over import as_it_was
from deskprov.api.running import pool
from deskprov.api.site import Site
from deskprov.api.verifying import judged
from deskprov.model.inventory import Host
from deskprov.model.plan import HostPlan
from deskprov.model.ports.progress import Stage, Watcher
from deskprov.model.result import HostResult


def at_rest(
    site: Site, machines: Sequence[tuple[Host, HostPlan]], watcher: Watcher
) -> Generator[tuple[HostPlan, HostResult]]:
    """The result of each as it comes. Those that must be told something are told at once: some may be off by now."""
    awake = [(host, plan) for host, plan in machines if plan.facts.kept_awake]
    for _, plan in machines:
        if not plan.facts.kept_awake:
            yield plan, judged(plan)
    with pool(site, len(awake)) as threads:
        futures = {threads.submit(as_it_was, site, host, judged(plan), plan.facts): plan for host, plan in awake}
        for _, plan in awake:
            watcher.stage(plan.host, Stage.RELEASING)
        try:
            for future in as_completed(futures):
                yield futures[future], future.result()
        finally:
            threads.shutdown(wait=False, cancel_futures=True)
