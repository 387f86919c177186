"""Writes runs as they go: what is intended, what was begun, what came of it, and what deskprov owns since."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from msgspec.structs import asdict
from sqlalchemy import Connection, Row, bindparam, delete, func, insert, select, update

from deskprov.adapters.database.chain import append
from deskprov.adapters.database.documents import ASSET, MACHINE, RUN
from deskprov.adapters.database.engine import Transactions
from deskprov.adapters.database.filing import file_sighting
from deskprov.adapters.database.processes import birth, own_birth
from deskprov.adapters.database.rows import add_events, key_of, locked_assets, update_asset
from deskprov.adapters.database.schema import assets, owned, run_machines, run_steps, runs
from deskprov.errors import RecordError
from deskprov.model.facts import Facts
from deskprov.model.log import LogKind
from deskprov.model.plan import HostPlan, Owned
from deskprov.model.result import HostResult, Outcome, ResourceResult, Status
from deskprov.model.run import BROKEN_OFF, UNDER_WAY, HostIntent, RunIntent, StepState, StepUpdate
from deskprov.model.sighting import set_up
from deskprov.version import __version__

REFUSAL_SECONDS = 2.0
"""How long a run that was refused waits for its turn to be filed: it holds up the person, and all who may work."""

_SETS_UP = frozenset({"setup", "apply"})


class DatabaseRecord:
    """The port `RunRecord`. Each method is one transaction."""

    def __init__(self, transactions: Transactions) -> None:
        self._transactions = transactions

    def begin(self, intent: RunIntent, machines: Sequence[HostIntent] = ()) -> None:
        """A run is about to start, in this process, with these machines; all of it or nothing."""
        with self._transactions.writing() as connection:
            _begin(connection, intent)
            _intend(connection, machines, intent.at)

    def file_refusal(
        self, intent: RunIntent, machines: Sequence[tuple[HostIntent, HostResult]], outcome: Outcome
    ) -> None:
        """A run was over before it began, with these results; all of it or nothing."""
        with self._transactions.writing(REFUSAL_SECONDS) as connection:
            _begin(connection, intent)
            _intend(connection, [intended for intended, _ in machines], intent.at)
            _end(connection, intent.run, [result for _, result in machines], intent.at)
            _finish(connection, intent.run, outcome, intent.at)

    def close_dead(self, controller: str, at: datetime) -> None:
        """Closes every run of this controller whose process is gone, as interrupted: what was under way is unknown."""
        mine = select(runs).where(runs.c.ended.is_(None), runs.c.controller == controller)
        with self._transactions.reading() as connection:
            open_runs = connection.execute(mine).all()
        births = {process: birth(process) for process in {run.process_id for run in open_runs}}
        dead = [run.id for run in open_runs if births[run.process_id] != run.process_birth]
        if dead:
            with self._transactions.writing() as connection:
                for run in connection.execute(mine.where(runs.c.id.in_(dead))).all():  # others close them, too
                    _close_dead(connection, run, at)

    def saw(self, host: str, facts: Facts, at: datetime, *, practice: bool) -> None:
        """Files what a machine said about itself in its asset record, which is made when there is none."""
        with self._transactions.writing() as connection:
            file_sighting(connection, host, facts, at, practice=practice)

    def looked(self, plans: Sequence[HostPlan], at: datetime) -> None:
        """Files what each of these machines said about itself, and forgets what was set on a system that is no more;
        all of it or nothing.
        """
        with self._transactions.writing() as connection:
            for plan in plans:
                if plan.gone:
                    _own(connection, plan.host, (), plan.gone, at)
                file_sighting(connection, plan.host, plan.facts, at, practice=plan.practice)

    def intend(self, intent: HostIntent) -> None:
        """These steps are about to be done on this machine."""
        with self._transactions.writing() as connection:
            _intend(connection, [intent], intent.at)

    def advance(self, updates: Sequence[StepUpdate]) -> None:
        """Steps got further; one transaction for the whole batch."""
        with self._transactions.writing() as connection:
            machines = {
                (run, host): _machine(connection, run, host)
                for run, host in dict.fromkeys((step.run, step.host) for step in updates)
            }
            for (run, host), machine in machines.items():
                mine = [step for step in updates if (step.run, step.host) == (run, host)]
                _add_steps(connection, machine, [(step.resource, "") for step in mine])
                _update_steps(connection, [_begun(machine, s) for s in mine if s.state is StepState.STARTED])
                _update_steps(connection, [_done(machine, s) for s in mine if s.state is StepState.DONE])
                append(connection, MACHINE, [machine], LogKind.MACHINE_ADVANCED, mine[-1].at)

    def finish_host(self, run: str, result: HostResult, at: datetime) -> None:
        """A machine is through, with every result; one taken from stock and brought to its profile is ready now."""
        with self._transactions.writing() as connection:
            _through(connection, run, [result], at)

    def finish(self, run: str, outcome: Outcome, at: datetime, machines: Sequence[HostResult] = ()) -> None:
        """The run has ended, and these machines are through with it; all of it or nothing."""
        with self._transactions.writing() as connection:
            _through(connection, run, machines, at)
            _finish(connection, run, outcome, at)

    def owned(self, host: str) -> Sequence[Owned]:
        """What deskprov has set on this machine and not removed since, in the order it was set."""
        with self._transactions.reading() as connection:
            rows = connection.execute(
                select(owned).join(assets).where(assets.c.host_key == key_of(host)).order_by(owned.c.id)
            )
            return [Owned(row.key, row.type, row.options, row.run) for row in rows]

    def own(self, host: str, set_now: Sequence[Owned], removed: Sequence[str], at: datetime) -> None:
        """Remembers what was set and forgets what was removed."""
        with self._transactions.writing() as connection:
            _own(connection, host, set_now, removed, at)


def _begin(connection: Connection, intent: RunIntent) -> None:
    process_id, process_birth = own_birth()
    plan = intent.plan
    row = connection.execute(
        insert(runs).values(
            run=intent.run,
            verb=intent.verb,
            at=intent.at,
            by=intent.by,
            controller=intent.controller,
            release=__version__,
            targets=tuple(intent.targets),
            hosts=tuple(intent.hosts),
            site_commit=intent.commit,
            dirty=intent.dirty,
            asked=asdict(intent.asked),
            continues=intent.continues or None,
            process_id=process_id,
            process_birth=process_birth,
            plan_digest=plan.digest if plan else None,
            plan_by=plan.by if plan else None,
            plan_made=plan.made if plan else None,
        )
    )
    append(connection, RUN, row.inserted_primary_key or (), LogKind.RUN_BEGUN, intent.at)


def _intend(connection: Connection, machines: Sequence[HostIntent], at: datetime | None) -> None:
    append(connection, MACHINE, [_intended(connection, each) for each in machines], LogKind.MACHINE_INTENDED, at)


def _intended(connection: Connection, intent: HostIntent) -> int:
    stated = {
        "profile": intent.profile,
        "profile_hash": intent.profile_hash,
        "practice": intent.practice,
        "intended": intent.at,
    }
    machine = _known_machine(connection, intent.run, intent.host)
    if machine is None:
        machine = _new_machine(connection, intent.run, intent.host, stated)
    else:
        connection.execute(update(run_machines).where(run_machines.c.id == machine).values(stated))
    _add_steps(connection, machine, intent.steps)
    return machine


def _end(connection: Connection, run: str, results: Sequence[HostResult], at: datetime) -> None:
    append(connection, MACHINE, [_ended(connection, run, each, at) for each in results], LogKind.MACHINE_ENDED, at)


def _ended(connection: Connection, run: str, result: HostResult, at: datetime) -> int:
    machine = _machine(connection, run, result.host)
    connection.execute(
        update(run_machines)
        .where(run_machines.c.id == machine)
        .values(
            outcome=result.outcome,
            verified=result.verified,
            seconds=result.seconds,
            message=result.words,
            hint=result.hint,
            ended=at,
        )
    )
    _end_steps(connection, machine, result.results, at)
    return machine


def _end_steps(connection: Connection, machine: int, results: Sequence[ResourceResult], at: datetime) -> None:
    """Of a step that nobody intended, one that was as wanted above all, the row is made with its end."""
    there = _steps(connection, machine)
    not_begun = {"action": "", "state": StepState.INTENDED, "ended": None}
    new = {r.resource: not_begun | _outcome(r, at) for r in results if r.resource not in there}
    _insert_steps(connection, machine, len(there), new)
    intended = [
        {"of_machine": machine, "of_resource": r.resource, **_outcome(r, at)} for r in results if r.resource in there
    ]
    _update_steps(connection, [row for row in intended if row["status"] is not Status.UNKNOWN])
    _update_steps(connection, [row for row in intended if row["status"] is Status.UNKNOWN])


def _through(connection: Connection, run: str, results: Sequence[HostResult], at: datetime) -> None:
    _end(connection, run, results, at)
    right = [each.host for each in results if each.outcome is Outcome.OK and each.verified]
    if right and connection.execute(select(runs.c.verb).where(runs.c.run == run)).scalar() in _SETS_UP:
        for host in right:
            _leave_stock(connection, run, host, at)


def _finish(connection: Connection, run: str, outcome: Outcome, at: datetime) -> None:
    connection.execute(update(runs).where(runs.c.run == run).values(outcome=outcome, ended=at))
    mine = connection.execute(select(runs.c.id).where(runs.c.run == run)).scalars().all()
    append(connection, RUN, mine, LogKind.RUN_ENDED, at)


def _close_dead(connection: Connection, run: Row[Any], at: datetime) -> None:
    mine = (run_machines.c.run_id == run.id) & run_machines.c.outcome.is_(None)
    machines = connection.execute(select(run_machines.c.id).where(mine)).scalars().all()
    under_way = run_steps.c.machine_id.in_(machines) & (run_steps.c.state == StepState.STARTED)
    values = {"status": Status.UNKNOWN, "message": UNDER_WAY, "reason": "not-known"}
    connection.execute(update(run_steps).where(under_way, run_steps.c.status.is_(None)).values(values))
    told = {"outcome": Outcome.INTERRUPTED, "message": BROKEN_OFF, "hint": f"deskprov run resume {run.run}"}
    connection.execute(update(run_machines).where(mine).values(**told, ended=at))
    append(connection, MACHINE, machines, LogKind.MACHINE_ENDED, at)
    connection.execute(update(runs).where(runs.c.id == run.id).values(outcome=Outcome.INTERRUPTED, ended=at))
    append(connection, RUN, [run.id], LogKind.RUN_ENDED, at)


def _own(connection: Connection, host: str, set_now: Sequence[Owned], removed: Sequence[str], at: datetime) -> None:
    asset_id = _asset_id(connection, host)
    if asset_id is None:
        raise RecordError(f"The record does not know {host} yet.", hint=f"deskprov plan {host} takes it in.")
    gone = {*removed, *(thing.key for thing in set_now)}
    connection.execute(delete(owned).where(owned.c.asset_id == asset_id, owned.c.key.in_(gone)))
    for thing in set_now:
        values = {"key": thing.key, "type": thing.type, "options": dict(thing.options), "run": thing.run}
        connection.execute(insert(owned).values(asset_id=asset_id, since=at, **values))
    append(connection, ASSET, [asset_id], LogKind.OWNED, at)


def _asset_id(connection: Connection, host: str) -> int | None:
    found: int | None = connection.execute(select(assets.c.id).where(assets.c.host_key == key_of(host))).scalar()
    return found


def _machine(connection: Connection, run: str, host: str) -> int:
    """The row of a machine in a run, made when there is none."""
    found = _known_machine(connection, run, host)
    return _new_machine(connection, run, host, {}) if found is None else found


def _known_machine(connection: Connection, run: str, host: str) -> int | None:
    query = select(run_machines.c.id).join(runs).where(runs.c.run == run, run_machines.c.host == host)
    found: int | None = connection.execute(query).scalar()
    return found


def _new_machine(connection: Connection, run: str, host: str, stated: Mapping[str, Any]) -> int:
    run_id = connection.execute(select(runs.c.id).where(runs.c.run == run)).scalar()
    if run_id is None:
        raise RecordError(f"The record does not know the run {run}.")
    nothing_yet = {"profile": "", "profile_hash": "", "practice": False, "message": "", "hint": ""}
    place = {"run_id": run_id, "host": host, "asset_id": _asset_id(connection, host)}
    values = {**place, "verified": False, "seconds": 0.0, **nothing_yet, **stated}
    [new] = connection.execute(insert(run_machines).values(values)).inserted_primary_key or (0,)
    return int(new)


def _add_steps(connection: Connection, machine: int, steps: Sequence[tuple[str, str]]) -> None:
    """Rows for those that have none yet, after those there are."""
    if not steps:
        return
    there = _steps(connection, machine)
    nothing_yet = {"state": StepState.INTENDED, "verified": False, "message": "", "reason": ""}
    new: dict[str, dict[str, Any]] = {}
    for resource, action in steps:
        if resource not in there:
            new.setdefault(resource, {"action": action, **nothing_yet})
    _insert_steps(connection, machine, len(there), new)


def _steps(connection: Connection, machine: int) -> frozenset[str]:
    return frozenset(
        connection.execute(select(run_steps.c.resource).where(run_steps.c.machine_id == machine)).scalars()
    )


def _insert_steps(connection: Connection, machine: int, after: int, new: Mapping[str, Mapping[str, Any]]) -> None:
    """Rows by resource, in this order, after those there are; all set the same columns."""
    rows = [
        {"machine_id": machine, "position": position, "resource": resource, **values}
        for position, (resource, values) in enumerate(new.items(), start=after + 1)
    ]
    if rows:
        connection.execute(insert(run_steps), rows)


def _update_steps(connection: Connection, rows: Sequence[Mapping[str, Any]]) -> None:
    """Each row names its step by `of_machine` and `of_resource`; all rows set the same columns."""
    if not rows:
        return
    columns: dict[str, Any] = {name: bindparam(name) for name in rows[0] if not name.startswith("of_")}
    if "ended" in columns:
        columns["ended"] = func.coalesce(run_steps.c.ended, bindparam("ended", type_=run_steps.c.ended.type))
    mine = (run_steps.c.machine_id == bindparam("of_machine")) & (run_steps.c.resource == bindparam("of_resource"))
    connection.execute(update(run_steps).where(mine).values(columns), rows)


def _begun(machine: int, step: StepUpdate) -> dict[str, Any]:
    return {"of_machine": machine, "of_resource": step.resource, "state": StepState.STARTED, "started": step.at}


def _done(machine: int, step: StepUpdate) -> dict[str, Any]:
    return {
        "of_machine": machine,
        "of_resource": step.resource,
        "state": StepState.DONE,
        "ended": step.at,
        "status": Status(step.status) if step.status else None,
        "verified": step.verified,
        "message": step.message,
        "reason": step.reason,
    }


def _outcome(result: ResourceResult, at: datetime) -> dict[str, Any]:
    """What a result says of its step. Of an unknown one whether it was begun is all that is known: its state stays."""
    told = {"status": result.status, "message": result.message, "reason": result.reason}
    if result.status is Status.UNKNOWN:
        return {**told, "verified": False}
    return {**told, "verified": result.verified, "state": StepState.DONE, "ended": at}


def _leave_stock(connection: Connection, run: str, host: str, at: datetime) -> None:
    for asset in locked_assets(connection, assets.c.host_key == key_of(host)):
        after, events = set_up(asset, run, at)
        if events:
            update_asset(connection, asset, after, at)
            add_events(connection, asset.id, events)
