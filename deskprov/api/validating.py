"""`validate`: everything wrong with a site at once, without asking any machine and without opening the record."""

from collections.abc import Iterable, Mapping, Sequence
from contextlib import suppress

from msgspec import Struct, field

from deskprov.api.profiles import SAMPLES, ProfileFiles, known_secrets, own_values
from deskprov.api.site import Site
from deskprov.api.site_entries import PLACES_FILE, SiteCatalogue
from deskprov.errors import WrongUsage
from deskprov.formats.near_miss import near_miss
from deskprov.formats.option_problems import shown
from deskprov.model.inventory import Host
from deskprov.model.problem import InvalidInput, Problem, has_errors, settled
from deskprov.model.settings import Settings
from deskprov.resources import SITE_FILES

SETTINGS_FILE = "deskprov.yml"
INVENTORY_FOLDER = "inventory_hosts"

_FOLLOWS_FROM_SETTINGS = frozenset({"variable-unknown"})
"""Findings that may only follow from settings that could not be read."""


_NOT_DECLARED = (
    "it is the name of a secret, never the password itself: say under `secrets:` in deskprov.yml where it comes from"
)
"""It may be the password itself that somebody wrote, so what was written is not repeated."""


class Validation(Struct, frozen=True):
    """What was looked at, by path from the site's folder, what is wrong, and the text of each file that it is in."""

    files: Sequence[str]
    problems: Sequence[Problem]
    texts: Mapping[str, str] = field(default_factory=dict)

    @property
    def ok(self) -> bool:
        """True when nothing is wrong but what only deserves a warning."""
        return not has_errors(self.problems)


def validate(site: Site, paths: Sequence[str] = ()) -> Validation:
    """Checks settings, inventory and all profiles, and tells what is wrong in `paths` (files or folders), or anywhere.

    Raises `WrongUsage` for a path in which there is nothing to check.
    """
    profiles = ProfileFiles(site)
    files = [
        SETTINGS_FILE,
        *site.files.list_yaml(INVENTORY_FOLDER),
        *(path for path in (*SITE_FILES.values(), PLACES_FILE) if site.files.exists(path)),
        *(profiles.path(name) for name in sorted(profiles)),
    ]
    chosen = _chosen(files, paths)
    settings, problems = _settings(site)
    problems += site.inventory.problems()
    problems += [*profiles.catalogue.problems, *profiles.entry_problems(settings)]
    problems += _places(profiles.catalogue, _hosts(site))
    for name in sorted(profiles):
        problems += _profile(profiles, name, settings)
    for host in _hosts(site):
        problems += _host(host, profiles, settings)
    told = [p for p in settled(problems) if p.source.file in chosen or (not paths and p.source.file not in files)]
    return Validation(chosen, told, _texts(site, {problem.source.file for problem in told}))


def _chosen(files: Sequence[str], paths: Sequence[str]) -> list[str]:
    for path in paths:
        if not any(_within(file, path) for file in files):
            hint = "deskprov validate without a path checks settings, inventory and profiles."
            raise WrongUsage(f"There is nothing to check in {path}.", hint=hint)
    return [file for file in files if not paths or any(_within(file, path) for path in paths)]


def _within(file: str, path: str) -> bool:
    return path in (".", file) or file.startswith(f"{path}/")


def _settings(site: Site) -> tuple[Settings | None, list[Problem]]:
    try:
        return site.settings, []
    except InvalidInput as error:
        return None, list(error.problems)


def _hosts(site: Site) -> list[Host]:
    """The site's own machines; none when the inventory has errors, which are told already."""
    try:
        return [host for host in site.inventory.read().hosts.values() if not host.practice]
    except InvalidInput:
        return []


def _places(catalogue: SiteCatalogue, hosts: Sequence[Host]) -> list[Problem]:
    """What is wrong with places.yml; and machines and printers in a place that is not in it."""
    places = catalogue.places
    if places is None or catalogue.place_problems:
        return catalogue.place_problems
    named = [(host.source, host.place) for host in hosts if host.place]
    for known in catalogue.entries.values():
        for entry in known.entries.values():
            place = entry.options.get("place")
            named += [(known.document.source(entry.option_paths["place"]), place)] if isinstance(place, str) else []
    return [
        Problem(source, "place-unknown", f"there is no place {shown(place)} in {PLACES_FILE}", _like(place, places))
        for source, place in named
        if place not in places
    ]


def _like(name: str, places: Mapping[str, object]) -> str:
    meant = near_miss(name, places)
    return f"did you mean {meant}?" if meant else "add it there"


def _profile(profiles: ProfileFiles, name: str, settings: Settings | None) -> list[Problem]:
    """What is wrong with a profile, its file, and what its machines would have to state for it."""
    samples = profiles.samples(name)
    resolution = profiles.resolution(name, samples, settings)
    problems = [*profiles.problems(name), *resolution.problems]
    ignored = set(_FOLLOWS_FROM_SETTINGS) if settings is None else set()
    if any(name in other.extends for other in profiles.values()):
        ignored.add("platform-missing")  # a base of any platform
    asked = resolution.profile.variables.keys() if resolution.profile else set()
    of_machines = asked & {"place.name", *(samples.keys() - SAMPLES.keys())}
    for host in profiles.machines(name):
        if of_machines - own_values(host).keys():
            problems += _lacks(profiles, host, settings)
    return [problem for problem in problems if problem.rule not in ignored]


def _lacks(profiles: ProfileFiles, host: Host, settings: Settings | None) -> list[Problem]:
    """What a machine must state, because its profile asks for it and nothing else states it."""
    values = {name: value for name, value in SAMPLES.items() if name.startswith("asset.")} | own_values(host)
    return [
        Problem(
            host.source,
            "host-variable",
            f"{host.name}: {problem.message}, which {problem.source} asks for",
            "state it for this machine: deskprov_place, or a line of deskprov_vars",
        )
        for problem in profiles.resolution(host.profile, values, settings).problems
        if problem.rule.startswith("variable-")
    ]


def _host(host: Host, profiles: ProfileFiles, settings: Settings | None) -> list[Problem]:
    problems = []
    if host.profile and host.profile not in profiles:
        message = f"{host.name} has the profile {host.profile}, which there is not"
        problems.append(Problem(host.source, "profile-unknown", message, profiles.like(host.profile)))
    elif host.profile:
        problems += profiles.misfit(host, host.profile)
    stated = set() if host.practice else {host.connection.password, host.connection.become_password}
    for secret in stated - {""}:
        if settings and secret not in known_secrets(settings):
            meant = near_miss(secret, settings.secrets)
            hint = f"did you mean {meant}?" if meant else _NOT_DECLARED
            message = f"{host.name} needs a secret that is not declared"
            problems.append(Problem(host.source, "secret-undeclared", message, hint))
    return problems


def _texts(site: Site, files: Iterable[str]) -> dict[str, str]:
    """The texts of those that can be read; of the others it is a finding that they cannot."""
    texts = {}
    for file in files:
        with suppress(OSError, ValueError):
            texts[file] = site.files.read_bytes(file).decode("utf-8", "replace")
    return texts
