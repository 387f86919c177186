"""Profiles of a site: for a machine, on their own, as a list, and where each of their values comes from."""

from collections.abc import Iterator, Mapping, Sequence
from functools import cache, cached_property

from deskprov.api.resolved import Resolved
from deskprov.api.site import Site
from deskprov.api.site_entries import SiteCatalogue
from deskprov.errors import NoHostMatched, WrongUsage
from deskprov.formats.file_refusals import unreadable
from deskprov.formats.near_miss import near_miss
from deskprov.model.asset import Asset
from deskprov.model.inventory import Host
from deskprov.model.platform import Platform
from deskprov.model.problem import InvalidInput, Problem, has_errors, settled
from deskprov.model.profile import Profile, ProfileFile, ProfileSummary, Setting, ShippedContent
from deskprov.model.secret import PER_DEVICE
from deskprov.model.settings import Settings
from deskprov.model.source import Source
from deskprov.resources import BY_NAME, TYPES
from deskprov.stages.load import FOLDER, load, profile_name
from deskprov.stages.resolve import (
    TEXT_BYTES,
    Resolution,
    Surroundings,
    check_entries,
    lineage,
    resolve,
    shipped_content,
)

SAMPLES: Mapping[str, str] = {
    "asset.tag": "A-0001",
    "asset.serial": "SAMPLE0001",
    "host.name": "sample-1",
    "place.name": "sample-room",
}
"""What stands for a machine's own values where a profile is looked at without one."""

_REACHED = {
    Platform.WINDOWS: "choose a profile for windows: deskprov profile list",
    Platform.LINUX: "say how a PC is reached: `ansible_connection: winrm`, or for SSH `ansible_shell_type: powershell`",
}
"""What to do when a machine of this kind, as the inventory has it, gets a profile for another."""


class ProfileFiles(Mapping[str, ProfileFile]):
    """The profiles of a site by name; each file is read when it is first asked for, and once."""

    def __init__(self, site: Site) -> None:
        self._site = site
        self._loaded: dict[str, tuple[ProfileFile, list[Problem]]] = {}
        self._paths: dict[str, str] = {}
        for path in site.files.list_yaml(FOLDER):
            if name := profile_name(path):
                self._paths.setdefault(name, path)
        self._look_into = cache(self._look_into_file)
        self.catalogue = SiteCatalogue(site)
        self._resolved = Resolved()

    def __getitem__(self, name: str) -> ProfileFile:
        return self._load(name)[0]

    def __contains__(self, name: object) -> bool:
        return name in self._paths

    def __iter__(self) -> Iterator[str]:
        return iter(self._paths)

    def __len__(self) -> int:
        return len(self._paths)

    def problems(self, name: str) -> Sequence[Problem]:
        """What is wrong with the file itself."""
        return self._load(name)[1]

    def path(self, name: str) -> str:
        """The file of a profile, from the site's folder."""
        return self._paths[name]

    def for_host(self, host: Host, profile: str | None = None) -> Profile:
        """The machine's profile, or the one given, with the machine's own values. Raises `InvalidInput`."""
        name = profile or host.profile
        if not name:
            hint = "state deskprov_profile in the inventory, or give --profile"
            raise InvalidInput([Problem(host.source, "profile-missing", f"{host.name} has no profile", hint)])
        if name not in self:
            raise InvalidInput(
                [Problem(host.source, "profile-unknown", f"there is no profile {name}", self.like(name))]
            )
        values = MachineValues(self._site, host)
        found = self._settled(
            self._resolved.of(name, values, lambda of: self.resolution(name, of, self._site.settings))
        )
        if wrong := self.misfit(host, name):
            raise InvalidInput(wrong)
        return found

    def alone(self, name: str) -> Profile:
        """A profile without a machine, on sample values. Raises `NoHostMatched` for no such profile, `InvalidInput`."""
        if name not in self:
            raise NoHostMatched(f"There is no profile {name}.", hint=self.like(name))
        return self._settled(self.resolution(name, self.samples(name), self._site.settings))

    def samples(self, name: str) -> Mapping[str, str]:
        """Values for a profile without a machine; for what only machines state, those of one that has the profile."""
        of_machines = {k: value for host in self.machines(name) for k, value in own_values(host).items()}
        return {**of_machines, **SAMPLES}

    def machines(self, name: str) -> list[Host]:
        """The site's own machines with this profile; none while the inventory has errors."""
        return [host for host in self._hosts if host.profile == name]

    @cached_property
    def _hosts(self) -> list[Host]:
        try:
            return [host for host in self._site.inventory.read().hosts.values() if not host.practice]
        except InvalidInput:
            return []

    def resolution(self, name: str, machine: Mapping[str, str], settings: Settings | None) -> Resolution:
        """A profile that there is, resolved, without the problems of the files themselves.

        Without settings nothing is said of what they might have stated.
        """
        return resolve(self[name], self, self._around(machine, settings))

    def entry_problems(self, settings: Settings | None) -> list[Problem]:
        """What is wrong with what software.yml and printers.yml say, whether a profile names it or not."""
        around = self._around(SAMPLES, settings)
        known = self.catalogue.entries
        return [p for name, entries in known.items() for p in check_entries(entries, BY_NAME[name], around)]

    def _around(self, machine: Mapping[str, str], settings: Settings | None) -> Surroundings:
        secrets = None if settings is None else known_secrets(settings)
        entries = self.catalogue.entries
        return Surroundings(TYPES, machine, _site_values(settings), secrets, self._look_into, entries)

    def misfit(self, host: Host, name: str) -> list[Problem]:
        """What is wrong when a profile that there is goes to a machine of the other kind: Windows, or not."""
        platform = lineage(self[name], self).platform
        reached = host.connection.platform
        if platform is None or (platform is Platform.WINDOWS) == (reached is Platform.WINDOWS):
            return []
        message = (
            f"the profile {name} is for {platform}, and {host.name} is reached as a {reached.capitalize()} machine"
        )
        return [Problem(host.source, "profile-platform", message, _REACHED[reached])]

    def like(self, name: str) -> str:
        """A hint for a name that no profile has."""
        meant = near_miss(name, self)
        return f"did you mean {meant}?" if meant else "deskprov profile list shows all"

    def _settled(self, resolution: Resolution) -> Profile:
        of_files = [problem for name in resolution.lineage for problem in self.problems(name)]
        of_files += self.catalogue.problems
        if resolution.profile is None or has_errors(of_files):
            raise InvalidInput(settled([*of_files, *resolution.problems]))
        return resolution.profile

    def _load(self, name: str) -> tuple[ProfileFile, list[Problem]]:
        if name not in self._loaded:
            path = self._paths[name]
            try:
                self._loaded[name] = load(path, self._site.files.read_bytes(path), TYPES)
            except OSError as error:
                self._loaded[name] = load(path, b"", TYPES)[0], [unreadable(path, error)]
            except ValueError as error:
                problem = Problem(Source(path, 1), "unreadable", "the file cannot be read", str(error))
                self._loaded[name] = load(path, b"", TYPES)[0], [problem]
        return self._loaded[name]

    def _look_into_file(self, path: str) -> ShippedContent:
        return shipped_content(self._site.files.digest(path, TEXT_BYTES))


class MachineValues(Mapping[str, str]):
    """What a profile may ask of one machine. The asset record is opened only when it asks for that."""

    def __init__(self, site: Site, host: Host) -> None:
        self._site = site
        self._host = host

    def __getitem__(self, name: str) -> str:
        return (self._of_asset if name.startswith("asset.") else self._of_host)[name]

    def __iter__(self) -> Iterator[str]:
        return iter(self._of_host | self._of_asset)

    def __len__(self) -> int:
        return len(self._of_host | self._of_asset)

    @cached_property
    def _of_host(self) -> dict[str, str]:
        return own_values(self._host)

    @cached_property
    def _of_asset(self) -> dict[str, str]:
        asset = self._site.assets.find(self._host.name) or Asset()
        values = {"asset.tag": asset.tag, "asset.serial": asset.serial}
        return {name: value for name, value in values.items() if value}


def known_secrets(settings: Settings) -> frozenset[str]:
    """What may stand where the name of a secret is wanted; a password per device only where it can be kept."""
    return frozenset(settings.secrets) | ({PER_DEVICE} if settings.escrow_keys else frozenset())


def own_values(host: Host) -> dict[str, str]:
    """The values that the inventory states for a machine, by the names that profiles use."""
    place = {"place.name": host.place} if host.place else {}
    return {"host.name": host.name, **place, **{f"vars.{name}": text for name, text in host.vars.items()}}


def profiles(site: Site) -> list[ProfileSummary]:
    """Every profile by name, those with mistakes in them too."""
    files = ProfileFiles(site)
    hosts = site.inventory.read().hosts.values()
    return [
        ProfileSummary(
            name,
            lineage(files[name], files).platform,
            files.path(name),
            files[name].description,
            [host.name for host in hosts if host.profile == name],
        )
        for name in sorted(files)
    ]


def explain(site: Site, name: str) -> Profile:
    """The profile of a machine (by name, tag or serial) with its values, or a profile on sample values.

    Raises `NoHostMatched` when neither is called so, `InvalidInput`.
    """
    return named(site, name)[0]


def named(site: Site, name: str) -> tuple[Profile, Host | None]:
    """What `explain` gives, and the machine if it is one's. Raises the same."""
    files = ProfileFiles(site)
    hosts = site.inventory.read().hosts
    if name in hosts:
        return files.for_host(hosts[name]), hosts[name]
    if name in files:
        return files.alone(name), None
    if found := hosts.get(site.assets.find_host(name) or ""):
        return files.for_host(found), found
    meant = near_miss(name, [*hosts, *files])
    hint = f"Did you mean {meant}?" if meant else "deskprov host list and deskprov profile list show what there is."
    raise NoHostMatched(f"There is no machine and no profile called {name}.", hint=hint)


def settings_of(profile: Profile, key: str | None) -> list[Setting]:
    """The options of one resource (`users/tech`), of one type (`users`), one option (`users/tech.shell`), or all.

    Raises `WrongUsage` for a key that the profile does not have.
    """
    if key is None:
        return list(profile.settings)
    chosen = [s for s in profile.settings if key in (s.resource, f"{s.resource}.{s.option}", s.resource.split("/")[0])]
    if not chosen:
        meant = near_miss(key, [word for s in profile.settings for word in (s.resource, f"{s.resource}.{s.option}")])
        hint = f"Did you mean {meant}?" if meant else f"deskprov explain {profile.name} shows all."
        raise WrongUsage(f"{profile.name} has nothing called {key}.", hint=hint)
    return chosen


def _site_values(settings: Settings | None) -> Mapping[str, str]:
    if settings is None:
        return {"site.name": "Sample site"}
    return {"site.name": settings.name} | {f"vars.{name}": text for name, text in settings.vars.items()}
