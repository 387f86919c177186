"""Looks at one machine and plans: probe, observe, compare. Changes nothing."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any

from msgspec import Struct
from msgspec.structs import replace
from pydantic import ValidationError

from deskprov.api.asking import ask
from deskprov.api.site import Site
from deskprov.api.way_in import OF
from deskprov.errors import ElevationRefused, WrongUsage
from deskprov.formats.large_files import transfer
from deskprov.formats.windows_accounts import NO_RIGHTS_FIX
from deskprov.model.facts import Facts
from deskprov.model.inventory import Host
from deskprov.model.plan import Action, Change, HostPlan, Obstacle, Owned, Reboot, Segment
from deskprov.model.platform import told_apart, validated
from deskprov.model.problem import Problem, Severity
from deskprov.model.profile import Profile
from deskprov.model.resource import KNOWN_BY, Resource
from deskprov.model.resource_type import (
    PATH,
    OnPlatform,
    SeesObstacles,
    SeesWhatStays,
    name_in,
    naming,
    one_of_its_type,
)
from deskprov.model.result import REBOOT, ResourceResult, Status
from deskprov.model.source import Source
from deskprov.resources import BY_NAME, TYPES, on_platform
from deskprov.stages.facts import facts, facts_probes
from deskprov.stages.fitness import hindrance
from deskprov.stages.foresight import foreseen
from deskprov.stages.plan import ordered, plan_resource
from deskprov.stages.reboot import Standing, lives, standing_probes
from deskprov.stages.resolve import in_order
from deskprov.stages.resolve.check import marked
from deskprov.stages.segments import segments

ANSIBLE_START_SECONDS = 2.0
REBOOT_SECONDS = 60.0

TAKEN_BACK = "taken-back"
"""The rule of a problem that tells of an earlier run what it did not live to tell."""


class Wishes(Struct, frozen=True):
    """What the person at the keyboard asked for beyond the profile; resources are named by key (`users/tech`)."""

    clean: bool = False
    blind: frozenset[str] = frozenset()
    reset: frozenset[str] = frozenset()
    reboots: bool = True

    def check(self, profile: Profile) -> None:
        """Raises `WrongUsage` for a key that the profile does not have."""
        known = {resource.key for resource in profile.resources}
        for key in sorted((self.blind | self.reset) - known):
            raise WrongUsage(f"The profile {profile.name} has no resource {key}.", hint="deskprov plan shows the keys.")


class Earlier(Struct, frozen=True):
    """What the record knows of a machine: what deskprov set on it, the id of the system it was set on, and what is on
    its label.
    """

    owned: Sequence[Owned] = ()
    machine_id: str = ""
    tag: str = ""
    serial: str = ""


def look(site: Site, host: Host, profile: Profile, earlier: Earlier, wishes: Wishes) -> HostPlan:
    """The plan for one machine after one round trip. Raises what `Transport.ask` raises, and `ProbeFailed`.

    On a machine that was installed anew, or replaced, nothing is left over, whatever is called the same there.
    """
    superseded = _superseded(earlier.owned, profile)
    left_over, problems = _left_over([thing for thing in earlier.owned if thing.key not in superseded], profile)
    in_profile = [_with_all_needs(r) if r.absent else r for r in profile.resources]
    resources = [*in_profile, *left_over]
    sight = _sight(site, host, profile, resources)
    about, life = sight.facts, sight.life
    planned = [_planned(r, profile, sight.of_resource[r.key]) for r in resources]
    to_do = {change.resource.key for change in planned if change.to_do}
    obstacles = {r.key: _obstacles(r, profile, sight.of_resource[r.key]) for r in in_profile if r.key in to_do}
    changes = {change.resource.key: change for change in foreseen(planned, obstacles, profile.platform)}
    wanted = [_as_wished(changes[r.key], wishes) for r in in_profile]
    gone: list[str] = []
    if earlier.machine_id and about.machine_id and about.machine_id != earlier.machine_id:
        left_over, problems, gone = [], [], [thing.key for thing in earlier.owned]
    surplus = [replace(changes[r.key], left_over=True) for r in left_over]
    changes_in_order = _in_order([*wanted, *(surplus if wishes.clean else [])])
    execute = [change for change in changes_in_order if change.to_do]
    parts = segments(execute, *_rules(host), life.left_to_do)
    hindered = hindrance(about, site.settings) if parts else None
    return HostPlan(
        host=host.name,
        profile=profile.name,
        platform=profile.platform,
        facts=about,
        changes=changes_in_order,
        left_over=[] if wishes.clean else [change for change in surplus if change.pending],
        superseded=superseded,
        gone=gone,
        problems=[*problems, *_taken_back(life)],
        practice=host.practice,
        seconds=_guess(parts, profile),
        segments=parts,
        unconfirmed=life.unconfirmed,
        hindered=hindered.foretold if hindered else "",
        taken_back=life.taken_back,
    )


class _Sight(Struct, frozen=True):
    """What a machine said of itself, of earlier runs, and of each resource, by key."""

    facts: Facts
    life: Standing
    of_resource: Mapping[str, Sequence[object]]


def _sight(site: Site, host: Host, profile: Profile, resources: Sequence[Resource]) -> _Sight:
    """The one round trip. Raises what `look` raises."""
    platform = profile.platform
    about_machine, about_life = facts_probes(platform), standing_probes(platform)
    questions = {resource.key: _type_of(resource, profile).probes(resource.options) for resource in resources}
    about_resources = [question for asked in questions.values() for question in asked]
    answers = ask(site, host, [*about_machine, *about_life, *about_resources])
    about = facts(platform, [answers[question] for question in about_machine])
    _check_rights(host, about)
    return _Sight(
        facts=about,
        life=lives(platform).read([answers[question] for question in about_life]) if about_life else Standing(),
        of_resource={key: [answers[question] for question in asked] for key, asked in questions.items()},
    )


def _check_rights(host: Host, about: Facts) -> None:
    """Raises `ElevationRefused` for a log-in without an administrator's rights: what it sees is not all there is."""
    if about.elevated is False:
        who = f"{host.connection.user} is let in to {host.name}, but without an administrator's rights"
        raise ElevationRefused(host.name, f"{who}: it can neither be looked at nor set up.", hint=NO_RIGHTS_FIX)


def to_execute(plan: HostPlan) -> list[Change]:
    """The changes that Ansible is asked to make, in this order: those seen to be needed, and those nobody can see."""
    return [change for segment in plan.segments for change in segment.changes]


def intended_steps(plan: HostPlan) -> list[tuple[str, str]]:
    """The key and the action of each step, in this order: the changes, and the reboots that are certain."""
    steps: list[tuple[str, str]] = []
    reboots = 0
    for segment in plan.segments:
        steps += [(change.resource.key, change.action.value) for change in segment.changes]
        if segment.reboot is Reboot.YES:
            reboots += 1
            steps.append((f"{REBOOT}/{reboots}", REBOOT))
    return steps


def tasks_seconds(changes: Iterable[Change], profile: Profile) -> float:
    """A guess of how long the tasks take, in seconds."""
    return sum(task.seconds for change in changes for task in _type_of(change.resource, profile).tasks(change))


def _planned(resource: Resource, profile: Profile, answers: Sequence[object]) -> Change:
    on_machine = _type_of(resource, profile)
    change = plan_resource(resource, on_machine.observe(resource.options, answers), BY_NAME[resource.type])
    if not change.pending:
        return change
    return replace(change, transfer=transfer(on_machine.tasks(change), profile.shipped))


def _obstacles(resource: Resource, profile: Profile, answers: Sequence[object]) -> Sequence[Obstacle]:
    kind = _type_of(resource, profile)
    if resource.absent:
        return kind.stays(resource.options, answers) if isinstance(kind, SeesWhatStays) else ()
    return kind.obstacles(resource.options, answers) if isinstance(kind, SeesObstacles) else ()


def _as_wished(change: Change, wishes: Wishes) -> Change:
    key = change.resource.key
    if change.action is Action.UNKNOWN and key in wishes.blind:
        return replace(change, action=Action.ENSURE, reason=f"{change.reason}; applied blind, as asked")
    if key in wishes.reset and not change.resource.absent and change.action in (Action.NONE, Action.UPDATE):
        unobservable = BY_NAME[change.resource.type].UNOBSERVABLE
        return replace(change, action=Action.ENSURE, written=unobservable, reason="set again, as asked")
    return change


def _taken_back(life: Standing) -> list[Problem]:
    """What a run did not live to hear."""
    if not life.taken_back:
        return []
    return [
        Problem(
            Source("record", 0),
            TAKEN_BACK,
            f"an earlier run changed {', '.join(life.taken_back)}, nobody came to confirm it, and the machine took it "
            "back by itself",
            "if it cut deskprov off, change the profile before you set it up again",
            severity=Severity.WARNING,
        )
    ]


def _with_all_needs(resource: Resource) -> Resource:
    """What goes needs nothing, but goes before all that it needed, also where only the record knows of that."""
    return replace(resource, needs=[*resource.needs, *BY_NAME[resource.type].needs(resource.options)])


def _in_order(changes: Sequence[Change]) -> list[Change]:
    """In the order of making them: what goes by its type and its needs, whether the profile or the record names it."""
    positions = {kind.NAME: position for position, kind in enumerate(TYPES)}
    by_key = {change.resource.key: change for change in changes}
    going = [change.resource for change in changes if change.resource.absent]
    applied, _ = in_order(sorted(going, key=lambda resource: positions[resource.type]))
    return ordered([*(c for c in changes if not c.resource.absent), *(by_key[resource.key] for resource in applied)])


def _superseded(owned: Sequence[Owned], profile: Profile) -> list[str]:
    """What stood at a path where the profile now wants a thing of another type: removing it would remove that."""
    at_paths = [resource for resource in profile.resources if BY_NAME[resource.type].KEY == PATH]
    paths = {told_apart(resource.name, profile.platform) for resource in at_paths}
    named = _named(profile)
    return [
        thing.key
        for thing in owned
        if _known_as(thing.type, thing.key, profile) not in named
        and told_apart(str(thing.options.get(PATH, "")), profile.platform) in paths
    ]


def _left_over(owned: Sequence[Owned], profile: Profile) -> tuple[list[Resource], list[Problem]]:
    named = _named(profile)
    resources, problems = [], []
    for thing in owned:
        if _known_as(thing.type, thing.key, profile) in named:
            continue
        resource = _removal(thing, profile)
        if resource is None:
            problems.append(_cannot_remove(thing, profile))
        else:
            resources.append(resource)
    return resources, problems


def _named(profile: Profile) -> set[str]:
    """The keys of the profile as its platform tells things apart: what is only spelt otherwise is not left over."""
    return {_known_as(resource.type, resource.key, profile) for resource in profile.resources}


def _known_as(type_name: str, key: str, profile: Profile) -> str:
    kind = BY_NAME.get(type_name)
    return one_of_its_type(key, kind.KEY if kind else "", profile.platform)


def _removal(thing: Owned, profile: Profile) -> Resource | None:
    resource_type = BY_NAME.get(thing.type)
    if resource_type is None or profile.platform not in resource_type.PLATFORMS:
        return None
    try:
        options = validated(resource_type.Options, {**thing.options, "state": "absent"}, profile.platform)
    except ValidationError:
        return None
    name = name_in(resource_type.KEY, thing.options)
    return _with_all_needs(Resource(thing.type, name, options, Source("set earlier by deskprov", 0)))


def _cannot_remove(thing: Owned, profile: Profile) -> Problem:
    return Problem(
        Source("record", 0),
        "left-over-unknown",
        f"{thing.key} was set earlier and {profile.name} no longer names it, but this release cannot remove it",
        "remove it by hand",
        severity=Severity.WARNING,
    )


def _type_of(resource: Resource, profile: Profile) -> OnPlatform:
    return on_platform(BY_NAME[resource.type], profile.platform)


def _rules(host: Host) -> tuple[Callable[[Change], Reboot], Callable[[Change], str]]:
    """Which changes want a reboot, and what of our own way in they touch."""
    own, way_in = host.connection, OF[host.connection.platform]

    def reboot(change: Change) -> Reboot:
        by_profile = Reboot.YES if change.resource.options.reboot else Reboot.NO
        by_type = BY_NAME[change.resource.type].reboot(change)
        words = (by_profile, by_type, way_in.tried_by_reboot(change, own))
        return next((word for word in (Reboot.YES, Reboot.MAYBE) if word in words), Reboot.NO)

    return reboot, lambda change: way_in.touched(change, own)


def _guess(parts: Sequence[Segment], profile: Profile) -> float:
    tasks = sum(ANSIBLE_START_SECONDS + tasks_seconds(part.changes, profile) for part in parts if part.changes)
    return tasks + REBOOT_SECONDS * sum(part.reboot is Reboot.YES for part in parts)


def creations(plan: HostPlan) -> Mapping[str, Owned]:
    """By key, what deskprov will own once it has been made: with that by which it is found again."""
    made = [change.resource for change in plan.changes if change.action is Action.CREATE]
    return {r.key: Owned(r.key, r.type, {**naming(BY_NAME[r.type].KEY, r.name), **_known_by(r)}) for r in made}


def _known_by(resource: Resource) -> dict[str, Any]:
    known = marked(BY_NAME[resource.type].Options, *KNOWN_BY)
    return {name: value for name, value in resource.stated.items() if name in known}


def owned_after(plan: HostPlan, results: Sequence[ResourceResult]) -> tuple[list[Owned], list[str]]:
    """What deskprov owns since a run, and the keys of what it does not own: gone, or never made after all.

    What was made and could not be looked at again is owned, as Ansible said.
    """
    made = creations(plan)
    of = {result.resource: result for result in results}
    seen = [thing for key, thing in made.items() if key in of and of[key].verified]
    failed = [key for key in made if key in of and of[key].status in (Status.FAILED, Status.SKIPPED)]
    removed = [
        c.resource.key
        for c in plan.changes
        if c.resource.absent and c.resource.key in of and of[c.resource.key].verified
    ]
    return seen, [*removed, *failed, *plan.superseded]
