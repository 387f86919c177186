"""Writes the log of a run, beside whoever watches it."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import TYPE_CHECKING

from deskprov.api.site import Site
from deskprov.errors import DeskprovError
from deskprov.model.plan import HostPlan
from deskprov.model.ports.progress import Stage, Watcher
from deskprov.model.ports.run_log import RunLog
from deskprov.model.result import HostResult, Status
from deskprov.model.run import RunIntent
from deskprov.version import __version__

if TYPE_CHECKING:
    from deskprov.model.playbook import TaskEvent


@contextmanager
def logged(site: Site, intent: RunIntent, watcher: Watcher) -> Iterator[Watcher]:
    """A watcher that writes all it is told to the log of the run, and then tells `watcher`."""
    with site.run_logs.open(intent.run) as log:
        _begin(log, intent)
        try:
            yield LoggedWatcher(watcher, log)
        except DeskprovError as error:
            log.write(f"the run was broken off: {error.message} {error.hint}")
            raise
        except BaseException as error:
            log.write(f"the run was broken off by {type(error).__name__}")
            raise
        log.write("the run has come to its end")


def _begin(log: RunLog, intent: RunIntent) -> None:
    commit = f", site at {intent.commit[:12]}{' and changes' if intent.dirty else ''}" if intent.commit else ""
    who = f"by {intent.by} on {intent.controller}, deskprov {__version__}"
    log.write(f"{intent.verb} {' '.join(intent.targets)}, {who}{commit}")
    if intent.plan:
        log.write(f"carries out the plan {intent.plan.digest} of {intent.plan.by}")


class LoggedWatcher:
    """Tells the log and then the watcher."""

    def __init__(self, watcher: Watcher, log: RunLog) -> None:
        self._watcher = watcher
        self._log = log

    def expects(self, host: str, tag: str, serial: str) -> None:
        """Only for the watcher."""
        self._watcher.expects(host, tag, serial)

    def warns(self, host: str, words: str) -> None:
        """Something is to be known about this machine."""
        self._log.write(f"{host}: warning: {words}")
        self._watcher.warns(host, words)

    def stage(self, host: str, stage: Stage) -> None:
        """A machine has come to this stage."""
        self._log.write(f"{host}: {stage}")
        self._watcher.stage(host, stage)

    def waits(self, host: str, words: str) -> None:
        """A machine waits for something."""
        self._log.write(f"{host}: {words}")
        self._watcher.waits(host, words)

    def planned(self, plans: Sequence[HostPlan], failed: Sequence[HostResult]) -> None:
        """All machines have been looked at."""
        for plan in plans:
            counts = ", ".join(f"{count} {action}" for action, count in plan.counts.items() if count)
            self._log.write(f"{plan.host}: {plan.profile}: {counts}")
        self._watcher.planned(plans, failed)

    def started(self, host: str, resource: str, number: int, total: int) -> None:
        """Work on a resource begins."""
        self._log.write(f"{host}: {number}/{total} {resource}: begins")
        self._watcher.started(host, resource, number, total)

    def said(self, host: str, event: "TaskEvent") -> None:
        """Ansible said this about a task."""
        words = f": {event.message}" if event.message else ""
        self._log.write(f"{host}: Ansible: {event.task}: {event.kind}{words}")
        self._watcher.said(host, event)

    def ended(self, host: str, resource: str, status: Status, message: str) -> None:
        """Work on a resource has ended, as Ansible sees it."""
        self._log.write(f"{host}: {resource}: {status}{f': {message}' if message else ''}")
        self._watcher.ended(host, resource, status, message)

    def finished(self, result: HostResult) -> None:
        """A machine is through."""
        told = [each for each in result.results if each.message or not (each.status is Status.OK and each.verified)]
        for each in told:
            words = f"{', verified' if each.verified else ''}{f': {each.message}' if each.message else ''}"
            self._log.write(f"{result.host}: {each.resource}: {each.status}{words}")
        if right := len(result.results) - len(told):
            self._log.write(f"{result.host}: {right} already right, verified")
        words = f"{result.words} {result.hint}".rstrip()
        self._log.write(f"{result.host}: through, {result.outcome}, after {result.seconds:.1f} s. {words}")
        self._watcher.finished(result)
