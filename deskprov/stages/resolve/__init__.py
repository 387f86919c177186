"""Resolve: a profile and all it extends become one ordered list of resources, each validated alone.

The same function runs without a machine, on sample values, and with one, on real ones.
"""

import hashlib
import json
from collections.abc import Callable, Mapping, Sequence

from msgspec import Struct, field

from deskprov.model.platform import Platform
from deskprov.model.ports.site import Digest
from deskprov.model.problem import Problem, has_errors, settled
from deskprov.model.profile import Profile, ProfileFile, Setting, ShippedContent, SiteEntries
from deskprov.model.resource import Resource
from deskprov.model.resource_type import ResourceType
from deskprov.stages.resolve.beside import not_together
from deskprov.stages.resolve.check import Checked, check
from deskprov.stages.resolve.lineage import Lineage, lineage
from deskprov.stages.resolve.merge import Merged, merge
from deskprov.stages.resolve.order import connected, in_order
from deskprov.stages.resolve.paths import one_thing_each
from deskprov.stages.resolve.site_layer import entry_problems, with_site_entries
from deskprov.stages.resolve.substitute import Variables

__all__ = [
    "TEXT_BYTES",
    "Resolution",
    "Surroundings",
    "check_entries",
    "in_order",
    "lineage",
    "resolve",
    "shipped_content",
]

TEXT_BYTES = 64 * 1024
"""Of a file of the site that is known by its text, too."""

_FOLLOWS_FROM_GAPS = frozenset({"missing-option", "needs-unknown", "variable-unknown"})
"""Findings that may only follow from a file that is missing or could not be read."""


class Surroundings(Struct, frozen=True):
    """What a profile is resolved in.

    Values are by full name (`asset.tag`, `vars.greeting`); `machine` holds those of one machine, or samples.
    `secrets` are the declared names, None when they are not known. `look_into` says what is in a file of the site,
    and raises `OSError` or `ValueError` when it cannot be had. `entries` are what files of the site say, by type.
    """

    types: Sequence[ResourceType]
    machine: Mapping[str, str]
    site: Mapping[str, str]
    secrets: frozenset[str] | None
    look_into: Callable[[str], ShippedContent]
    entries: Mapping[str, SiteEntries] = field(default_factory=dict)


class Resolution(Struct, frozen=True):
    """The resolved profile, None when there are errors; every problem; the names of the files that have a say."""

    profile: Profile | None
    problems: Sequence[Problem]
    lineage: Sequence[str] = field(default_factory=tuple)


def resolve(start: ProfileFile, files: Mapping[str, ProfileFile], around: Surroundings) -> Resolution:
    """The profile in `start`, with what it extends out of `files`."""
    found = lineage(start, files)
    problems = [*found.problems, *_foreign_types(found, around.types)]
    kinds = {kind.NAME: kind for kind in around.types}
    variables = Variables(around.machine, _own_variables(found), around.site)
    merged = merge(found.files, list(kinds))
    merged, more = with_site_entries(merged, around.entries, kinds, found.platform, variables)
    problems += more
    found.complete = found.complete and all(_is_complete(around.entries, one.type) for one in merged)
    problems += one_thing_each(merged, kinds, found.files, found.platform)
    checked = [check(m, kinds[m.type], found.platform, variables, around.secrets, around.look_into) for m in merged]
    problems += [problem for one in checked for problem in one.problems]
    problems += not_together([one.resource for one in checked if one.resource], kinds)
    resources, more = connected([one.resource for one in checked if one.resource], merged)
    problems += more
    ordered, cycles = in_order(resources)
    problems += cycles
    if not found.complete:
        problems = [problem for problem in problems if problem.rule not in _FOLLOWS_FROM_GAPS]
    if found.platform is None and found.complete:
        problems.append(_no_platform(start))
    names = [file.name for file in found.files]
    problems = settled(problems)
    if has_errors(problems) or not found.complete or found.platform is None:
        return Resolution(None, problems, names)
    profile = Profile(
        start.name,
        found.platform,
        ordered,
        settings=_settings(ordered, merged, checked, kinds),
        lineage=names,
        hash=_hash(found.platform, ordered, checked),
        variables=dict(variables.used),
        shipped=_shipped(checked),
    )
    return Resolution(profile, problems, names)


def check_entries(known: SiteEntries, kind: ResourceType, around: Surroundings) -> list[Problem]:
    """What is wrong with what a file of the site says of the things of a type, with sample values for machines."""

    def wrong(one: Merged, platform: Platform) -> list[Problem]:
        variables = Variables(around.machine, {}, around.site)
        return check(one, kind, platform, variables, around.secrets, around.look_into).problems

    return entry_problems(known, kind, wrong)


def shipped_content(digest: Digest) -> ShippedContent:
    """What resolving needs to know of a file that a profile ships; its first `TEXT_BYTES` are in the digest."""
    text = None
    if digest.size <= TEXT_BYTES:
        try:
            text = digest.beginning.decode("utf-8")
        except UnicodeDecodeError:
            text = None
    return ShippedContent(digest.sha256, text, digest.size)


def _is_complete(entries: Mapping[str, SiteEntries], kind: str) -> bool:
    return kind not in entries or entries[kind].complete


def _own_variables(found: Lineage) -> Mapping[str, str]:
    return {f"vars.{name}": text for file in found.files for name, text in file.vars.items()}


def _foreign_types(found: Lineage, types: Sequence[ResourceType]) -> list[Problem]:
    """A type that the platform lacks is said at each file that uses it."""
    problems = []
    for file in found.files if found.platform else ():
        used = {resource.type for resource in file.resources}
        for kind in types:
            if kind.NAME in used and found.platform not in kind.PLATFORMS:
                where = ", ".join(sorted(kind.PLATFORMS))
                message = f"{kind.NAME} does not exist on {found.platform}"
                source = file.document.key_source((kind.NAME,))
                hint = f"it exists on {where}; take it out of this profile"
                problems.append(Problem(source, "type-not-on-platform", message, hint, kind.NAME))
    return problems


def _no_platform(start: ProfileFile) -> Problem:
    words = ", ".join(platform.value for platform in Platform)
    message = f"no platform is stated for {start.name}"
    return Problem(start.document.source(()), "platform-missing", message, f"add `platform:` with one of {words}")


def _settings(
    ordered: Sequence[Resource],
    merged: Sequence[Merged],
    checked: Sequence[Checked],
    kinds: Mapping[str, ResourceType],
) -> list[Setting]:
    by_key = {m.key: (m, one.values) for m, one in zip(merged, checked, strict=True)}
    settings = []
    for resource in ordered:
        statements, values = by_key[resource.key]
        for option, (strongest, *weaker) in statements.options.items():
            overridden = [(s.value, s.source) for s in weaker] if option != kinds[resource.type].KEY else []
            settings.append(Setting(resource.key, option, values[option], strongest.source, overridden))
    return settings


def _shipped(checked: Sequence[Checked]) -> Mapping[str, ShippedContent]:
    return {path: content for one in checked for path, content in one.shipped.items()}


def _hash(platform: Platform, ordered: Sequence[Resource], checked: Sequence[Checked]) -> str:
    shipped = {path: content.sha256 for path, content in _shipped(checked).items()}
    say = [platform.value, [[resource.key, dict(resource.stated)] for resource in ordered], shipped]
    return hashlib.sha256(json.dumps(say, sort_keys=True, ensure_ascii=True).encode()).hexdigest()
