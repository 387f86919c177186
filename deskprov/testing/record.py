"""The record in memory: runs, assets and history, with the same rules as the database."""

from collections import Counter
from collections.abc import Hashable, Mapping, Sequence
from datetime import datetime
from typing import Any, TypeVar

from msgspec.structs import replace

from deskprov.errors import NoHostMatched, RecordBusy, RecordError
from deskprov.model.asset import Asset, differences, first_values, meant
from deskprov.model.facts import Facts
from deskprov.model.history import (
    AssetEvent,
    FactChange,
    HostRun,
    RunDetail,
    RunState,
    RunSummary,
    SeenSoftware,
    SeenUser,
    Sightings,
    StepRecord,
)
from deskprov.model.identity import serial_of
from deskprov.model.plan import HostPlan, Owned
from deskprov.model.ports.assets import AssetChange
from deskprov.model.result import HostResult, Outcome, Status
from deskprov.model.run import BROKEN_OFF, UNDER_WAY, HostIntent, RunIntent, StepState, StepUpdate
from deskprov.model.sighting import (
    accounts,
    fact_changes,
    fact_data,
    facts_from,
    gives_way,
    identify,
    is_news,
    new_asset,
    packages,
    set_up,
)


class MemoryRecord:
    """`RunRecord`, `AssetStore` and `RunHistory` in memory.

    `interrupted` names runs whose process shall be gone; while it is `busy` no refusal can be filed.
    """

    def __init__(self) -> None:
        self.interrupted: set[str] = set()
        self.busy = False
        self._assets: dict[int, Asset] = {}
        self._events: dict[int, list[AssetEvent]] = {}
        self._sightings: dict[int, Sightings] = {}
        self._changes: dict[int, list[FactChange]] = {}
        self._owned: dict[int, dict[str, Owned]] = {}
        self._runs: dict[str, RunSummary] = {}
        self._machines: dict[tuple[str, str], HostRun] = {}
        self._asset_of: dict[tuple[str, str], int] = {}

    # RunRecord

    def begin(self, intent: RunIntent, machines: Sequence[HostIntent] = ()) -> None:
        """Opens a run."""
        self._runs[intent.run] = RunSummary(
            run=intent.run,
            verb=intent.verb,
            at=intent.at,
            ended=None,
            by=intent.by,
            controller=intent.controller,
            targets=tuple(intent.targets),
            hosts=tuple(intent.hosts),
            commit=intent.commit,
            dirty=intent.dirty,
            state=RunState.RUNNING,
            outcome=None,
            asked=intent.asked,
            continues=intent.continues,
            plan=intent.plan,
        )
        for intended in machines:
            self.intend(intended)

    def file_refusal(
        self, intent: RunIntent, machines: Sequence[tuple[HostIntent, HostResult]], outcome: Outcome
    ) -> None:
        """Opens and closes a run. Raises `RecordBusy` while `busy` says so."""
        if self.busy:
            raise RecordBusy("The record is busy.")
        self.begin(intent)
        for intended, result in machines:
            self.intend(intended)
            self.finish_host(intent.run, result, intent.at)
        self.finish(intent.run, outcome, intent.at)

    def close_dead(self, controller: str, at: datetime) -> None:
        """Closes what `interrupted` names."""
        mine = {run.run for run in self._runs.values() if run.ended is None and run.controller == controller}
        for run in self.interrupted & mine:
            for (name, host), machine in list(self._machines.items()):
                if name == run and machine.outcome is None:
                    self._close_dead_machine(run, host, at)
            self.finish(run, Outcome.INTERRUPTED, at)

    def _close_dead_machine(self, run: str, host: str, at: datetime) -> None:
        for step in self._machine(run, host).steps:
            if step.state is StepState.STARTED and step.status is None:
                self._step(run, host, step.resource, status=Status.UNKNOWN, message=UNDER_WAY, reason="not-known")
        self._machines[run, host] = replace(
            self._machine(run, host),
            outcome=Outcome.INTERRUPTED,
            message=BROKEN_OFF,
            hint=f"deskprov run resume {run}",
            ended=at,
        )

    def saw(self, host: str, facts: Facts, at: datetime, *, practice: bool) -> None:
        """Files a look at a machine."""
        asset = self._with("host", host)[:1]
        if asset and gives_way(asset[0], practice=practice):
            self._store(replace(asset.pop(), host=""), at)
        events: Sequence[AssetEvent] = []
        if not asset:
            serial = serial_of(facts)
            new, events = new_asset(host, self._with("serial", serial) if serial else [], at, practice=practice)
            asset = [self._store(new, at)]
        after, learned = identify(asset[0], facts, at, practice=practice)
        changed = replace(asset[0], last_seen=at) != after
        stored = self._store(after, at) if changed else replace(asset[0], last_seen=at)
        self._assets[stored.id] = stored
        told = self.events(stored)
        self._events[stored.id] += [event for event in [*events, *learned] if is_news(event, told)]
        self._look(stored.id, facts, at)

    def looked(self, plans: Sequence[HostPlan], at: datetime) -> None:
        """Files looks at machines."""
        for plan in plans:
            if plan.gone:
                self.own(plan.host, (), plan.gone, at)
            self.saw(plan.host, plan.facts, at, practice=plan.practice)

    def intend(self, intent: HostIntent) -> None:
        """Writes down what is about to be done."""
        machine = replace(
            self._machine(intent.run, intent.host),
            profile=intent.profile,
            profile_hash=intent.profile_hash,
            practice=intent.practice,
            steps=[StepRecord(resource, action, StepState.INTENDED) for resource, action in intent.steps],
        )
        self._machines[intent.run, intent.host] = machine

    def advance(self, updates: Sequence[StepUpdate]) -> None:
        """Writes down how far steps came."""
        for update in updates:
            if update.state is StepState.STARTED:
                self._step(update.run, update.host, update.resource, state=update.state, started=update.at)
            elif update.state is StepState.DONE:
                self._step(
                    update.run,
                    update.host,
                    update.resource,
                    state=update.state,
                    ended=update.at,
                    status=Status(update.status) if update.status else None,
                    verified=update.verified,
                    message=update.message,
                    reason=update.reason,
                )

    def finish_host(self, run: str, result: HostResult, at: datetime) -> None:
        """Closes a machine in a run."""
        for each in result.results:
            values = {"status": each.status, "message": each.message, "reason": each.reason}
            if each.status is Status.UNKNOWN:
                self._step(run, result.host, each.resource, verified=False, **values)
            else:
                ended = self._step(run, result.host, each.resource).ended or at
                done = {"state": StepState.DONE, "ended": ended, "verified": each.verified}
                self._step(run, result.host, each.resource, **done, **values)
        self._machines[run, result.host] = replace(
            self._machine(run, result.host),
            outcome=result.outcome,
            verified=result.verified,
            seconds=result.seconds,
            message=result.words,
            hint=result.hint,
            ended=at,
        )
        if result.outcome is Outcome.OK and result.verified and self._runs[run].verb in ("setup", "apply"):
            for asset in self._with("host", result.host):
                after, events = set_up(asset, run, at)
                if events:
                    self._events[self._store(after, at).id] += events

    def finish(self, run: str, outcome: Outcome, at: datetime, machines: Sequence[HostResult] = ()) -> None:
        """Closes machines in a run, and the run."""
        for result in machines:
            self.finish_host(run, result, at)
        state = RunState.INTERRUPTED if outcome is Outcome.INTERRUPTED else RunState.ENDED
        self._runs[run] = replace(self._runs[run], outcome=outcome, ended=at, state=state)

    def owned(self, host: str) -> Sequence[Owned]:
        """What was set, in order."""
        return [thing for asset in self._with("host", host) for thing in self._owned.get(asset.id, {}).values()]

    def own(self, host: str, set_now: Sequence[Owned], removed: Sequence[str], at: datetime) -> None:
        """Remembers and forgets. Raises `RecordError` for a machine nobody saw."""
        found = self._with("host", host)
        if not found:
            raise RecordError(f"The record does not know {host} yet.")
        mine = self._owned.setdefault(found[0].id, {})
        for key in [*removed, *(thing.key for thing in set_now)]:
            mine.pop(key, None)
        mine.update({thing.key: thing for thing in set_now})

    # AssetStore

    def find(self, name: str) -> Asset | None:
        """By host name, tag or serial number. Raises `NoHostMatched` for a shared serial number."""
        for field in ("host", "tag", "serial") if name.strip() else ():
            found = meant(self._with(field, name.strip()))
            if len(found) > 1:
                raise NoHostMatched(f"The serial number {name} belongs to several.")
            if found:
                return found[0]
        return None

    def find_host(self, tag_or_serial: str) -> str | None:
        """The host name of what `find` gives."""
        asset = self.find(tag_or_serial)
        return asset.host or None if asset else None

    def all(self) -> Sequence[Asset]:
        """All, by name."""
        return sorted(self._assets.values(), key=lambda a: (a.host.casefold(), a.tag.casefold(), a.serial.casefold()))

    def save(self, changes: Sequence[AssetChange], at: datetime, by: str) -> Sequence[Asset]:
        """All or none. Raises `RecordError` for what was changed meanwhile, and for taken names."""
        replaced = {change.before.id for change in changes if change.before}
        for change in changes:
            if change.before and self._assets[change.before.id].revision != change.before.revision:
                raise RecordError(f"{change.before.label} was changed by someone else in the meantime.")
        for field in ("host", "tag"):
            kept = [asset for asset in self._assets.values() if asset.id not in replaced]
            names = [
                (asset.practice and field == "tag", getattr(asset, field).casefold())
                for asset in [*kept, *(change.after for change in changes)]
                if getattr(asset, field)
            ]
            if len(set(names)) < len(names):
                raise RecordError("The record already has this: host names and tags belong to one asset each.")
        return [self._save(change, at, by) for change in changes]

    def log(self, asset: Asset, event: AssetEvent) -> None:
        """Adds an event."""
        self._events[asset.id].append(event)

    def events(self, asset: Asset) -> Sequence[AssetEvent]:
        """Newest first."""
        return self._events[asset.id][::-1]

    def sightings(self, asset: Asset) -> Sightings | None:
        """The last look."""
        return self._sightings.get(asset.id)

    def fact_changes(self, asset: Asset) -> Sequence[FactChange]:
        """Newest first."""
        return self._changes.get(asset.id, [])[::-1]

    # RunHistory

    def runs(self, limit: int) -> Sequence[RunSummary]:
        """The latest, newest first."""
        newest = list(self._runs.values())[::-1]
        return [self._summary(summary.run) for summary in newest[:limit]]

    def run(self, name: str) -> RunDetail | None:
        """By the beginning of its id."""
        for summary in self.runs(len(self._runs)):
            if summary.run.startswith(name):
                begun = [host for run, host in self._machines if run == summary.run]
                hosts = dict.fromkeys([*summary.hosts, *begun])
                return RunDetail(summary, [self._host_run(summary, host) for host in hosts])
        return None

    def of_host(self, host: str, limit: int) -> Sequence[HostRun]:
        """The latest of one machine, newest first."""
        ids = {asset.id for asset in self._with("host", host)}
        return [
            self._host_run(summary, name)
            for summary in self.runs(len(self._runs))
            for run, name in self._machines
            if run == summary.run
            and (self._asset_of[run, name] in ids or (name == host and not self._asset_of[run, name]))
        ][:limit]

    # what they share

    def _with(self, field: str, name: str) -> list[Asset]:
        return [asset for asset in self._assets.values() if getattr(asset, field).casefold() == name.casefold()]

    def _store(self, asset: Asset, at: datetime) -> Asset:
        new_id = asset.id or len(self._assets) + 1
        created = asset.created if asset.id else at
        self._assets[new_id] = replace(asset, id=new_id, revision=asset.revision + 1, created=created, updated=at)
        self._events.setdefault(new_id, [])
        return self._assets[new_id]

    def _save(self, change: AssetChange, at: datetime, by: str) -> Asset:
        changed = differences(change.before, change.after) if change.before else first_values(change.after)
        if change.before and not changed:
            return change.before
        last_seen = self._assets[change.before.id].last_seen if change.before else None
        stored = self._store(replace(change.after, last_seen=last_seen), at)
        self._events[stored.id].append(AssetEvent(at, by, change.kind, detail=changed))
        return stored

    def _look(self, asset_id: int, facts: Facts, at: datetime) -> None:
        before = self._sightings.get(asset_id, Sightings(at, Facts()))
        changes = fact_changes(fact_data(before.facts), fact_data(facts), at)
        self._changes.setdefault(asset_id, []).extend(changes)
        software = {(p.name, p.version): SeenSoftware(p.name, p.version, at, at) for p in packages(facts)}
        known = accounts(facts)
        users = {u.name: SeenUser(u.name, u.full_name, u.administrator, at, at) for u in known or ()}
        self._sightings[asset_id] = Sightings(
            at,
            facts_from(fact_data(facts)),
            _merged({(s.name, s.version): s for s in before.software}, software) if software else before.software,
            _merged({u.name: u for u in before.users}, users) if known is not None else before.users,
        )

    def _machine(self, run: str, host: str) -> HostRun:
        if run not in self._runs:
            raise RecordError(f"The record does not know the run {run}.")
        if (run, host) not in self._machines:
            self._machines[run, host] = HostRun(host, self._runs[run])
            self._asset_of[run, host] = next((asset.id for asset in self._with("host", host)), 0)
        return self._machines[run, host]

    def _step(self, run: str, host: str, resource: str, **values: Any) -> StepRecord:
        machine = self._machine(run, host)
        steps = {step.resource: step for step in machine.steps}
        steps[resource] = replace(steps.get(resource, StepRecord(resource, "", StepState.INTENDED)), **values)
        self._machines[run, host] = replace(machine, steps=list(steps.values()))
        return steps[resource]

    def _summary(self, run: str) -> RunSummary:
        outcomes = [m.outcome.value for (name, _), m in self._machines.items() if name == run and m.outcome]
        counted = replace(self._runs[run], outcomes=dict(Counter(outcomes)))
        if run in self.interrupted and counted.ended is None:
            return replace(counted, state=RunState.INTERRUPTED, outcome=Outcome.INTERRUPTED)
        return counted

    def _host_run(self, summary: RunSummary, host: str) -> HostRun:
        machine = self._machines.get((summary.run, host), HostRun(host, summary))
        interrupted = Outcome.INTERRUPTED if summary.state is RunState.INTERRUPTED else None
        return replace(machine, summary=summary, outcome=machine.outcome or interrupted)


_Key = TypeVar("_Key", bound=Hashable)
_Seen = TypeVar("_Seen", SeenSoftware, SeenUser)


def _merged(before: Mapping[_Key, _Seen], now: Mapping[_Key, _Seen]) -> list[_Seen]:
    there: list[_Seen] = [replace(item, first_seen=before.get(key, item).first_seen) for key, item in now.items()]
    gone: list[_Seen] = [replace(item, present=False) for key, item in before.items() if key not in now]
    return sorted(there + gone, key=lambda item: (not item.present, item.name))
