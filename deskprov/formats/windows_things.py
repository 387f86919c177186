"""What files and folders of Windows have in common: the look at them, what is in their way, and who may use them."""

from collections.abc import Sequence

from deskprov.formats.windows_access import Rule, access_task, observed_access
from deskprov.formats.windows_accounts import accounts_probe
from deskprov.formats.windows_files import file_probe, observed_file
from deskprov.model.facts import Answer, Observation, Sight
from deskprov.model.plan import Change
from deskprov.model.probe import Probe
from deskprov.model.task import Task


def thing_probes(path: str, rules: Sequence[Rule] | None, sha256: str = "") -> list[Probe]:
    """What is at the path, with its content if a hash is wanted; for all that say who may use them, one on accounts."""
    there = file_probe(path, sha256)
    return [there] if rules is None else [there, accounts_probe()]


def observed_thing(answers: Sequence[Answer], rules: Sequence[Rule] | None, *, folder: bool) -> Observation:
    """What `observed_file` and `observed_access` say of answers to `thing_probes`, or absent."""
    match answers:
        case [None, *_]:
            return Sight.ABSENT
        case [dict(found), *others]:
            names = others[0] if others else None
            return {**observed_file(found), **observed_access(found.get("sddl"), names, rules or (), folder=folder)}
        case _:
            return Sight.NOT_REPORTED


def in_the_way(change: Change) -> bool:
    """True when something of another kind is there, which is never replaced."""
    return any(difference.option == "kind" and difference.before is not None for difference in change.differences)


def access_tasks(change: Change) -> list[Task]:
    """What says who may use it, where the profile states that and it differs."""
    options = change.resource.options
    stated = options.access is not None or options.inherit is not None
    differs = change.differs("access") or change.differs("inherit")
    return [access_task(options.path, options.access, options.inherit)] if stated and differs else []
