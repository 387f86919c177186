"""The order in which a machine's changes are made: split where it must reboot, and our own way in last."""

from collections.abc import Callable, Collection, Mapping, Sequence

from deskprov.model.plan import Change, Reboot, Segment
from deskprov.model.result import ResourceResult, Status

WAITS = "needs-reboot"

NOT_DONE = frozenset({Status.FAILED, Status.SKIPPED, Status.UNKNOWN, Status.WAITING})


def segments(
    changes: Sequence[Change],
    reboot: Callable[[Change], Reboot],
    guard: Callable[[Change], str],
    pending: Sequence[str] = (),
) -> list[Segment]:
    """The changes, in the order given, as segments; none is empty but for a reboot that an earlier run left to do.

    A change is made in the first segment in which all that it needs has its effect. Those of which `guard` says what
    of our own way in they touch are made together, after all others but those that need them. `pending` are the reasons
    for a reboot that was left to do.
    """
    earlier = _earlier(changes)
    guards = {change.resource.key: touched for change in changes if (touched := guard(change))}
    late = _with_all_that_need(set(guards), changes, earlier)
    first = [Segment((), Reboot.YES, pending)] if pending else []
    before = _at_reboots([c for c in changes if c.resource.key not in late], reboot, earlier)
    guarded = [c for c in changes if c.resource.key in guards]
    after = _at_reboots([c for c in changes if c.resource.key in late - set(guards)], reboot, earlier)
    last = [_segment(guarded, reboot, guards)] if guarded else []
    return [*first, *before, *last, *after]


def held_back(
    changes: Sequence[Change], done: Mapping[str, ResourceResult], unrebooted: Collection[str] = ()
) -> list[ResourceResult]:
    """Those of a segment that cannot be made: what they need was not, or waits for a reboot that is not to be."""
    earlier = _earlier(changes, known={*done, *unrebooted})
    back: dict[str, ResourceResult] = {}
    for change in changes:
        own = change.resource.key
        for key in earlier[own]:
            needed = back.get(key) or done.get(key)
            if key in unrebooted or (needed is not None and needed.reason == WAITS):
                back[own] = waiting(own, f"It needs {key}, which has its effect only after a reboot.")
                break
            if needed is not None and needed.status in NOT_DONE:
                back[own] = _skipped(own, needed)
                break
    return list(back.values())


def waiting(key: str, message: str) -> ResourceResult:
    """A resource, or a reboot, that waits for a reboot which is not to be now."""
    return ResourceResult(key, Status.WAITING, message=message, reason=WAITS)


def _earlier(changes: Sequence[Change], known: Collection[str] = ()) -> dict[str, list[str]]:
    """By key, what must have come before: what it needs; of two removals, that which needs it."""
    removals = {change.resource.key for change in changes if change.resource.absent}
    keys = {change.resource.key for change in changes} | set(known)
    earlier: dict[str, list[str]] = {change.resource.key: [] for change in changes}
    for change in changes:
        own = change.resource.key
        for needed in change.resource.needs:
            if {own, needed} <= removals:
                earlier[needed].append(own)
            elif needed in keys and own not in removals:
                earlier[own].append(needed)
    return earlier


def _with_all_that_need(keys: set[str], changes: Sequence[Change], earlier: Mapping[str, Sequence[str]]) -> set[str]:
    found = set(keys)
    for change in changes:
        if found.intersection(earlier[change.resource.key]):
            found.add(change.resource.key)
    return found


def _at_reboots(
    changes: Sequence[Change], reboot: Callable[[Change], Reboot], earlier: Mapping[str, Sequence[str]]
) -> list[Segment]:
    """Only a certain reboot parts what needs it from it: what may want one works until then."""
    numbers: dict[str, int] = {}
    rebooting = {change.resource.key for change in changes if reboot(change) is Reboot.YES}
    parts: list[list[Change]] = []
    for change in changes:
        before = [key for key in earlier[change.resource.key] if key in numbers]
        number = max((numbers[key] + (key in rebooting) for key in before), default=0)
        numbers[change.resource.key] = number
        parts += [[] for _ in range(number + 1 - len(parts))]
        parts[number].append(change)
    return [_segment(part, reboot, {}) for part in parts]


def _segment(changes: Sequence[Change], reboot: Callable[[Change], Reboot], guards: Mapping[str, str]) -> Segment:
    wants = {change.resource.key: reboot(change) for change in changes}
    strongest = next((word for word in (Reboot.YES, Reboot.MAYBE) if word in wants.values()), Reboot.NO)
    because = [key for key, word in wants.items() if word is strongest] if strongest is not Reboot.NO else []
    return Segment(changes, strongest, because, guards)


def _skipped(key: str, needed: ResourceResult) -> ResourceResult:
    what = "failed" if needed.status is Status.FAILED else "was not done"
    message = f"It was not done, because it needs {needed.resource}, which {what}."
    return ResourceResult(key, Status.SKIPPED, message=message, reason=f"needs {needed.resource}")
