"""Port to the record: runs and what deskprov set on each machine. Assets have a port of their own in `assets`."""

from collections.abc import Sequence
from datetime import datetime
from typing import Protocol

from deskprov.model.facts import Facts
from deskprov.model.plan import HostPlan, Owned
from deskprov.model.result import HostResult, Outcome
from deskprov.model.run import HostIntent, RunIntent, StepUpdate


class RunRecord(Protocol):
    """Written by one thread. Every method is durable when it returns; all raise `RecordError`."""

    def begin(self, intent: RunIntent, machines: Sequence[HostIntent] = ()) -> None:
        """A run is about to start, with these machines; all of it or nothing."""

    def close_dead(self, controller: str, at: datetime) -> None:
        """Closes every run of this controller whose process is gone, as interrupted: what was under way is unknown."""

    def file_refusal(
        self, intent: RunIntent, machines: Sequence[tuple[HostIntent, HostResult]], outcome: Outcome
    ) -> None:
        """A run was over before it began, with these results; all of it or nothing.

        Waits a moment only for others who write, and raises `RecordBusy` after that.
        """

    def saw(self, host: str, facts: Facts, at: datetime, *, practice: bool) -> None:
        """Files what a machine said about itself in its asset record, which is made when there is none."""

    def looked(self, plans: Sequence[HostPlan], at: datetime) -> None:
        """Files what each of these machines said about itself, and forgets what was set on a system that is no more;
        all of it or nothing.
        """

    def intend(self, intent: HostIntent) -> None:
        """These steps are about to be done on this machine."""

    def advance(self, updates: Sequence[StepUpdate]) -> None:
        """Steps got further; one transaction for the whole batch."""

    def finish_host(self, run: str, result: HostResult, at: datetime) -> None:
        """A machine is through, with every result."""

    def finish(self, run: str, outcome: Outcome, at: datetime, machines: Sequence[HostResult] = ()) -> None:
        """The run has ended, and these machines are through with it; all of it or nothing."""

    def owned(self, host: str) -> Sequence[Owned]:
        """What deskprov has set on this machine and not removed since."""

    def own(self, host: str, set_now: Sequence[Owned], removed: Sequence[str], at: datetime) -> None:
        """Remembers what was set and forgets what was removed."""
