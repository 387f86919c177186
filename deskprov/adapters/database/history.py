"""Reads runs back. A run without an end whose process is gone was interrupted."""

from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import Connection, Row, Select, func, or_, select

from deskprov.adapters.database.engine import Transactions
from deskprov.adapters.database.processes import birth
from deskprov.adapters.database.rows import assets_where, key_of
from deskprov.adapters.database.schema import assets, run_machines, run_steps, runs
from deskprov.model.history import HostRun, RunDetail, RunState, RunSummary, StepRecord
from deskprov.model.result import Outcome
from deskprov.model.run import Asked, PlanReference


class DatabaseHistory:
    """The port `RunHistory`. `controller` is this computer's name: of the processes of others nothing can be said."""

    def __init__(self, transactions: Transactions, controller: str) -> None:
        self._transactions = transactions
        self._controller = controller

    def runs(self, limit: int) -> Sequence[RunSummary]:
        """The latest runs, newest first."""
        with self._transactions.reading() as connection:
            return self._summaries(connection, _newest(select(runs)).limit(limit))

    def run(self, name: str) -> RunDetail | None:
        """A run by its id or the beginning of it (the latest that fits)."""
        with self._transactions.reading() as connection:
            query = _newest(select(runs).where(runs.c.run.startswith(name, autoescape=True))).limit(1)
            found = self._summaries(connection, query)
            if not found:
                return None
            machines = connection.execute(select(run_machines).join(runs).where(runs.c.run == found[0].run)).all()
            begun = {row.host: row for row in machines}
            steps = _steps(connection, machines)
        order = [*found[0].hosts, *(host for host in begun if host not in found[0].hosts)]
        hosts = [
            _host_run(begun[host], found[0], steps) if host in begun else _not_begun(host, found[0]) for host in order
        ]
        return RunDetail(found[0], hosts)

    def of_host(self, host: str, limit: int) -> Sequence[HostRun]:
        """The latest runs of one machine, newest first, also those under an earlier name of it."""
        with self._transactions.reading() as connection:
            by_name = (run_machines.c.host == host) & run_machines.c.asset_id.is_(None)
            known = assets_where(connection, assets.c.host_key == key_of(host))
            mine = or_(by_name, *(run_machines.c.asset_id == asset.id for asset in known))
            machines = connection.execute(_newest(select(run_machines).join(runs).where(mine)).limit(limit)).all()
            wanted = _newest(select(runs).where(runs.c.id.in_([row.run_id for row in machines])))
            ids = [row.id for row in connection.execute(wanted)]
            summaries = dict(zip(ids, self._summaries(connection, wanted), strict=True))
            steps = _steps(connection, machines)
        return [_host_run(row, summaries[row.run_id], steps) for row in machines]

    def _summaries(self, connection: Connection, query: Select[Any]) -> list[RunSummary]:
        rows = connection.execute(query).all()
        counts: dict[int, dict[str, int]] = {row.id: {} for row in rows}
        counting = (
            select(run_machines.c.run_id, run_machines.c.outcome, func.count())
            .where(run_machines.c.run_id.in_(counts), run_machines.c.outcome.is_not(None))
            .group_by(run_machines.c.run_id, run_machines.c.outcome)
        )
        for run_id, outcome, count in connection.execute(counting):
            counts[run_id][outcome.value] = count
        return [self._summary(row, counts[row.id]) for row in rows]

    def _summary(self, row: Row[Any], outcomes: Mapping[str, int]) -> RunSummary:
        state = self._state(row)
        return RunSummary(
            run=row.run,
            verb=row.verb,
            at=row.at,
            ended=row.ended,
            by=row.by,
            controller=row.controller,
            targets=row.targets,
            hosts=row.hosts,
            commit=row.site_commit,
            dirty=row.dirty,
            state=state,
            outcome=Outcome.INTERRUPTED if state is RunState.INTERRUPTED else row.outcome,
            outcomes=outcomes,
            asked=_asked(row.asked),
            continues=row.continues or "",
            plan=PlanReference(row.plan_digest, row.plan_by, row.plan_made) if row.plan_digest else None,
        )

    def _state(self, row: Row[Any]) -> RunState:
        if row.ended is not None:
            return RunState.INTERRUPTED if row.outcome is Outcome.INTERRUPTED else RunState.ENDED
        gone = row.controller == self._controller and birth(row.process_id) != row.process_birth
        return RunState.INTERRUPTED if gone else RunState.RUNNING


def _asked(told: Mapping[str, Any] | None) -> Asked | None:
    if told is None:
        return None
    return Asked(told["profile"], told["clean"], tuple(told["blind"]), tuple(told["reset"]), told.get("reboots", True))


def _newest(query: Select[Any]) -> Select[Any]:
    # not by the time of day, which a clock that was set back has twice
    return query.order_by(runs.c.id.desc())


def _not_begun(host: str, summary: RunSummary) -> HostRun:
    interrupted = summary.state is RunState.INTERRUPTED
    return HostRun(host, summary, outcome=Outcome.INTERRUPTED if interrupted else None)


def _host_run(row: Row[Any], summary: RunSummary, steps: Mapping[int, Sequence[StepRecord]]) -> HostRun:
    return HostRun(
        host=row.host,
        summary=summary,
        profile=row.profile,
        profile_hash=row.profile_hash,
        practice=row.practice,
        outcome=row.outcome or _not_begun(row.host, summary).outcome,
        verified=row.verified,
        seconds=row.seconds,
        message=row.message,
        hint=row.hint,
        ended=row.ended,
        steps=steps[row.id],
    )


def _steps(connection: Connection, machines: Sequence[Row[Any]]) -> dict[int, list[StepRecord]]:
    steps: dict[int, list[StepRecord]] = {row.id: [] for row in machines}
    query = select(run_steps).where(run_steps.c.machine_id.in_(steps)).order_by(run_steps.c.position)
    for row in connection.execute(query):
        steps[row.machine_id].append(
            StepRecord(
                resource=row.resource,
                action=row.action,
                state=row.state,
                started=row.started,
                ended=row.ended,
                status=row.status,
                verified=row.verified,
                message=row.message,
                reason=row.reason,
            )
        )
    return steps
