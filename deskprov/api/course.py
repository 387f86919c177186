"""How far one machine has come in a run."""

from msgspec import Struct, field

from deskprov.model.plan import HostPlan
from deskprov.model.result import Outcome, ResourceResult, Status

BEGUN = frozenset({Status.CHANGED, Status.UNKNOWN})
NOT_BEGUN = "not-begun"


class Stop(Struct, frozen=True):
    """Why nothing more is begun on a machine, and whether it is worth looking at it again.

    `another`: another machine answered in its place, so that nothing said of it since is so.
    """

    outcome: Outcome
    message: str = ""
    hint: str = ""
    in_reach: bool = True
    another: bool = False


class Course(Struct):
    """What became of each change so far (`done`, by key) and of each reboot, in order.

    `unrebooted` are keys of what has no effect yet, because the machine was not rebooted. `noted` is what the machine
    has been told to remember until it reboots. `steps` counts those that were come to.
    """

    plan: HostPlan
    done: dict[str, ResourceResult] = field(default_factory=dict)
    reboots: list[ResourceResult] = field(default_factory=list)
    unrebooted: set[str] = field(default_factory=set)
    noted: list[str] = field(default_factory=list)
    steps: int = 0
    stop: Stop | None = None

    def take(self, results: list[ResourceResult]) -> None:
        """Adds results, instead of earlier ones of the same."""
        self.done.update({result.resource: result for result in results})

    def may_have_changed(self, key: str) -> bool:
        """False for what certainly is as it was."""
        return key in self.done and self.done[key].status in BEGUN

    def close(self) -> None:
        """Everything that was not come to was not begun, and that is its result."""
        if self.stop is None:
            return
        why = {
            Outcome.INTERRUPTED: "the run was interrupted before",
            Outcome.UNREACHABLE: "the machine was no longer reached",
        }.get(self.stop.outcome, "the run ended before")
        left = [c.resource.key for s in self.plan.segments for c in s.changes if c.resource.key not in self.done]
        message = f"It was not begun: {why}."
        self.take([ResourceResult(key, Status.SKIPPED, message=message, reason=NOT_BEGUN) for key in left])
