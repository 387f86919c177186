"""The changing part of a run on one machine: segment by segment, then look again, conclude."""

from collections.abc import Callable, Sequence

from msgspec import Struct
from msgspec.structs import replace

from deskprov.api.course import Course, Stop
from deskprov.api.handing_over import as_it_was
from deskprov.api.looking import Wishes, look
from deskprov.api.messages import Post, Through
from deskprov.api.rendering import RenderedRun, render_run
from deskprov.api.running import Job, failure
from deskprov.api.segment_run import SegmentRun
from deskprov.api.site import Site
from deskprov.errors import HostError, SecretUnavailable
from deskprov.model.identity import is_same
from deskprov.model.plan import Change, HostPlan
from deskprov.model.playbook import Halt
from deskprov.model.ports.machine import HeldLock
from deskprov.model.ports.progress import Stage
from deskprov.model.result import HostResult, Outcome
from deskprov.model.secret import SecretRef
from deskprov.stages.verify import all_verified, conclude, outcome


class MachineRun(Struct, frozen=True):
    """One machine with its plan and its lock; `work` is called in a thread. Raises nothing that is not a bug."""

    site: Site
    job: Job
    plan: HostPlan
    lock: HeldLock
    wishes: Wishes
    verbosity: int = 0

    def prepare(self) -> Sequence[SecretRef]:
        """Makes every playbook once, so that what cannot work is known before anything is begun; the secrets they need.

        Raises `HostError` when a file of the site has changed since the plan was made.
        """
        rendered = [self._rendered(segment.changes) for segment in self.plan.segments if segment.changes]
        return [secret for each in rendered for secret in each.job.secrets]

    def work(self, post: Post, halt: Callable[[], Halt]) -> None:
        """Makes the planned changes and posts what happens; the last message is `Through`."""
        start = self.site.clock.monotonic()
        if halt():
            post(Through(self.plan, self._not_begun(), None))
            return
        course = Course(self.plan)
        post((self.job.host.name, Stage.APPLYING))
        try:
            self._make(course, post, halt)
        except (HostError, SecretUnavailable) as error:
            failed = failure(self.job.host.name, error, self.site.clock.monotonic() - start)
            if not course.done:
                post(Through(self.plan, failed, None))
                return
            course.stop = Stop(failed.outcome, failed.message, failed.hint)
        post(self._concluded(course, post, halt, start))

    def _make(self, course: Course, post: Post, halt: Callable[[], Halt]) -> None:
        reboots = self.wishes.reboots and self.site.settings.reboots == "allowed"
        at_work = SegmentRun(self.site, self.job.host, self.lock, self._rendered, reboots, course, post, halt)
        for segment in self.plan.segments:
            if course.stop is None and halt():
                course.stop = Stop(Outcome.INTERRUPTED)
            if course.stop is None:
                at_work.make(segment)

    def _concluded(self, course: Course, post: Post, halt: Callable[[], Halt], start: float) -> Through:
        course.close()
        stop = course.stop or Stop(Outcome.OK)
        after, trouble = None, ""
        if stop.in_reach and halt() is not Halt.AT_ONCE:
            post((self.job.host.name, Stage.VERIFYING))
            after, trouble = self._look_again()
        seen = {change.resource.key: change for change in after.changes} if after else {}
        made = conclude(self.plan.changes, course.done, seen) if not stop.another else list(course.done.values())
        concluded = [*made, *course.reboots]
        result = HostResult(
            host=self.job.host.name,
            outcome=outcome(concluded) if course.stop is None else stop.outcome,
            verified=all_verified(concluded),
            seconds=self.site.clock.monotonic() - start,
            results=concluded,
            message=stop.message or trouble,
            hint=stop.hint,
        )
        if after is not None:
            result = as_it_was(self.site, self.job.host, result, after.facts)
        return Through(self.plan, result, after.facts if after else None)

    def _rendered(self, changes: Sequence[Change]) -> RenderedRun:
        made = render_run(self.site, self.job.host, self.job.profile, changes, self.plan.facts)
        return replace(made, job=replace(made.job, verbosity=self.verbosity))

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
