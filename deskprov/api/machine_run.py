"""The changing part of a run on one machine: render, run Ansible, look again, conclude."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from deskprov.api.looking import Wishes, creations, look
from deskprov.api.rendering import RenderedRun
from deskprov.api.running import Job, failure
from deskprov.api.site import Site
from deskprov.errors import HostError, RunnerFailed, SecretUnavailable
from deskprov.model.facts import Facts
from deskprov.model.identity import is_same
from deskprov.model.plan import HostPlan, Owned
from deskprov.model.playbook import Halt, PlaybookOutcome, RunEnd, TaskEvent
from deskprov.model.ports.machine import HeldLock
from deskprov.model.ports.progress import Stage
from deskprov.model.result import HostResult, Outcome, ResourceResult, Status
from deskprov.model.task import ResourceTasks
from deskprov.stages.execute import results, step_of
from deskprov.stages.render import GUARD
from deskprov.stages.verify import all_verified, conclude, outcome


@dataclass(frozen=True, slots=True)
class Stepped:
    """A resource was begun (`status` None) or has ended, as Ansible says; `created` is what it is, if it is new."""

    host: str
    resource: str
    number: int
    total: int
    status: Status | None = None
    message: str = ""
    created: Owned | None = None


@dataclass(frozen=True, slots=True)
class Through:
    """A machine is through; `facts` are those of the second look, if there was one."""

    plan: HostPlan
    result: HostResult
    facts: Facts | None


@dataclass(frozen=True, slots=True)
class Said:
    """Ansible said something about a task; its values of secrets are taken out already."""

    host: str
    event: TaskEvent


Message = Stepped | Said | Through | tuple[str, Stage]
Post = Callable[[Message], None]


@dataclass(frozen=True, slots=True)
class MachineRun:
    """One machine with its plan, its lock and its playbook; `work` is called in a thread."""

    site: Site
    job: Job
    plan: HostPlan
    lock: HeldLock
    rendered: RenderedRun
    wishes: Wishes

    def work(self, post: Post, halt: Callable[[], Halt]) -> None:
        """Makes the planned changes and posts what happens; the last message is `Through`."""
        start = self.site.clock.monotonic()
        if halt():
            post(Through(self.plan, self._not_begun(), None))
            return
        try:
            through = self._through(post, halt, start)
        except (HostError, SecretUnavailable) as error:
            result = failure(self.job.host.name, error, self.site.clock.monotonic() - start)
            through = Through(self.plan, result, None)
        post(through)

    def _through(self, post: Post, halt: Callable[[], Halt], start: float) -> Through:
        host = self.job.host
        post((host.name, Stage.APPLYING))
        steps = _Steps(host.name, self.rendered.entries, creations(self.plan), post)
        ran, hint = self._play(steps, halt)
        steps.close()
        if _met_another(steps.events):
            return Through(self.plan, self._another(steps, ran, start), None)
        done = {result.resource: result for result in results(self.rendered.entries, steps.events, ran)}
        after, message = None, ""
        if halt() is not Halt.AT_ONCE:
            post((host.name, Stage.VERIFYING))
            after, message = self._look_again()
        seen = {change.resource.key: change for change in after.changes} if after else {}
        concluded = conclude(self.plan.changes, done, seen)
        result = HostResult(
            host=host.name,
            outcome=_outcome(ran, concluded),
            verified=all_verified(concluded),
            seconds=self.site.clock.monotonic() - start,
            results=concluded,
            message=ran.message or message,
            hint=hint,
        )
        return Through(self.plan, result, after.facts if after else None)

    def _play(self, steps: "_Steps", halt: Callable[[], Halt]) -> tuple[PlaybookOutcome, str]:
        """What has been done is looked at and recorded even when Ansible broke down in the middle."""
        try:
            return self.site.runner.run(self.rendered.job, self.lock, steps.take, halt), ""
        except RunnerFailed as error:
            return PlaybookOutcome(RunEnd.DIED, None, error.message), error.hint

    def _another(self, steps: "_Steps", ran: PlaybookOutcome, start: float) -> HostResult:
        name = self.job.host.name
        return HostResult(
            name,
            Outcome.REFUSED,
            verified=False,
            seconds=self.site.clock.monotonic() - start,
            results=results(self.rendered.entries, steps.events, ran),
            message=f"Another machine than the one looked at answers as {name} now. Nothing was changed on it.",
            hint=f"Find out which machine has the address: deskprov host show {name}",
        )

    def _not_begun(self) -> HostResult:
        return HostResult(
            self.job.host.name, Outcome.INTERRUPTED, False, 0.0, message="interrupted before it was begun"
        )

    def _look_again(self) -> tuple[HostPlan | None, str]:
        wishes = Wishes(clean=self.wishes.clean)
        try:
            after = look(self.site, self.job.host, self.job.profile, self.job.earlier, wishes)
        except HostError as error:
            return None, f"The second look failed: {error.message}"
        if not is_same(self.plan.facts, after.facts):
            return None, f"The second look met another machine under the name and key of {self.job.host.name}."
        return after, ""


class _Steps:
    """Turns Ansible's events into steps: a step has ended when the next begins, or the run does."""

    def __init__(self, host: str, entries: Sequence[ResourceTasks], created: Mapping[str, Owned], post: Post) -> None:
        self.events: list[TaskEvent] = []
        self._host = host
        self._entries = {entry.number: entry for entry in entries}
        self._created = created
        self._post = post
        self._current: ResourceTasks | None = None
        self._seen: list[TaskEvent] = []

    def take(self, event: TaskEvent) -> None:
        self.events.append(event)
        self._post(Said(self._host, event))
        number = step_of(event.task)
        entry = self._entries.get(number) if number is not None else None
        if entry is None:
            return
        if self._current is None or entry.number != self._current.number:
            self.close()
            self._current, self._seen = entry, []
            self._post(Stepped(self._host, entry.resource, entry.number, len(self._entries)))
        self._seen.append(event)

    def close(self) -> None:
        if self._current is None:
            return
        ended = PlaybookOutcome(RunEnd.CANCELLED, None)
        [result] = results([self._current], self._seen, ended)
        number, total = self._current.number, len(self._entries)
        created = self._created.get(result.resource)
        self._post(Stepped(self._host, result.resource, number, total, result.status, result.message, created))
        self._current = None


def _met_another(events: Sequence[TaskEvent]) -> bool:
    return any(event.task == GUARD and event.result.get("failed_when_result") is True for event in events)


def _outcome(ran: PlaybookOutcome, concluded: list[ResourceResult]) -> Outcome:
    if ran.end in (RunEnd.CANCELLED, RunEnd.HALTED):
        return Outcome.INTERRUPTED
    if ran.statistics is not None and ran.statistics.unreachable:
        return Outcome.UNREACHABLE
    if ran.end is not RunEnd.COMPLETED or ran.statistics is None:
        return Outcome.FAILED
    if ran.statistics.failed:
        # a resource's failure is caught in its block: this is one of a task that belongs to none
        return Outcome.FAILED
    return outcome(concluded)
