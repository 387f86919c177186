"""What a second look says about what was done: only what it saw as wanted is verified."""

from collections.abc import Iterable, Mapping, Sequence

from msgspec.structs import replace

from deskprov.model.plan import Action, Change
from deskprov.model.result import MISSING, NOT_KNOWN, Outcome, ResourceResult, Status
from deskprov.model.serving import SLOW

NO_PROBE = "no-probe"
NOT_SEEN = "not-seen"
NOT_NOW = "not_now"
UNDER_WAY = "The run ended in this step, which may be going on there. When last looked at: {}."


def judge(change: Change) -> ResourceResult:
    """One look alone, with nothing done: `ok`, `drift` or `unknown`; `waiting` where a part of it was left alone."""
    key = change.resource.key
    match change.action:
        case Action.NONE if change.note:
            return ResourceResult(key, Status.WAITING, message=change.note, reason=NOT_NOW)
        case Action.NONE:
            return ResourceResult(key, Status.OK, verified=True)
        case Action.ENSURE:
            return ResourceResult(key, Status.UNKNOWN, message=change.reason, reason=NO_PROBE)
        case Action.UNKNOWN:
            return ResourceResult(key, Status.UNKNOWN, message=change.reason, reason=NOT_SEEN)
        case _:
            return ResourceResult(key, Status.DRIFT, message=f"{in_words(change)}. {change.note}".removesuffix(". "))


def conclude(
    planned: Sequence[Change], done: Mapping[str, ResourceResult], after: Mapping[str, Change]
) -> list[ResourceResult]:
    """Results of all planned changes: what Ansible said (`done`, by key), held against the second look (`after`)."""
    return [_conclude(change, done.get(change.resource.key), after.get(change.resource.key)) for change in planned]


def outcome(results: Iterable[ResourceResult]) -> Outcome:
    """The outcome of one machine from its resources."""
    statuses = {result.status for result in results if result.reason != NO_PROBE}
    for status, meaning in (
        (Status.FAILED, Outcome.FAILED),
        (Status.SKIPPED, Outcome.FAILED),
        (Status.UNKNOWN, Outcome.UNKNOWN),
        (Status.WAITING, Outcome.WAITING),
        (Status.DRIFT, Outcome.DRIFT),
    ):
        if status in statuses:
            return meaning
    return Outcome.OK


def all_verified(results: Iterable[ResourceResult]) -> bool:
    """True when every resource that can be seen at all was seen as wanted."""
    return all(result.verified for result in results if result.reason != NO_PROBE)


def in_words(change: Change) -> str:
    """The difference as one line: `mode 0600, wanted 0644`."""
    match change.action:
        case Action.CREATE:
            return "is missing"
        case Action.DELETE:
            return "is still there"
        case Action.UPDATE:
            return "; ".join(_difference_in_words(d.option, d.before, d.after) for d in change.differences)
        case _:
            return change.reason


def _difference_in_words(option: str, before: object, after: object) -> str:
    if option == "sha256":
        return "the content is not as wanted"
    return f"{option} is {_brief(before)}, wanted {_brief(after)}"


def _brief(value: object) -> str:
    if isinstance(value, list):
        return ", ".join(map(str, value)) or "none"
    text = "not set" if value is None else str(value)
    return text if len(text) <= 60 else text[:57] + "…"


def _as_foreseen(done: ResourceResult, obstacle: str) -> ResourceResult:
    """What does not exist on the machine was seen before, and with it what may have been meant."""
    if done.reason != MISSING or not obstacle:
        return done
    return replace(done, message=f"{obstacle[0].upper()}{obstacle[1:]}.".replace("?.", "?"))


def _conclude(change: Change, done: ResourceResult | None, after: Change | None) -> ResourceResult:
    key = change.resource.key
    if done is None and change.action is Action.UNKNOWN:
        return judge(change)
    if done is not None and done.status in (Status.FAILED, Status.SKIPPED, Status.WAITING):
        return _as_foreseen(done, change.obstacle)
    said = done or ResourceResult(key, Status.OK)
    if after is None:
        words = said.message if said.status is Status.UNKNOWN else f"Ansible said {said.status.value}"
        words = f"{words.rstrip('.')}; nobody has looked at it since" if done else "not looked at again"
        return ResourceResult(key, Status.UNKNOWN, message=words, reason=NOT_SEEN)
    match after.action:
        case Action.NONE if after.note:
            return judge(after)
        case Action.NONE:
            if said.status is Status.UNKNOWN:  # that it was not known is not so any more
                return ResourceResult(key, Status.CHANGED, verified=True)
            reason = SLOW if said.reason == SLOW else ""
            return ResourceResult(key, said.status, verified=True, message=said.message, reason=reason)
        case Action.ENSURE:
            reason = NOT_SEEN if said.status is Status.UNKNOWN else NO_PROBE
            return ResourceResult(key, said.status, message=said.message, reason=reason)
        case Action.UNKNOWN:
            return ResourceResult(key, Status.UNKNOWN, message=after.reason, reason=NOT_SEEN)
        case _ if said.status is Status.UNKNOWN:
            return ResourceResult(key, Status.UNKNOWN, message=UNDER_WAY.format(in_words(after)), reason=NOT_KNOWN)
        case _:
            words = f"Ansible reported success, but the machine is not as wanted: {in_words(after)}."
            return ResourceResult(key, Status.FAILED, message=words, reason="not-as-wanted")
