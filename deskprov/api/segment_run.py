"""One segment of a machine's changes at a time: the playbook, the timed undo around it, the reboot after it."""

from collections.abc import Callable, Sequence

from msgspec import Struct
from msgspec.structs import replace

from deskprov.api.asking import ask_all, ask_one
from deskprov.api.course import Course, Stop
from deskprov.api.feed_turns import feed_turns
from deskprov.api.guarding import Guard, Verdict
from deskprov.api.looking import creations, to_execute
from deskprov.api.messages import Post, Stepped
from deskprov.api.rebooting import Rebooted, reboot
from deskprov.api.rendering import RenderedRun
from deskprov.api.site import Site
from deskprov.api.steps import Steps
from deskprov.errors import HostError, RunnerFailed, SecretUnavailable
from deskprov.model.inventory import Host
from deskprov.model.plan import Change, Reboot, Segment
from deskprov.model.platform import Platform
from deskprov.model.playbook import Halt, PlaybookOutcome, RunEnd, TaskEvent
from deskprov.model.ports.machine import HeldLock
from deskprov.model.ports.progress import Stage
from deskprov.model.result import REBOOT, Outcome, ResourceResult, Status
from deskprov.stages.execute import results
from deskprov.stages.reboot import MOST_REBOOTS, Lives, lives
from deskprov.stages.render import GUARD
from deskprov.stages.segments import held_back, waiting


class SegmentRun(Struct, frozen=True):
    """Makes the segments of one machine, in order; what comes of it is in `course`. `reboots`: whether it may."""

    site: Site
    host: Host
    lock: HeldLock
    render: Callable[[Sequence[Change]], RenderedRun]
    reboots: bool
    course: Course
    post: Post
    halt: Callable[[], Halt]

    def make(self, segment: Segment) -> None:
        """Makes its changes and reboots if that is needed. Raises `HostError`, `SecretUnavailable`."""
        back = held_back(segment.changes, self.course.done, self.course.unrebooted)
        self.course.take(back)
        kept_back = {result.resource for result in back}
        changes = [change for change in segment.changes if change.resource.key not in kept_back]
        if segment.guards and changes:
            self._make_guarded(replace(segment, changes=changes))
        elif changes:
            self._play_noted(segment, changes)
        if self.course.stop is None and not (segment.guards and segment.reboot is Reboot.YES):
            self._reboot_for(segment, self._reasons(segment))

    def _play_noted(self, segment: Segment, changes: Sequence[Change]) -> None:
        """Plays them, with a note on the machine of what it must reboot for, should we not come to that."""
        if segment.reboot is not Reboot.YES:
            self._play(changes)
            return
        owed = self.course.noted
        self._note(_once(*owed, *segment.because))
        try:
            self._play(changes)
        except (HostError, SecretUnavailable):  # nothing was begun
            self._note(owed)
            raise
        begun = _once(*owed, *(key for key in segment.because if self.course.may_have_changed(key)))
        if len(begun) < len(self.course.noted):
            self._take_note_back(begun)

    def _take_note_back(self, owed: Sequence[str]) -> None:
        """Leaves what is `owed` in the note. Why the run has ended is told even when the machine is not reached."""
        stop = self.course.stop
        if stop is not None and not stop.in_reach:
            return
        try:
            self._note(owed)
        except HostError:
            if stop is None:
                raise
            left = "It still has a note to reboot, though nothing was begun that needs it: the next run reboots it."
            self.course.stop = replace(stop, message=f"{stop.message} {left}".strip())

    def _note(self, reasons: Sequence[str]) -> None:
        ask_one(self.site, self.host, self._lives.note(reasons))
        self.course.noted = list(reasons)

    def _play(self, changes: Sequence[Change], seconds: float | None = None) -> bool:
        """False where an end was wanted before anything was begun; then, and where it raises, nothing was."""
        rendered = self.render(changes)
        with feed_turns(self.site, self.host.name, rendered.entries, self.post, self.halt) as come:
            if come:
                self._run(rendered, len(changes), seconds)
            else:
                self.course.stop = Stop(Outcome.INTERRUPTED)
            return come

    def _run(self, rendered: RenderedRun, count: int, seconds: float | None) -> None:
        job = rendered.job
        if seconds is not None:
            job = replace(job, step_seconds=min(job.step_seconds, seconds), run_seconds=min(job.run_seconds, seconds))
        total = len(to_execute(self.course.plan)) + sum(s.reboot is Reboot.YES for s in self.course.plan.segments)
        made = creations(self.course.plan)
        platform, before = Platform(self.course.plan.platform), self.course.steps
        steps = Steps(self.host.name, rendered.entries, made, self.post, platform=platform, before=before, total=total)
        hint = ""
        try:
            ran = self.site.runner.run(job, self.lock, steps.take, self.halt)
        except RunnerFailed as error:  # what has been done is looked at and recorded all the same
            ran, hint = PlaybookOutcome(RunEnd.DIED, None, error.message), error.hint
        steps.close()
        self.course.steps += count
        self.course.take(results(rendered.entries, steps.events, ran, platform))
        self.course.stop = _another(self.host.name) if _met_another(steps.events) else _stop(ran, hint)

    def _make_guarded(self, segment: Segment) -> None:
        by_reboot = segment.reboot is Reboot.YES
        if by_reboot and not self._may_reboot():
            message = "It could cut deskprov off and can be tried only by a reboot, which is not allowed in this run."
            self.course.take([waiting(change.resource.key, message) for change in segment.changes])
            return
        guard = Guard(self.site, self.host, segment)
        if problem := self._arm(guard):
            self._all(segment, Status.FAILED, f"It was not begun: no undo could be set up for it. {problem}", "no-undo")
            return
        if not self._play_guarded(guard, segment):
            return
        stop, kept_out = self.course.stop, None
        lost = stop is not None and stop.outcome is Outcome.UNREACHABLE
        against = stop.message if stop is not None and lost else "Ansible did not come to its end with it."
        if stop is None:
            against, kept_out = self._take_effect(guard, segment)
        self.post((self.host.name, Stage.CONFIRMING))
        verdict = guard.settle(keep=not against, against=against, kept_out=kept_out, halt=self.halt)
        self._judge(segment, verdict, checked=bool(against) and not lost)

    def _play_guarded(self, guard: Guard, segment: Segment) -> bool:
        """Whether it was begun. Where it was not, there is nothing to take back, and nothing to reboot for."""
        try:
            begun = self._play(segment.changes, guard.work_seconds)
        except (HostError, SecretUnavailable) as error:
            error.message = f"{error.message} {guard.stand_down()}".strip()
            raise
        if not begun and (words := guard.stand_down()):
            self.course.stop = Stop(Outcome.INTERRUPTED, words)
        return begun

    def _arm(self, guard: Guard) -> str:
        try:
            return guard.arm()
        except HostError as error:
            return error.message

    def _take_effect(self, guard: Guard, segment: Segment) -> tuple[str, HostError | None]:
        """What speaks against keeping it, and what a log-in met."""
        try:
            against = guard.take_effect()
        except HostError as error:
            return "", error
        reasons = self._reasons(segment) if segment.reboot is Reboot.YES else []
        rebooted = self._reboot_for(segment, reasons) if reasons and not against else None
        if rebooted is None or rebooted.status is Status.CHANGED:
            return against, None
        self.course.stop = None  # the undo may yet bring it back
        return "", HostError(self.host.name, rebooted.message, hint=rebooted.hint)

    def _judge(self, segment: Segment, verdict: Verdict, *, checked: bool) -> None:
        if verdict.settled is None and verdict.interrupted:
            self._all(segment, Status.UNKNOWN, "Interrupted before it was confirmed: the machine takes it back.", "")
            self.course.stop = Stop(Outcome.INTERRUPTED, in_reach=False)
        elif verdict.settled is None:
            message = f"{verdict.cause} It should have been taken back by now, but the machine does not say so."
            self._all(segment, Status.UNKNOWN, message, "way-in-lost")
            self.course.stop = Stop(Outcome.UNREACHABLE, message, "Look at the machine itself.", in_reach=False)
        elif not verdict.settled.kept:
            lost = (
                "It was taken back: "
                if checked
                else "With this, deskprov could not come in any more, and the machine took it back by itself: "
            )
            rest = "".join(f" Not restored: {problem}." for problem in verdict.settled.problems)
            self._all(
                segment, Status.FAILED, f"{lost}{verdict.cause}{rest}", "way-in-check" if checked else "way-in-lost"
            )
            if self.course.stop is not None and self.course.stop.outcome is Outcome.UNREACHABLE:
                self.course.stop = None

    def _all(self, segment: Segment, status: Status, message: str, reason: str) -> None:
        """The same result for all of a segment that have not failed by themselves."""
        keys = [change.resource.key for change in segment.changes]
        done = self.course.done
        open_ = [key for key in keys if key not in done or done[key].status not in (Status.FAILED, Status.SKIPPED)]
        self.course.take([ResourceResult(key, status, message=message, reason=reason) for key in open_])

    def _reasons(self, segment: Segment) -> list[str]:
        """What the machine must be rebooted for now, if it must."""
        changed = [key for key in segment.because if self.course.may_have_changed(key)]
        if segment.reboot is Reboot.YES and not segment.changes:
            self.course.noted = list(segment.because)  # by an earlier run
            return list(segment.because)
        if segment.reboot is Reboot.MAYBE and changed:
            return list(self._lives.read(ask_all(self.site, self.host, self._lives.look)).wanted)
        return changed if segment.reboot is Reboot.YES else []

    def _reboot_for(self, segment: Segment, reasons: Sequence[str]) -> Rebooted | None:
        if not reasons:
            return None
        key, why = f"{REBOOT}/{len(self.course.reboots) + 1}", ", ".join(reasons)
        if not self._may_reboot():
            self.course.unrebooted.update(segment.because)
            self.course.reboots.append(waiting(key, self._must(why)))
            return None
        total = len(to_execute(self.course.plan)) + sum(s.reboot is Reboot.YES for s in self.course.plan.segments)
        self.course.steps += 1
        self.post((self.host.name, Stage.REBOOTING))
        self.post(Stepped(self.host.name, key, self.course.steps, max(total, self.course.steps)))
        ended = reboot(self.site, self.host, self._lives, why, self.halt)
        result = ResourceResult(key, ended.status, ended.status is Status.CHANGED, ended.message, ended.reason)
        self.course.reboots.append(result)
        self.post(Stepped(self.host.name, key, self.course.steps, total, ended.status, ended.message))
        match ended.reason:
            case "":
                self.course.noted = []
            case "reboot-failed":
                self.course.unrebooted.update(segment.because)
            case "not-returned":
                self.course.stop = Stop(Outcome.UNREACHABLE, ended.message, ended.hint, in_reach=False)
            case _:
                self.course.stop = Stop(Outcome.INTERRUPTED, in_reach=False)
        return ended

    @property
    def _lives(self) -> Lives:
        return lives(Platform(self.course.plan.platform))

    def _may_reboot(self) -> bool:
        return self.reboots and sum(r.status is not Status.WAITING for r in self.course.reboots) < MOST_REBOOTS

    def _must(self, why: str) -> str:
        if not self.reboots:
            return f"The machine must be rebooted for {why}; this run may not do it."
        return f"The machine must be rebooted for {why}, but it was rebooted {MOST_REBOOTS} times in this run already."


def _once(*keys: str) -> list[str]:
    return list(dict.fromkeys(keys))


def _stop(ran: PlaybookOutcome, hint: str) -> Stop | None:
    if ran.end in (RunEnd.CANCELLED, RunEnd.HALTED):
        return Stop(Outcome.INTERRUPTED, ran.message, hint)
    if ran.statistics is not None and ran.statistics.unreachable:
        return Stop(Outcome.UNREACHABLE, ran.message, hint)
    if ran.end is not RunEnd.COMPLETED or ran.statistics is None or ran.statistics.failed:
        # a resource's failure is caught in its block: one that Ansible counts is of a task that belongs to none
        return Stop(Outcome.FAILED, ran.message, hint)
    return None


def _met_another(events: Sequence[TaskEvent]) -> bool:
    return any(event.task == GUARD and event.result.get("failed_when_result") is True for event in events)


def _another(name: str) -> Stop:
    return Stop(
        Outcome.REFUSED,
        f"Another machine than the one looked at answers as {name} now. Nothing was changed on it.",
        f"Find out which machine has the address: deskprov host show {name}",
        in_reach=False,
        another=True,
    )
