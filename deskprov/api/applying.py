"""`setup` and `apply`: lock, look, plan, ask, change, look again, record.

Machines work in threads of their own; they only post messages. The record and the watcher are served by the thread
that called, because the record has one writer.
"""

from collections.abc import Callable, Sequence
from concurrent.futures import Future
from contextlib import ExitStack
from dataclasses import replace
from queue import Empty, Queue
from threading import Event

from deskprov.api.looking import owned_after, to_execute
from deskprov.api.machine_run import MachineRun, Message, Stepped, Through
from deskprov.api.running import Job, Request, begin, failure, finish, intention, jobs, pool
from deskprov.api.site import Site
from deskprov.api.verifying import look_at_all
from deskprov.errors import HostBusy
from deskprov.model.plan import HostPlan
from deskprov.model.ports.machine import HeldLock
from deskprov.model.ports.progress import Stage, Watcher
from deskprov.model.result import HostResult, Outcome, ResourceResult, RunResult
from deskprov.model.run import RunIntent, StepState, StepUpdate
from deskprov.stages.verify import all_verified, judge, outcome

TICK_SECONDS = 0.2

Approve = Callable[[Sequence[HostPlan]], bool]


def apply(site: Site, request: Request, watcher: Watcher, approve: Approve, *, verb: str) -> RunResult:
    """Brings machines to what their profiles say; returns what became of each, in the order asked for.

    `approve` is asked once, and only when something would change. The first interrupt (Ctrl-C) ends the work in an
    orderly way: Ansible is stopped and everything known is recorded; a second one raises KeyboardInterrupt.
    """
    work = jobs(site, request)
    intent = begin(site, verb, request, work)
    results: dict[str, HostResult] = {}
    with ExitStack() as stack:
        locks = _lock(site, work, verb, stack, results)
        free = [job for job in work if job.host.name in locks]
        plans, failed = look_at_all(site, free, request, watcher)
        results.update({result.host: result for result in failed})
        _record_sight(site, intent, plans, {job.host.name: job for job in work})
        results.update(_settle(site, intent, request, free, plans, locks, watcher, approve))
    for name, result in results.items():
        if result in failed or name not in locks:
            site.record.finish_host(intent.run, result, site.clock.now())
            watcher.finished(result)
    return finish(site, intent, [results[job.host.name] for job in work])


def _lock(
    site: Site, work: Sequence[Job], verb: str, stack: ExitStack, results: dict[str, HostResult]
) -> dict[str, HeldLock]:
    locks: dict[str, HeldLock] = {}
    for job in work:
        try:
            locks[job.host.name] = stack.enter_context(site.locks.hold(job.host.name, verb, job.host.known_host))
        except HostBusy as error:
            results[job.host.name] = failure(job.host.name, error, 0.0)
    return locks


def _record_sight(site: Site, intent: RunIntent, plans: Sequence[HostPlan], work: dict[str, Job]) -> None:
    for plan in plans:
        site.record.saw(plan.host, plan.facts, site.clock.now(), practice=plan.practice)
        steps = [(change.resource.key, change.action.value) for change in to_execute(plan)]
        site.record.intend(intention(intent, work[plan.host], steps))


def _settle(
    site: Site,
    intent: RunIntent,
    request: Request,
    work: Sequence[Job],
    plans: Sequence[HostPlan],
    locks: dict[str, HeldLock],
    watcher: Watcher,
    approve: Approve,
) -> dict[str, HostResult]:
    by_host = {job.host.name: job for job in work}
    idle = [plan for plan in plans if not to_execute(plan)]
    busy = [plan for plan in plans if to_execute(plan)]
    results = {plan.host: _untouched(plan) for plan in idle}
    for plan in idle:
        _own(site, intent, plan, results[plan.host].results)
    if busy and not approve(busy):
        results |= {plan.host: _declined(plan) for plan in busy}
        busy = []
    for name, result in results.items():
        _file(site, intent, result, watcher, name)
    runs = [
        MachineRun(site, by_host[plan.host], plan, locks[plan.host], request.verbosity, request.wishes) for plan in busy
    ]
    return results | (_drive(site, intent, runs, watcher) if runs else {})


def _drive(site: Site, intent: RunIntent, runs: Sequence[MachineRun], watcher: Watcher) -> dict[str, HostResult]:
    messages: Queue[Message] = Queue()
    cancelled = Event()
    results: dict[str, HostResult] = {}
    with pool(site, len(runs)) as threads:
        futures = [threads.submit(run.work, messages.put, cancelled.is_set) for run in runs]
        while len(results) < len(runs):
            try:
                _take(site, intent, _batch(messages), results, watcher)
                _raise_bugs(futures)
            except KeyboardInterrupt:
                if cancelled.is_set():
                    raise
                cancelled.set()
            except BaseException:
                cancelled.set()
                raise
    return results


def _batch(messages: "Queue[Message]") -> list[Message]:
    try:
        batch = [messages.get(timeout=TICK_SECONDS)]
    except Empty:
        return []
    while not messages.empty():
        batch.append(messages.get_nowait())
    return batch


def _take(
    site: Site, intent: RunIntent, batch: Sequence[Message], results: dict[str, HostResult], watcher: Watcher
) -> None:
    now = site.clock.now()
    updates = [
        StepUpdate(
            intent.run,
            m.host,
            m.resource,
            StepState.DONE if m.status else StepState.STARTED,
            now,
            status=m.status.value if m.status else "",
            message=m.message,
        )
        for m in batch
        if isinstance(m, Stepped)
    ]
    if updates:
        site.record.advance(updates)
    for message in batch:
        match message:
            case Stepped(host, resource, number, total, None, _):
                watcher.started(host, resource, number, total)
            case Stepped(host, resource, _, _, status, text) if status is not None:
                watcher.ended(host, resource, status, text)
            case Through():
                _own(site, intent, message.plan, message.result.results)
                if message.facts is not None:
                    site.record.saw(message.plan.host, message.facts, now, practice=message.plan.practice)
                _file(site, intent, message.result, watcher, message.plan.host)
                results[message.plan.host] = message.result
            case (str(host), Stage() as stage):
                watcher.stage(host, stage)


def _own(site: Site, intent: RunIntent, plan: HostPlan, results: Sequence[ResourceResult]) -> None:
    verified = {result.resource: result.verified for result in results}
    set_now, removed = owned_after(plan, verified)
    if set_now or removed:
        site.record.own(plan.host, [replace(thing, run=intent.run) for thing in set_now], removed, site.clock.now())


def _file(site: Site, intent: RunIntent, result: HostResult, watcher: Watcher, host: str) -> None:
    site.record.finish_host(intent.run, result, site.clock.now())
    watcher.finished(result)


def _raise_bugs(futures: Sequence["Future[None]"]) -> None:
    for future in futures:
        if future.done():
            future.result()


def _untouched(plan: HostPlan) -> HostResult:
    results = [judge(change) for change in plan.changes]
    return HostResult(plan.host, outcome(results), all_verified(results), seconds=0.0, results=results)


def _declined(plan: HostPlan) -> HostResult:
    return replace(_untouched(plan), outcome=Outcome.WAITING, message="nothing was changed: the plan was not confirmed")
