"""`setup` and `apply`: lock, look, plan, ask, change, look again, record.

Machines work in threads of their own; they only post messages. The record and the watcher are served by the thread
that called, because the record has one writer.
"""

from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import Future, wait
from contextlib import ExitStack, closing
from queue import Empty, Queue
from threading import Event

from msgspec import Struct
from msgspec.structs import replace

from deskprov.api.course import Stop
from deskprov.api.kept_passwords import keep_new, prove
from deskprov.api.looking import intended_steps, look, owned_after
from deskprov.api.machine_run import MachineRun
from deskprov.api.messages import Message, Said, Stepped, Through, Waits
from deskprov.api.missing_secrets import check_secrets
from deskprov.api.own_login import find_ways_in
from deskprov.api.refusing import refuse
from deskprov.api.resting import at_rest
from deskprov.api.room import check_room
from deskprov.api.run_log import logged
from deskprov.api.running import (
    Job,
    Request,
    Work,
    announce,
    ask_for_what_is_written,
    begin,
    failure,
    finish,
    intention,
    pool,
    work_of,
)
from deskprov.api.site import Site
from deskprov.api.unconfirmed import settle_earlier
from deskprov.api.verifying import judged, look_at_all
from deskprov.errors import DeskprovError, HostError, Interrupted, NotRecorded, RecordError, SecretUnavailable
from deskprov.model.plan import HostPlan
from deskprov.model.playbook import Halt
from deskprov.model.ports.machine import HeldLock
from deskprov.model.ports.progress import Stage, Watcher
from deskprov.model.problem import Problem, SecretsMissing
from deskprov.model.result import HostResult, Outcome, ResourceResult, RunResult, Status
from deskprov.model.run import RunIntent, StepState, StepUpdate
from deskprov.model.secret import SecretRef
from deskprov.stages.fitness import Hindrance, hindrance

TICK_SECONDS = 0.2
UNRECORDED = "This is not in the record, because it could not be written."
NOT_CONFIRMED = "nothing was changed: the plan was not confirmed"
LACKS_ITS_OWN = "A secret of its own is missing, and it is left out."
INTERRUPTED = "interrupted; what was under way may have been done: deskprov verify tells"

Approve = Callable[[Sequence[HostPlan]], bool]


def apply(site: Site, request: Request, watcher: Watcher, approve: Approve, *, verb: str) -> RunResult:
    """Brings machines to what their profiles say; returns what became of each, in the order asked for.

    Machines are locked first: who gets none of them does not wait for the record, see `refuse`.
    `approve` is asked once, and only when something would change. While changes are being made, the first interrupt
    ends the work in good order: Ansible is stopped and everything known is recorded. Any other interrupt raises
    `Interrupted`, after the run has been recorded as interrupted. Raises `NoRoom` before anything is done, and
    `NotRecorded` when the record can no longer be written: the run is stopped then.
    """
    check_room(site)
    work = work_of(site, request)
    announce(watcher, work)
    results = work.left_out
    with ExitStack() as stack:
        locks = _lock(site, work.jobs, verb, stack, results)
        if not locks:
            return refuse(site, verb, request, work, results, watcher)
        return _apply(site, verb, request, _Locked(work, locks, results), watcher, approve)


class _Locked(Struct, frozen=True):
    """Machines of a run, the locks of those that it got, and results of those that it leaves alone."""

    work: Work
    locks: Mapping[str, HeldLock]
    refused: Mapping[str, HostResult]


def _apply(site: Site, verb: str, request: Request, locked: _Locked, watcher: Watcher, approve: Approve) -> RunResult:
    work, locks = locked.work, locked.locks
    results = dict(locked.refused)
    intent = begin(site, verb, request, work)
    try:
        with logged(site, intent, watcher) as watcher:
            for result in locked.refused.values():
                _file(site, intent, result, watcher)
            free = [job for job in work.jobs if job.host.name in locks]
            find_ways_in(site, [job.host for job in free])
            looked_at, failed = look_at_all(site, work.without(results), request, watcher, look)
            plans, unsettled = settle_earlier(site, free, request, looked_at, watcher)
            for result in [*failed, *unsettled]:
                results[result.host] = result
                _file(site, intent, result, watcher)
            _record_sight(site, intent, plans, {job.host.name: job for job in free})
            prove(site, [job.host for job in free if job.host.name not in results])
            _settle(site, intent, request, _Settling(free, plans, locks), watcher, approve, results)
    except RecordError:
        raise
    except KeyboardInterrupt as error:
        _record_end(site, intent, work, results)
        raise Interrupted(intent.run) from error
    except DeskprovError:
        _record_end(site, intent, work, results)
        raise
    return finish(site, intent, [results[each.host.name] for each in work.machines])


class _Settling(Struct, frozen=True):
    """Machines that have been looked at and are locked."""

    work: Sequence[Job]
    plans: Sequence[HostPlan]
    locks: Mapping[str, HeldLock]


def _record_end(site: Site, intent: RunIntent, work: Work, results: Mapping[str, HostResult]) -> None:
    """Files a run that ends before its time: the machines without a result were interrupted."""
    now = site.clock.now()
    ends = dict(results)
    for name in (each.host.name for each in work.machines):
        if name not in ends:
            result = HostResult(name, Outcome.INTERRUPTED, verified=False, seconds=0.0, message=INTERRUPTED)
            site.record.finish_host(intent.run, result, now)
            ends[name] = result
    finish(site, intent, list(ends.values()))


def _lock(
    site: Site, work: Sequence[Job], verb: str, stack: ExitStack, results: dict[str, HostResult]
) -> dict[str, HeldLock]:
    locks: dict[str, HeldLock] = {}
    for job in work:
        try:
            locks[job.host.name] = stack.enter_context(site.locks.hold(job.host.name, verb, job.host.known_host))
        except HostError as error:
            results[job.host.name] = failure(job.host.name, error, 0.0)
    return locks


def _record_sight(site: Site, intent: RunIntent, plans: Sequence[HostPlan], work: dict[str, Job]) -> None:
    site.record.looked(plans, site.clock.now())
    for plan in plans:
        steps = intended_steps(plan)
        site.record.intend(intention(intent, work[plan.host], steps))


def _settle(
    site: Site,
    intent: RunIntent,
    request: Request,
    settling: _Settling,
    watcher: Watcher,
    approve: Approve,
    results: dict[str, HostResult],
) -> None:
    prepared = _prepared(site, intent, request, settling, watcher, results)
    runs = _with_secrets(site, intent, prepared, watcher, results)
    busy = [run.plan for run, _ in runs]
    not_confirmed = Stop(Outcome.WAITING, NOT_CONFIRMED)
    try:
        agreed = not busy or approve(busy)
    except DeskprovError:
        _decline(site, intent, busy, watcher, results, not_confirmed)
        raise
    if not agreed:
        _decline(site, intent, busy, watcher, results, not_confirmed)
        return
    ready: list[MachineRun] = []
    secrets: list[SecretRef] = []
    for run, wanted in runs:
        try:
            keep_new(site, run.job.host, wanted)
        except SecretUnavailable as error:
            results[run.plan.host] = failure(run.plan.host, error, 0.0)
            _file(site, intent, results[run.plan.host], watcher)
            continue
        secrets += wanted
        ready.append(run)
    ask_for_what_is_written(site, [secret.name for secret in secrets])
    if ready:
        _drive(site, intent, ready, watcher, results)
        prove(site, [run.job.host for run in ready])


def _prepared(
    site: Site,
    intent: RunIntent,
    request: Request,
    settling: _Settling,
    watcher: Watcher,
    results: dict[str, HostResult],
) -> list[tuple[MachineRun, Sequence[SecretRef]]]:
    """The runs of machines that are to be changed, each with the secrets that it needs; others have their result."""
    by_host = {job.host.name: job for job in settling.work}
    prepared: list[tuple[MachineRun, Sequence[SecretRef]]] = []
    for plan in _to_change(site, intent, settling, watcher, results):
        run = MachineRun(site, by_host[plan.host], plan, settling.locks[plan.host], request.wishes, request.verbosity)
        try:
            prepared.append((run, list(dict.fromkeys(run.prepare()))))
        except HostError as error:
            results[plan.host] = failure(plan.host, error, 0.0)
            _file(site, intent, results[plan.host], watcher)
    return prepared


def _with_secrets(
    site: Site,
    intent: RunIntent,
    runs: Sequence[tuple[MachineRun, Sequence[SecretRef]]],
    watcher: Watcher,
    results: dict[str, HostResult],
) -> list[tuple[MachineRun, Sequence[SecretRef]]]:
    """The runs whose secrets can be had; others have their result. Raises `SecretsMissing` when none is left."""
    plans = {run.plan.host: run.plan for run, _ in runs}
    try:
        lacking = check_secrets(site, [(run.plan, wanted) for run, wanted in runs])
    except SecretsMissing as error:
        _decline(site, intent, list(plans.values()), watcher, results, Stop(Outcome.REFUSED, error.message))
        raise
    for host, problems in lacking.items():
        _decline(site, intent, [plans[host]], watcher, results, Stop(Outcome.REFUSED, LACKS_ITS_OWN), problems)
    return [each for each in runs if each[0].plan.host not in lacking]


def _to_change(
    site: Site, intent: RunIntent, settling: _Settling, watcher: Watcher, results: dict[str, HostResult]
) -> list[HostPlan]:
    """The plans with something to do on machines that can stand it; all others have their result with this."""
    hosts = {job.host.name: job.host for job in settling.work}
    resting = [(hosts[plan.host], plan) for plan in settling.plans if not plan.segments]
    with closing(at_rest(site, resting, watcher)) as ended:
        for plan, result in ended:
            results[plan.host] = result
            _own(site, intent, plan, result.results)
            _file(site, intent, result, watcher)
    busy = []
    for plan in (plan for plan in settling.plans if plan.segments):
        if hindered := hindrance(plan.facts, site.settings):
            results[plan.host] = _hindered(plan, hindered)
            _file(site, intent, results[plan.host], watcher)
        else:
            busy.append(plan)
    return busy


def _decline(
    site: Site,
    intent: RunIntent,
    plans: Sequence[HostPlan],
    watcher: Watcher,
    results: dict[str, HostResult],
    why: Stop,
    problems: Sequence[Problem] = (),
) -> None:
    """Nothing was begun on these, so nothing was interrupted either."""
    for plan in plans:
        result = replace(judged(plan), outcome=why.outcome, verified=False, message=why.message, problems=problems)
        results[plan.host] = result
        _file(site, intent, results[plan.host], watcher)


def _drive(
    site: Site, intent: RunIntent, runs: Sequence[MachineRun], watcher: Watcher, results: dict[str, HostResult]
) -> None:
    messages: Queue[Message] = Queue()
    ending = Event()
    with site.interrupts.held_back() as wanted, pool(site, len(runs)) as threads:

        def halt() -> Halt:
            return Halt.AT_ONCE if ending.is_set() else wanted()

        futures = [threads.submit(run.work, messages.put, halt) for run in runs]
        at_work = [run.plan.host for run in runs]
        try:
            while not all(run.plan.host in results for run in runs):
                batch = _batch(messages)
                try:
                    _take(site, intent, batch, results, watcher)
                except RecordError as error:
                    ending.set()
                    wait(futures)
                    _tell_unrecorded([*batch, *_waiting(messages)], results, watcher)
                    raise NotRecorded(intent.run, error) from error
                _raise_bugs(futures)
                if wanted() and at_work:
                    for host in at_work:
                        if host not in results:
                            watcher.stage(host, Stage.STOPPING)
                    at_work = []
        finally:
            ending.set()


def _batch(messages: "Queue[Message]") -> list[Message]:
    try:
        return [messages.get(timeout=TICK_SECONDS), *_waiting(messages)]
    except Empty:
        return []


def _waiting(messages: "Queue[Message]") -> list[Message]:
    return [messages.get_nowait() for _ in range(messages.qsize())]


def _tell_unrecorded(lost: Sequence[Message], results: Mapping[str, HostResult], watcher: Watcher) -> None:
    """Tells the person what is known and cannot be stored. Nothing of it is called a success."""
    for message in lost:
        if isinstance(message, Through) and message.plan.host not in results:
            result = message.result
            outcome = Outcome.UNKNOWN if result.outcome is Outcome.OK else result.outcome
            told = f"{result.message} {UNRECORDED}".lstrip()
            watcher.finished(replace(result, outcome=outcome, verified=False, message=told))


def _take(
    site: Site, intent: RunIntent, batch: Sequence[Message], results: dict[str, HostResult], watcher: Watcher
) -> None:
    now = site.clock.now()
    for step in batch:
        if isinstance(step, Stepped) and step.status is Status.CHANGED and step.created is not None:
            site.record.own(step.host, [replace(step.created, run=intent.run)], [], now)
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
        if isinstance(m, Stepped) and m.status is not Status.UNKNOWN  # it stays begun, until somebody has looked
    ]
    if updates:
        site.record.advance(updates)
    for message in batch:
        match message:
            case Stepped(host, resource, number, total, None):
                watcher.started(host, resource, number, total)
            case Stepped(host, resource, _, _, status, text) if status is not None:
                watcher.ended(host, resource, status, text)
            case Through():
                _own(site, intent, message.plan, message.result.results)
                if message.facts is not None:
                    site.record.saw(message.plan.host, message.facts, now, practice=message.plan.practice)
                _file(site, intent, message.result, watcher)
                results[message.plan.host] = message.result
            case Said(host, event):
                watcher.said(host, event)
            case Waits(host, words):
                watcher.waits(host, words)
            case (str(host), Stage() as stage):
                watcher.stage(host, stage)


def _own(site: Site, intent: RunIntent, plan: HostPlan, results: Sequence[ResourceResult]) -> None:
    set_now, removed = owned_after(plan, results)
    if set_now or removed:
        site.record.own(plan.host, [replace(thing, run=intent.run) for thing in set_now], removed, site.clock.now())


def _file(site: Site, intent: RunIntent, result: HostResult, watcher: Watcher) -> None:
    site.record.finish_host(intent.run, result, site.clock.now())
    watcher.finished(result)


def _raise_bugs(futures: Sequence["Future[None]"]) -> None:
    for future in futures:
        if future.done():
            future.result()


def _hindered(plan: HostPlan, why: Hindrance) -> HostResult:
    return replace(
        judged(plan),
        outcome=why.outcome,
        verified=False,
        message=why.message,
        hint=f"{why.hint} See also: deskprov doctor {plan.host}",
    )
